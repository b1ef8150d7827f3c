/** The one command as a whole: what it says of itself, its exit codes, and that it knows what its parts know. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { describe, expect } from "vitest"
import { version } from "../../../src/domain/version.ts"
import { dormouse } from "../../support/command.ts"
import { program } from "../../support/program.ts"

const read = (path: string) => readFileSync(new URL("../../../" + path, import.meta.url), "utf8")

const commands = ["init", "check", "schema", "simulate", "run", "announce", "collect", "compare", "bundle", "flash",
  "monitor", "sign", "chaos"]

const all = (rows: ReadonlyArray<ReadonlyArray<string>>, env: Readonly<Record<string, string>> = {}) =>
  Effect.forEach(rows, (args) => dormouse(args, { env }), { concurrency: 2 })

describe("dormouse", () => {
  it.live("without a command, or asked for help, lists its commands", () =>
    Effect.gen(function*() {
      const [bare, help] = yield* all([[], ["--help"]])
      expect(bare).toEqual(help)
      expect([help?.code, help?.err]).toEqual([0, ""])
      const listed = (help?.out.split("SUBCOMMANDS\n")[1] ?? "").trimEnd().split("\n").map((line) =>
        line.trim().split(" ")[0]
      )
      expect(listed).toEqual(commands)
      expect(help?.out).not.toContain("\u001b")
    }))

  it.live("explains each of them, with examples that name it and options that it has", () =>
    Effect.gen(function*() {
      const pages = yield* all(commands.map((name) => [name, "--help"]))
      for (const [index, { code, err, out }] of pages.entries()) {
        const name = commands[index] as string
        expect([name, code, err]).toEqual([name, 0, ""])
        const [options, examples] = out.split("EXAMPLES\n") as [string, string | undefined]
        const shown = (examples ?? "").split("\n").filter((line) => line.includes("dormouse "))
        expect(shown.length, name).toBeGreaterThan(0)
        for (const line of shown) {
          expect(line).toContain("dormouse " + name)
          const flags = (line.split("dormouse " + name)[1] ?? "").match(/ --[a-z-]+/g) ?? []
          for (const flag of flags) expect(options, line).toMatch(new RegExp("^ +" + flag.trim() + "\\b", "m"))
        }
      }
    }))

  it.live("answers a slip with a hint and exit code 1", () =>
    Effect.gen(function*() {
      const rows: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: string]> = [
        [["simlate"],
          "Unknown subcommand \"simlate\" for \"dormouse\"; did you mean simulate? (--help lists the options)\n"],
        [["check"], "Missing required argument: file (--help lists the options)\n"],
        [["run", "--wake", "3"],
          "Unrecognized flag: --wake in command dormouse run; did you mean --wakes? (--help lists the options)\n"],
        [["run", "device.json"],
          "Unexpected positional argument: \"device.json\"; did you mean --config device.json? (--help lists the options)\n"],
        [["check", "--config", "device.json"],
          "Unrecognized flag: --config in command dormouse check; the file is given without it: dormouse check FILE (--help lists the options)\n"],
        [["simulate", "--days", "x"],
          "Invalid value for flag --days: \"x\". Expected: a number (--help lists the options)\n"],
        [["simulate", "--fleet", "1.5"],
          "Invalid value for flag --fleet: \"1.5\". Expected: a whole number (--help lists the options)\n"],
        [["bundle", "device.json"],
          "Missing required flag: --config; did you mean --config device.json? (--help lists the options)\n"],
        [["announce"], "Missing required flag: --config (--help lists the options)\n"]
      ]
      expect(yield* all(rows.map(([args]) => args))).toEqual(rows.map(([, err]) => ({ code: 1, out: "", err })))
    }))

  it.live("prints its version, which is the package's, and completions for shells", () =>
    Effect.gen(function*() {
      const [told, bash, fish] = yield* all([["--version"], ["--completions", "bash"], ["--completions", "fish"]])
      expect(told?.out).toBe("dormouse v" + version + "\n")
      expect((JSON.parse(read("package.json")) as { readonly version: string }).version).toBe(version)
      for (const name of commands) for (const script of [bash, fish]) expect(script?.out).toContain(name)
    }))

  it.live("colours only for a terminal, or when it is asked to", () =>
    Effect.gen(function*() {
      const [plain, forced, both] = [
        ...(yield* all([["simulate", "--days", "0.01"]])),
        ...(yield* all([["simulate", "--days", "0.01"]], { FORCE_COLOR: "1" })),
        ...(yield* all([["simulate", "--days", "0.01"]], { FORCE_COLOR: "1", NO_COLOR: "1" }))
      ]
      expect([plain?.out.includes("\u001b"), forced?.out.includes("\u001b"), both?.out.includes("\u001b")]).toEqual([
        false,
        true,
        false
      ])
    }))

  it.live("does what the program of that name does", () =>
    Effect.gen(function*() {
      const args = ["--days", "0.5", "--seed", "7"]
      const [ran] = yield* all([["simulate", ...args]])
      const alone = yield* Effect.promise(() =>
        new Promise<string>((resolve) => {
          const child = spawn(process.execPath, [program("simulate"), ...args], {
            stdio: ["ignore", "pipe", "inherit"]
          })
          let out = ""
          child.stdout.on("data", (chunk: Buffer) => out += chunk.toString())
          child.on("close", () => resolve(out))
        })
      )
      expect(ran).toEqual({ code: 0, out: alone, err: "" })
    }))

  it.live("takes a reader that has seen enough for no failure", () =>
    Effect.gen(function*() {
      const { code, err } = yield* Effect.promise(() =>
        new Promise<{ readonly code: number | null; readonly err: string }>((resolve) => {
          const child = spawn(process.execPath, [program("dormouse"), "simulate", "--days", "400", "--verbose"], {
            stdio: ["ignore", "pipe", "pipe"]
          })
          let err = ""
          child.stderr.on("data", (chunk: Buffer) => err += chunk.toString())
          child.stdout.once("data", () => child.stdout.destroy())
          child.on("close", (code) => resolve({ code, err }))
        })
      )
      expect([code, err]).toEqual([0, ""])
    }))
})
