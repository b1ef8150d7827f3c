/**
 * The board's reader of documents on Espruino itself: some hundreds of documents, most of them damaged, and Node's
 * verdict on each.
 */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Json from "../../../src/domain/bytes/Json.ts"
import * as Directory from "../../support/directory.ts"
import { boardValue, damaged, written } from "../../support/documents.ts"
import * as Espruino from "../../support/espruino.ts"
import { run } from "./wakes.ts"

const show = (value: unknown): string =>
  typeof value === "string" ? "'" + Buffer.from(value, "latin1").toString("hex")
    : typeof value !== "object" || value === null ? Object.is(value, -0) ? "0" : String(value)
    : Array.isArray(value) ? "[" + value.map((each) => show(each) + ",").join("") + "]"
    : "{" +
      Object.keys(value).sort().map((key) => show(key) + ":" + show((value as Record<string, unknown>)[key]) + ",")
        .join("") +
      "}"

/** Numbers that Espruino prints as Node does. */
const number = fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.constantFrom(1, 4, 100)).map(([size, parts]) =>
  size / parts
)
const text = fc.string({ unit: "grapheme", maxLength: 6 })
const value = fc.dictionary(
  fc.oneof(fc.constantFrom("version", "mqtt", "sensors", "", "length", "constructor"), text),
  fc.oneof(number, text, fc.boolean(), fc.constant(null), fc.array(fc.oneof(number, text), { maxLength: 3 }),
    fc.dictionary(text, number, { maxKeys: 3 })),
  { maxKeys: 5 }
)

describe.skipIf(Espruino.interpreter === "")("a document on Espruino" + Espruino.hint, () => {
  it("is what it is on Node", { timeout: 120_000 }, () =>
    run(Effect.gen(function*() {
      const documents = fc.sample(damaged(written(value)), 400).filter((document) => !/\d{9}|e-?\d/i.test(document))
      const bytes = Buffer.concat(
        documents.flatMap((
          document
        ) => [Buffer.from([document.length >> 8, document.length & 255]), Buffer.from(document, "latin1")])
      )
      const image = path.join(yield* Directory.temporary, "espruino.flash")
      const code = yield* Effect.promise(() => Espruino.bundle(path.join(import.meta.dirname, "scripts/documents.ts")))
      Espruino.writeFlash(image, { ".bootcde": code, documents: new Uint8Array(bytes) })
      const { lines } = yield* Effect.promise(() => Espruino.boot(image))
      const expected = documents.map((document) => "holds " + show(boardValue(Json.read(document))))
      expect(expected.filter((each) => each === "holds undefined").length).toBeGreaterThan(50)
      expect(expected.filter((each) => each !== "holds undefined").length).toBeGreaterThan(50)
      documents.forEach((document, index) => expect(lines[index], JSON.stringify(document)).toBe(expected[index]))
    })))
})
