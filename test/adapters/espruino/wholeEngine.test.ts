/**
 * Library code on what a board lacks of a whole engine: as bundles on effect's own runtime bring it, against Node's
 * own.
 */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { build } from "../../../src/programs/bundle/build.ts"
import * as Dialect from "../../../src/programs/bundle/dialect.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { cases } from "./scripts/wholeEngine.ts"

interface Said {
  readonly _tag: string
  readonly saw: string
}

let script = ""
beforeAll(async () => {
  const source = path.join(import.meta.dirname, "../../../src")
  const entry = path.join(import.meta.dirname, "scripts/wholeEngineMain.ts")
  script = (await build({ entry, source, runtime: undefined, define: {}, minify: true })).code
}, 60_000)

const expected: ReadonlyArray<Said> = Object.entries(cases).map(([_tag, see]) => ({ _tag, saw: see() }))

describe("a whole engine on a board", () => {
  it("is as Node's where a context lacks what Espruino lacks", async () => {
    const { events, uncaught } = await VmBoard.make({ ".bootcde": script }).wake()
    expect(uncaught).toEqual([])
    expect((events as ReadonlyArray<unknown>).map((line) => JSON.parse(String(line)) as Said)).toEqual(expected)
  })

  it("brings each name that the dialect checker then lets pass", async () => {
    const names = Dialect.engine.filter((name) => !name.includes(" "))
    const asked = script.replace(/\n[^]*/, "\n") +
      `print([${names.map((name) => `typeof ${name}`).join()}]);ESP32.deepSleep(1)`
    const { events } = await VmBoard.make({ ".bootcde": asked }).wake()
    expect(events).toEqual([names.map((name) => name === "Reflect" ? "object" : "function")])
  })

  it.skipIf(Espruino.interpreter === "")("is as Node's on Espruino" + Espruino.hint,
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const image = path.join(yield* Directory.temporary, "espruino.flash")
        Espruino.writeFlash(image, { ".bootcde": script })
        const { lines } = yield* Effect.promise(() => Espruino.boot(image))
        expect(lines.map((line) => JSON.parse(line) as Said)).toEqual(expected)
      }))))
})
