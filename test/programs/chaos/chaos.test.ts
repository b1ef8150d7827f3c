import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { describe, expect } from "vitest"
import { program } from "../../support/program.ts"

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: ReadonlyArray<string>
}

const chaos = (args: ReadonlyArray<string>): Effect.Effect<Ended> =>
  Effect.promise(() =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [program("chaos"), ...args], { stdio: ["ignore", "pipe", "pipe"] })
      let [out, err] = ["", ""]
      child.stdout.on("data", (chunk: Buffer) => out += chunk.toString())
      child.stderr.on("data", (chunk: Buffer) => err += chunk.toString())
      child.on("close", (code) => resolve({ code, out, err: err.split("\n").filter((line) => line !== "") }))
    })
  )

const all = (rows: ReadonlyArray<ReadonlyArray<string>>) => Effect.forEach(rows, chaos, { concurrency: 2 })

describe("npm run chaos", () => {
  it.live("lives the years that were asked for and gives their sums, the same each time", () =>
    Effect.gen(function*() {
      const args = ["--seed", "3", "--years", "0.05", "--wakes", "40"]
      const [first, second] = yield* all([args, args])
      expect(first).toEqual(second)
      expect(first?.code).toBe(0)
      expect(first?.out).toMatch(/^simulated +0\.\d years in \d (life|lives), to seed \d+; [\d,]+ wakes/)
      expect(first?.out).toMatch(/faults +\d+, with \d+ power cuts?: /)
      expect(first?.out).toMatch(/promises +\d+ kept in every life/)
      expect(Math.max(...(first?.out ?? "").split("\n").map((line) => line.length))).toBeLessThanOrEqual(110)
    }))

  it.live("lives one seed with only some of its faults", () =>
    Effect.gen(function*() {
      const [none, two] = yield* all([["--seed", "3", "--wakes", "40", "--only", "none"], ["--seed", "3", "--wakes",
        "40", "--only", "0, 1"]])
      expect(none).toEqual({ code: 0, err: [], out: "Every promise was kept in the life of seed 3 with 0 faults.\n" })
      expect(two?.out).toContain("with 2 faults")
    }))

  it.live("answers every mistake with one line and exit code 1", () =>
    Effect.gen(function*() {
      const rows: ReadonlyArray<readonly [args: ReadonlyArray<string>, line: string]> = [
        [["--years", "-1"],
          "Invalid value for flag --years: \"-1\". Expected: a number from 0 to 1000000 (--help lists the options)"],
        [["--wakes", "0"],
          "Invalid value for flag --wakes: \"0\". Expected: a whole number from 1 to 1000000 (--help lists the options)"],
        [["--sede", "1"],
          "Unrecognized flag: --sede in command chaos; did you mean --seed? (--help lists the options)"],
        [["--only", "1,x"], "--only must be numbers from 0 to 38 with commas between them, or none, but has \"x\""],
        [["--only", "0", "--wakes", "10"],
          "--only must be none, for the plan of this seed has no faults, but has \"0\""]
      ]
      const ended = yield* all(rows.map(([args]) => args))
      expect(
        ended.map((
          { code, err, out }
        ) => [code, out, err.map((line) => line.replace(/0 to \d\d+ with/, "0 to 38 with"))])
      ).toEqual(rows.map(([, line]) => [1, "", [line]]))
    }))
})
