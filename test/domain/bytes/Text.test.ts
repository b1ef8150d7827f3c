/** A text, as Node has it and as a board has it: the same answers. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Text from "../../../src/domain/bytes/Text.ts"
import { boardText } from "../../support/documents.ts"
import * as twins from "../../support/twins.ts"

const twin = await twins.load<{ readonly Text: typeof Text }>(`export * as Text from "./domain/bytes/Text.ts"`)

/** Any text, lone surrogates among them, and often what is special in JSON or on the wire. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\0", "\"", "\\", "\b", "\n", "\u001f", "\u007f", "\u0080", "\u2028", "\ud7ff", "\ud83d", "\ude00",
      "\ufeff", "\u{10ffff}", "+", "#", "/"),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 })
  ),
  maxLength: 80
})

describe("a text", () => {
  it("is as long as its bytes, and -1 for one that MQTT refuses", () => {
    fc.assert(fc.property(text, (given) => {
      // By default a decoder removes U+FEFF at the beginning; encoding turns a lone surrogate into U+FFFD.
      const isGood = new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(given)) === given
      const expected = isGood && !given.includes("\0") ? Buffer.byteLength(given) : -1
      expect([Text.utf8Length(given), twin.Text.utf8Length(boardText(given))]).toEqual([expected, expected])
    }))
    expect([Text.utf8Length(""), Text.utf8Length("aé€😀"), Text.utf8Length("\0"), Text.utf8Length("\ude00\ud83d")])
      .toEqual([0, 10, -1, -1])
  })

  it("is shortened between characters, to the same text on a board", () => {
    fc.assert(fc.property(text, fc.nat(80), (given, most) => {
      const short = Text.shorten(given, most)
      const count = [...given].length
      expect(short).toBe(count <= most ? given : [...given].slice(0, most).join("") + "...")
      expect(twin.Text.shorten(boardText(given), most)).toBe(boardText(short))
    }))
  })

  it("is quoted as JSON, in the same bytes on a board", () => {
    fc.assert(fc.property(text, (given) => {
      const quoted = Text.quote(given)
      expect(JSON.parse(quoted)).toBe(given)
      expect(twin.Text.quote(boardText(given))).toBe(twins.toBoard(Buffer.from(quoted)))
    }), { numRuns: 500 })
  })
})
