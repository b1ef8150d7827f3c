/** Documents as editors, programs and accidents make them, as bytes; and values as a board holds them. */
import * as fc from "fast-check"

/** A text as a board holds it: a character for each byte of its UTF-8, and three for a lone surrogate. */
export const boardText = (text: string): string =>
  [...text].map((character) => {
    const code = character.codePointAt(0) as number
    return code >> 11 === 0x1b
      ? String.fromCharCode(0xe0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63)
      : Buffer.from(character).toString("latin1")
  }).join("")

/** A value of JSON as a board holds it. */
export const boardValue = (value: unknown): unknown =>
  typeof value === "string" ? boardText(value)
    : Array.isArray(value) ? value.map(boardValue)
    : typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [boardText(key), boardValue(each)]))
    : value

/** Each character above ASCII as an escape, as Python writes JSON. */
export const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"))

/** Of a value, the JSON texts of several programs. */
export const written = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.constantFrom(0, 2, "\t"), fc.boolean(), fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("", "\n", "\r\n", " \t\n"), fc.constantFrom("", "\ufeff"))
    .map(([given, indent, isEscaped, lineEnd, end, begin]) => {
      const json = (JSON.stringify(given, null, indent) ?? "null").replaceAll("\n", lineEnd)
      return begin + (isEscaped ? escaped(json) : json) + end
    })

/** What an accident puts in: bytes, a character for each. */
const splinters = [
  "",
  " ",
  "\t",
  "\n",
  "\r",
  "\0",
  "\x0b",
  "\x0c",
  "\x1f",
  "\x7f",
  "\x80",
  "\xa0",
  "\xc2\xa0",
  "\xc3",
  "\xc3\xbc",
  "\xe2\x80\xa8",
  "\xed\xa0\x80",
  "\xef\xbb\xbf",
  "\xf0\x9f\x98\x80",
  "\xc0\x80",
  "\xff",
  "\xfe",
  "{",
  "}",
  "[",
  "]",
  "{}",
  "[]",
  ",",
  ":",
  "\"",
  "'",
  "\\",
  "/",
  "//x\n",
  "/**/",
  "#",
  "-",
  "+",
  ".",
  "0",
  "1",
  "01",
  "1e999",
  "1e-999",
  "-0",
  "1.",
  ".5",
  "1e",
  "0x10",
  "1e2000000000",
  "NaN",
  "Infinity",
  "undefined",
  "null",
  "true",
  "false",
  "tru",
  "quit()",
  "\\u",
  "\\u00fc",
  "\\u20AC",
  "\\ud83d\\ude00",
  "\\ud83d",
  "\\ude00",
  "\\ud83d\\u0041",
  "\\x41",
  "\\'",
  "\\0",
  "\"__proto__\":{\"version\":9},",
  "\"version\":3,",
  "\"a\":1,\"a\":2",
  "\"\\u0076ersion\":4,",
  "\"\\u0176ersion\":5,",
  "`",
  "version:1",
  "\"\":1,"
]

interface Accident {
  readonly at: number
  readonly removed: number
  readonly put: string
}

const accident: fc.Arbitrary<Accident> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 0, 0, 1, 1, 2, 5),
  put: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...splinters) }, {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte))
  })
})

/** Bytes, a character for each: of a JSON text, with up to three accidents. */
export const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.array(accident, { maxLength: 3 })).map(([json, accidents]) => {
    let bytes = Buffer.from(json).toString("latin1")
    for (const { at, put, removed } of accidents) {
      const where = Math.round(at * bytes.length)
      bytes = bytes.slice(0, where) + put + bytes.slice(where + removed)
    }
    return bytes
  })
