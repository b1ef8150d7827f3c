/** The reader of documents, Node's and a board's: for any bytes the same verdict, and the same value. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Json from "../../../src/domain/bytes/Json.ts"
import { boardValue, damaged, written } from "../../support/documents.ts"
import * as twins from "../../support/twins.ts"

const twin = await twins.load<{ readonly Json: typeof Json }>(`export * as Json from "./domain/bytes/Json.ts"`)

const bytes = (text: string): string => Buffer.from(text).toString("latin1")

const text = fc.string({
  unit: fc.oneof(fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))),
  maxLength: 8
})
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.nat(8)).map(([size, places]) => size / 10 ** places))

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    number,
    fc.constantFrom(true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom("version", "mqtt", "constructor", "toString", "length", "1", "0", "")),
      tie("value"), { maxKeys: 5 })
  )
}))

/** Of more than 15 digits a board may read the next number. */
const isNear = (one: unknown, other: unknown): boolean =>
  typeof one === "number" && typeof other === "number"
    ? Object.is(one, other) || Math.abs(one - other) <= Math.abs(one) * 1e-14 ||
      Math.abs(one) < 1e-300 && Math.abs(other) < 1e-300
    : typeof one === "object" && one !== null && typeof other === "object" && other !== null
    ? Array.isArray(one) === Array.isArray(other) &&
      JSON.stringify(Object.keys(one)) === JSON.stringify(Object.keys(other)) &&
      Object.keys(one).every((key) =>
        isNear((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key])
      )
    : one === other

const expectSame = (document: string): unknown => {
  const found = Json.read(document)
  const board = twin.Json.read(document)
  expect(isNear(boardValue(found), board), JSON.stringify([document, found, board])).toBe(true)
  return found
}

describe("a document", () => {
  it.each<readonly [what: string, document: string, value: unknown]>([
    ["with a byte order mark", "\xef\xbb\xbf{\"a\":1}", { a: 1 }],
    ["with two", "\xef\xbb\xbf\xef\xbb\xbf1", undefined],
    ["with one behind white space", " \xef\xbb\xbf1", undefined],
    ["with CRLF and more behind it", " {\r\n\t\"a\": 1\r\n}\r\n\n", { a: 1 }],
    ["with text behind it", "{\"version\":11} quit()", undefined],
    ["with another behind it", "{}{}", undefined],
    ["that is cut short", "{\"a\":1", undefined],
    ["that is empty", "", undefined],
    ["of white space", " \n", undefined],
    ["of a byte order mark", "\xef\xbb\xbf", undefined],
    ["with Latin-1 in it", "\"\xfc\"", undefined],
    ["with an overlong form", "\"\xc0\x80\"", undefined],
    ["with a surrogate as UTF-8 would have it", "\"\xed\xa0\x80\"", undefined],
    ["with a form feed", "\x0c1", undefined],
    ["with a no-break space", "\xc2\xa01", undefined],
    ["with a line separator in a text", "\"\xe2\x80\xa8\"", "\u2028"],
    ["with a line end in a text", "\"a\nb\"", undefined],
    ["with U+001F in a text", "\"\x1f\"", undefined],
    ["with U+007F in a text", "\"\x7f\"", "\x7f"],
    ["with every short escape", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"],
    ["with escapes of JavaScript", "\"\\x41\"", undefined],
    ["with a line continued", "\"a\\\nb\"", undefined],
    ["with an escape as Python writes it", "\"\\u00fc\\u20ac\\ud83d\\ude00\"", "ü€😀"],
    ["with large letters in an escape", "\"\\u00FC\"", "ü"],
    ["with a short escape", "\"\\u00f\"", undefined],
    ["with an escape of U+0000", "\"\\u0000\"", "\0"],
    ["with halves that do not meet", "\"\\ude00\\ud83d \\ud83d\\u0041\"", "\ude00\ud83d \ud83dA"],
    ["with a leading zero", "01", undefined],
    ["with a plus", "+1", undefined],
    ["with a point at the end", "1.", undefined],
    ["with a point at the beginning", ".5", undefined],
    ["with a hexadecimal number", "0x10", undefined],
    ["with a number beyond numbers", "[1e999,-1e999,1e-999,1e2000000000]", [Infinity, -Infinity, 0, Infinity]],
    ["with a number of 16,000 digits", "9".repeat(16_000), Infinity],
    ["with -0", "-0", -0],
    ["with NaN", "NaN", undefined],
    ["with undefined", "[undefined]", undefined],
    ["with a comment", "{/**/}", undefined],
    ["with single quotes", "{'a':1}", undefined],
    ["with a key without quotes", "{a:1}", undefined],
    ["with a comma too many", "[1,]", undefined],
    ["with a comma too many in a table", "{\"a\":1,}", undefined],
    ["with a hole", "[1,,2]", undefined],
    ["with a key twice", "{\"a\":1,\"b\":2,\"a\":3}", { a: 3, b: 2 }],
    ["with a key twice, once escaped", "{\"version\":1,\"\\u0076ersion\":2}", { version: 2 }],
    ["with __proto__", "{\"a\":[{\"__proto__\":{\"b\":1},\"c\":2}]}", { a: [{ c: 2 }] }],
    ["with __proto__ in escapes", "{\"\\u005f_proto__\":{\"version\":1}}", {}],
    ["that closes what it has not opened", "[1}", undefined],
    ["that is nested 10,000 deep and never closed", "[".repeat(10_000), undefined]
  ])("%s", (_, document, expected) => {
    expect(expectSame(document)).toEqual(expected)
  })

  it("is taken from any program that writes JSON", () => {
    fc.assert(
      fc.property(value.chain((given) => fc.tuple(fc.constant(given), written(fc.constant(given)))),
        ([given, document]) => {
          expect(expectSame(bytes(document))).toEqual(
            JSON.parse(JSON.stringify(given), (key, each: unknown) => key === "__proto__" ? undefined : each)
          )
        }),
      { numRuns: 500 }
    )
  })

  it("is judged alike, however it is damaged", () => {
    let good = 0
    let bad = 0
    fc.assert(fc.property(damaged(written(value)), (document) => {
      if (expectSame(document) === undefined) bad++
      else good++
    }), { numRuns: 5_000 })
    expect(Math.min(good, bad)).toBeGreaterThan(500)
  })

  it("gives exactly the same numbers, as far as people write them", () => {
    fc.assert(
      fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: -22, max: 22 }),
        (size, places) => {
          const short = size + "e" + places
          expect(twin.Json.read(short)).toBe(JSON.parse(short))
          const plain = String(size / 10 ** Math.abs(places % 7))
          expect(twin.Json.read(plain)).toBe(JSON.parse(plain))
        }),
      { numRuns: 2_000 }
    )
  })
})
