/**
 * Texts in a bundle: the bytes of their UTF-8, wherever they stand in the source, minified or not, tokenised or not.
 */
import * as fc from "fast-check"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { runtimeOf } from "../../../src/programs/bundle/modules.ts"
import { build } from "../../../src/programs/bundle/build.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as VmBoard from "../../support/vmBoard.ts"

const source = join(import.meta.dirname, "../../../src")

/** All of Unicode but lone surrogates, which no bytes stand for, with what is special in source and in JSON. */
const texts: ReadonlyArray<string> = [
  "ü",
  "€",
  "😀",
  "\u2028\u2029",
  "\0",
  "\x7f",
  "\x80",
  "\xff",
  "\ufeff",
  "\ufffd",
  "\u{10ffff}",
  "ª",
  "`${0}`",
  "\\u00fc",
  "\\xfc",
  "\"'\n\r\t\\",
  "€1",
  "\x002",
  ...fc.sample(fc.string({ unit: "binary", minLength: 1, maxLength: 6 }), { numRuns: 20, seed: 1 }),
  ...fc.sample(fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }), { numRuns: 20, seed: 2 })
]

const units = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => "\\u" + text.charCodeAt(i).toString(16).padStart(4, "0")).join("")

const points = (text: string): string =>
  [...text].map((character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`).join("")

const inTemplate = (text: string): string => text.replace(/[`\\$\r]/g, (found) => found === "\r" ? "\\r" : "\\" + found)

/** Ways to write a text. */
const forms: ReadonlyArray<(text: string) => string> = [
  JSON.stringify,
  (text) => `"${units(text)}"`,
  (text) => `"${points(text)}"`,
  (text) => "`" + inTemplate(text) + "${end}`",
  (text) => "`" + units(text) + "${end}`",
  (text) => `Object.keys({ ${JSON.stringify(text)}: 1 })[0]`
]

const program = `declare const given: ReadonlyArray<string>
declare const print: (text: string) => void
declare const ESP32: { readonly deepSleep: (micros: number) => void }
const end = Math.min(0, 1) === 0 ? "" : "never"
const show = (text: string | undefined) => {
  let hex = ""
  for (const character of (text ?? "").split("")) hex += ("0" + character.charCodeAt(0).toString(16)).slice(-2)
  print("text " + hex)
}
const forms = (${JSON.stringify(forms.length)} && [${
  forms.map((form) => `() => [${texts.map(form).join(", ")}]`).join(", ")
}]) as Array<() => Array<string | undefined>>
for (const form of forms) for (const text of form()) show(text)
for (const text of given) show(text)
ESP32["deepSleep"](1)
`

const expected = [...forms, () => ""].flatMap(() => texts.map((text) => "text " + Buffer.from(text).toString("hex")))

/** What the program prints, in a bundle. */
const bundled = (minify: boolean) =>
  Effect.gen(function*() {
    const entry = join(yield* Directory.temporary, "main.ts")
    writeFileSync(entry, program)
    const define = { given: JSON.stringify(texts) }
    const { code } = yield* Effect.promise(() => build({ entry, source, runtime: runtimeOf(source), define, minify }))
    return code
  })

const run = <A>(effect: Effect.Effect<A, never, import("effect/Scope").Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect))

describe.each([true, false])("a text in a bundle (minified: %s)", (minify) => {
  it("is the bytes of its UTF-8", { timeout: 60_000 }, () =>
    run(Effect.gen(function*() {
      const code = yield* bundled(minify)
      expect(Buffer.from(code).every((byte) => byte < 0x80)).toBe(true)
      const { events, uncaught } = yield* Effect.promise(() => VmBoard.make({ ".bootcde": code }).wake())
      expect(uncaught).toEqual([])
      expect(events).toEqual(expected)
    })))

  it.skipIf(Espruino.interpreter === "")("is that on Espruino, tokenised or not" + Espruino.hint, { timeout: 60_000 },
    () =>
      run(Effect.gen(function*() {
        const image = join(yield* Directory.temporary, "espruino.flash")
        const files = { ".bootcde": yield* bundled(minify) }
        for (const flashed of [files, yield* Effect.promise(() => Espruino.tokenised(files))]) {
          Espruino.writeFlash(image, flashed)
          const { lines } = yield* Effect.promise(() => Espruino.boot(image))
          expect(lines).toEqual(expected)
        }
      })))
})
