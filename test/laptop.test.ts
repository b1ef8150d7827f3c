/** docs/laptop.md shows what the commands print, but for times and values. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { handle as check } from "../src/programs/check/check.ts"
import { handle as init } from "../src/programs/init/init.ts"
import { handle as run } from "../src/programs/run/run.ts"
import * as Aedes from "./support/aedes.ts"
import { told } from "./support/command.ts"
import * as directory from "./support/directory.ts"

const page = readFileSync(new URL("../docs/laptop.md", import.meta.url), "utf8")

const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)\n```$/gm)].flatMap(([, language, text = ""]) =>
  language === "" ? [text] : []
)

/** Numbers and durations are one, and lines, which break where there is no more room. */
const plain = (text: string): string =>
  text.replace(/[\d.:TZ-]*\d[\d.:TZ-]*/g, "N").replace(/N (?:s|min|h)\b/g, "N")
    .replace(/\s+/g, " ").trim()

const none = Option.none()

/** The guide's device, in a folder of its own. */
const device = Effect.gen(function*() {
  const file = path.join(yield* directory.temporary, "device.json")
  const given = { ssid: none, server: none, sensor: none, pin: none, sendInterval: none, timeServer: none }
  yield* told(init({
    ...given,
    out: file,
    name: Option.some("Balcony"),
    interval: Option.some(60),
    batteryPin: none,
    commands: false,
    yes: true,
    force: false
  }))
  return file
})

/** One wake of it at a Server of this machine. */
const wake = (file: string, port: number) =>
  told(run({
    config: Option.some(file),
    server: Option.some("mqtt://localhost:" + port),
    credentials: none,
    wakes: Option.some(1),
    state: path.join(path.dirname(file), "state"),
    messages: true
  }))

const live = <A, E>(body: Effect.Effect<A, E, Scope.Scope>) => Effect.runPromise(Effect.scoped(body))

describe("docs/laptop.md", () => {
  const [findings = "", delivered = "", away = ""] = blocks

  it("shows what check finds", () =>
    live(Effect.gen(function*() {
      const file = yield* device
      writeFileSync(file,
        readFileSync(file, "utf8").replace(/("broker": .*\n)/, "$1    \"port\": 70000,\n    \"keepAlive\": 60,\n"))
      const { out } = yield* told(check({ file, board: none, strict: false }))
      const lines = out.map((line) => line.replace(file, "device.json"))
      for (const line of findings.split("\n")) expect(lines).toContain(line)
    })))

  it("shows a wake that delivers, and one that finds no Server", () =>
    live(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const file = yield* device
      expect(plain((yield* wake(file, tcp.port)).out.join("\n"))).toBe(plain(delivered))
      const failed = yield* wake(file, 1)
      expect(plain(failed.out.join("\n"))).toContain(plain(away))
    })))
})
