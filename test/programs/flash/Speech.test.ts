import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Format from "../../../src/programs/dormouse/terminal/Format.ts"
import { layoutOf, show } from "../../../src/programs/flash/show.ts"
import * as Speech from "../../../src/programs/flash/Speech.ts"

/**
 * As the interpreter printed it: a broken object, text in UTF-8, values that JSON lacks, the prompt, an order to a
 * terminal.
 */
const recorded = Buffer.from([
  "\r\u001b[J{ \r\n  \"_tag\": \"Measured\", \r\n  \"sensor\": \"x\", \r\n  \"temperature\": 21.4, \"humidity\": undefined }\r\n",
  ">\r\u001b[J{ \r\n  \"_tag\": \"Failed\", \r\n  \"reason\": \"a } \\\"brace\\\" \\x07 and 3 °\"\r\n }\r\n",
  "ets Jul 29 2019\r\n{ \"a\": 1 }\r\n>"
].join(""), "utf8").toString("latin1")

const heard = [
  { _tag: "Event", event: { _tag: "Measured", sensor: "x", temperature: 21.4 } },
  { _tag: "Event", event: { _tag: "Failed", reason: "a } \"brace\" \u0007 and 3 °" } },
  { _tag: "Line", text: "ets Jul 29 2019" },
  { _tag: "Line", text: "{ \"a\": 1 }" }
]

const short: Readonly<Record<number, string>> = {
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: "\\\"",
  92: "\\\\"
}

/** As Espruino prints a text in an object (jsutils.c, escapeCharacter): byte by byte. */
const asPrinted = (text: string): string => {
  const bytes = [...Buffer.from(text)]
  const isOctal = (byte: number | undefined) => byte !== undefined && byte >= 48 && byte <= 55
  return "\"" + bytes.map((byte, at) =>
    short[byte] ?? (byte < 8 && !isOctal(bytes[at + 1]) ? "\\" + byte
      : byte < 32 || byte > 126 ? "\\x" + byte.toString(16).toUpperCase().padStart(2, "0")
      : String.fromCharCode(byte))
  ).join("") + "\""
}

describe("what a board prints", () => {
  it("is lines and events, in whatever pieces it comes", () => {
    fc.assert(fc.property(fc.array(fc.nat(recorded.length)), (cuts) => {
      const speech = Speech.make()
      const at = [0, ...cuts.sort((a, b) => a - b), recorded.length]
      const said = at.slice(1).flatMap((end, i) => speech.push(recorded.slice(at[i], end)))
      expect(said.concat(speech.end())).toEqual(heard)
    }))
  })

  it("is the text that was given, in all of Unicode", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (reason) => {
      const speech = Speech.make()
      const printed = `{ \r\n  "_tag": "Failed", \r\n  "reason": ${asPrinted(reason)} }\r\n`
      expect(speech.push(printed).concat(speech.end())).toEqual([{ _tag: "Event", event: { _tag: "Failed", reason } }])
    }))
  })

  it("is shown line by line when an object never ends", () => {
    const speech = Speech.make()
    const said = speech.push("{\n" + "  x\n".repeat(70)).concat(speech.end())
    expect(said).toHaveLength(71)
    expect(said[0]).toEqual({ _tag: "Line", text: "{" })
  })

  it("is kept to the end when the port goes away in the middle of an object", () => {
    const speech = Speech.make()
    expect(speech.push("{ \"_tag\": \"Woke\",\r\n  \"ow")).toEqual([])
    expect(speech.end()).toEqual([{ _tag: "Line", text: "{ \"_tag\": \"Woke\"," }, { _tag: "Line", text: "  \"ow" }])
  })

  it("is shown by its name and its values when the event is of another version", () => {
    const speech = Speech.make()
    const [said] = speech.push("{ \"_tag\": \"Danced\", \"style\": \"tango\", \"steps\": 3 }\n")
    expect(show(0, said as Speech.Said, layoutOf(80, Format.plain))).toEqual([
      "Danced (not known to this version of dormouse), style tango, steps 3"
    ])
  })
})
