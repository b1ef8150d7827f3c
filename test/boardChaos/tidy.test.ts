/** What is left of a run of lives: the flash image of a broken promise, and nothing else, however it ends. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Bound from "../support/bound.ts"
import * as Directory from "../support/directory.ts"
import * as Espruino from "../support/espruino.ts"
import * as Bundles from "./Bundles.ts"
import * as Place from "./Place.ts"

const within = (use: (directory: string) => Promise<void> | void): Promise<void> =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(Directory.temporary, (directory) => Effect.promise(async () => use(directory))))
  )

/** Empty files, each in its directory. */
const put = (root: string, ...names: ReadonlyArray<string>) => {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), "")
  }
}

const tree = (root: string): ReadonlyArray<string> => readdirSync(root, { recursive: true, encoding: "utf8" }).sort()

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("the directory of a run", () => {
  it("keeps the image of a broken promise, and no other", () =>
    within((base) => {
      const place = Place.make(base)
      const lane = place.lane("127.1.1.1")
      put(lane, "seed-1.flash", "seed-2.flash")
      const kept = place.keep(path.join(lane, "seed-2.flash"))
      place.clear()
      expect(tree(base)).toEqual([path.relative(base, path.dirname(kept)), path.relative(base, kept)])
    }))

  it("is gone with the run when no promise was broken", () =>
    within((base) => {
      const place = Place.make(base)
      put(place.lane("127.1.1.1"), "seed-1.flash")
      place.clear()
      expect(tree(base)).toEqual([])
    }))

  it("is tidied up by the next run when its own was killed, and not while its own lives", () =>
    within((base) => {
      const dead = "dormouse-chaos-board-" + spawnSync(process.execPath, ["--version"]).pid
      const alive = "dormouse-chaos-board-" + process.pid + "-a"
      put(base, dead + "-a/lane-1/seed-1.flash", dead + "-b/lane-1/seed-1.flash", dead + "-b/seed-2.flash",
        alive + "/lane-1/seed-1.flash")
      Place.make(base).clear()
      expect(tree(base)).toEqual(
        [dead + "-b", dead + "-b/seed-2.flash", alive, alive + "/lane-1", alive + "/lane-1/seed-1.flash"].sort()
      )
    }))
})

describe("the temporary files of a run of tests", () => {
  it("lie in one directory that goes with it", () => {
    expect(path.basename(tmpdir())).toMatch(/^dormouse-tests-\d+-/)
  })
})

describe("bundles that are kept", () => {
  it("are those of the sources that were used last", () =>
    within((directory) => {
      put(directory, "old/a.json", "new/a.json", "older.json")
      for (const [name, seconds] of [["new", 300], ["old", 200], ["older.json", 100]] as const) {
        utimesSync(
          path.join(directory, name),
          seconds,
          seconds
        )
      }
      Bundles.prune(directory, 2)
      expect(readdirSync(directory).sort()).toEqual(["new", "old"])
    }))
})

/** Waits until a process that is not our child has ended: one that nobody has asked for its exit code has. */
const ended = async (pid: number): Promise<boolean> => {
  const stat = `/proc/${pid}/stat`
  const isZombie = () => / Z /.test(spawnSync("cat", [stat], { encoding: "utf8" }).stdout)
  while (existsSync(stat) && !isZombie()) await turn()
  return true
}

describe.skipIf(Bound.bound("true")[0] === "true")("a child process that is bound to its parent", () => {
  const program =
    `import(${JSON.stringify(path.join(import.meta.dirname, "../support/bound.ts"))}).then(({ start }) => {`
    + `const child = start("sleep", {}, ["600"]); process.stdout.write(child.pid + "\\n") })`

  it.each(["SIGKILL", "SIGINT"] as const)("ends with it on %s", async (signal) => {
    const parent = spawn(process.execPath, ["--import", "tsx", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const [text] = await once(parent.stdout, "data") as [Buffer]
    const child = Number(text.toString())
    expect(existsSync(`/proc/${child}`)).toBe(true)
    parent.kill(signal)
    expect(await ended(child)).toBe(true)
  })
})

describe.skipIf(Espruino.interpreter === "")("npm run chaos:board that is interrupted" + Espruino.hint, () => {
  it("says what it has simulated until then, and leaves no files", () =>
    within(async (directory) => {
      const run = spawn(process.execPath, ["--import", "tsx", path.join(import.meta.dirname, "main.ts"),
        "--configuration", "simulated"], {
        env: { ...process.env, TMPDIR: directory },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let out = ""
      run.stdout.on("data", (text: Buffer) => {
        out += text.toString()
      })
      run.stderr.resume()
      const closed = once(run, "close")
      while (!tree(directory).some((name) => name.includes("lane-127.")) && run.exitCode === null) await turn()
      run.kill("SIGINT")
      expect(await closed).toEqual([130, null])
      expect(out).toContain("lived       0 lives, ")
      expect(tree(directory).filter((name) => name.startsWith("dormouse-chaos-board"))).toEqual([])
    }))
})
