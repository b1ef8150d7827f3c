import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Row } from "../../../src/domain/collect/Row.ts"
import { header, line } from "../../../src/domain/collect/texts.ts"

const row: Row = {
  time: Date.UTC(2026, 10, 29, 22, 10),
  dated: "device",
  topic: "garden/pond/data",
  sensor: "pond",
  temperature: 21.4,
  humidity: 48.2,
  unit: "C",
  quantities: [],
  uptime: 3600,
  arrived: Date.UTC(2026, 10, 29, 22, 10, 1, 250),
  earliest: 0,
  payload: "{}"
}

describe("CSV", () => {
  const rows: ReadonlyArray<readonly [change: Partial<Row>, wanted: string]> = [
    [{}, "2026-11-29T22:10:00.000Z,device,garden/pond/data,pond,21.4,48.2,C,3600,2026-11-29T22:10:01.250Z,"],
    [{ temperature: undefined, unit: undefined, dated: "arrival" },
      "2026-11-29T22:10:00.000Z,arrival,garden/pond/data,pond,,48.2,,3600,2026-11-29T22:10:01.250Z,"],
    [{ topic: "a,b/\"c\"/data", sensor: "\"c\"", unit: "x\ny" },
      `2026-11-29T22:10:00.000Z,device,"a,b/""c""/data","""c""",21.4,48.2,"x\ny",3600,2026-11-29T22:10:01.250Z,`],
    [{ quantities: [["pressure", 1006.5], ["soil, \"left\"", -2]] },
      `2026-11-29T22:10:00.000Z,device,garden/pond/data,pond,21.4,48.2,C,3600,2026-11-29T22:10:01.250Z,`
      + `"{""pressure"":1006.5,""soil, \\""left\\"""":-2}"`]
  ]
  it.each(rows)("of %j", (change, wanted) => {
    expect(line("csv", { ...row, ...change })).toBe(wanted)
  })
  it("names its columns", () => {
    expect(header("csv")).toBe("time,dated,topic,sensor,temperature,humidity,unit,uptime,arrived,quantities")
    expect(header("jsonl")).toBeUndefined()
    expect(header("influx")).toBeUndefined()
  })

  /** RFC 4180, by a reader of our own. */
  const fieldsOf = (text: string): ReadonlyArray<string> => {
    const found: Array<string> = []
    for (const match of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)) {
      found.push(match[1]?.replaceAll("\"\"", "\"") ?? match[2] ?? "")
    }
    return found
  }
  it("is read back as it was, whatever a topic holds", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string(), (topic, unit) => {
      const fields = fieldsOf(line("csv", { ...row, topic, unit }))
      expect([fields[2], fields[6], fields.length]).toEqual([topic, unit, 10])
    }))
  })
})

describe("JSON Lines", () => {
  it("has what CSV has, and leaves out what is missing", () => {
    expect(line("jsonl", { ...row, humidity: undefined })).toBe(
      `{"time":"2026-11-29T22:10:00.000Z","dated":"device","topic":"garden/pond/data","sensor":"pond","temperature":21.4,`
        + `"unit":"C","uptime":3600,"arrived":"2026-11-29T22:10:01.250Z"}`
    )
  })
  it("has all other quantities in an object", () => {
    const text = line("jsonl", { ...row, quantities: [["pressure", 1006.5], ["topic", 1]] })
    expect(JSON.parse(text)).toMatchObject({ topic: row.topic, quantities: { pressure: 1006.5, topic: 1 } })
  })
  it("is one line, whatever a topic holds", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (topic) => {
      const text = line("jsonl", { ...row, topic })
      expect(text).not.toMatch(/[\r\n]/)
      expect((JSON.parse(text) as { topic: string }).topic).toBe(topic)
    }))
  })
})

describe("the line protocol", () => {
  const rows: ReadonlyArray<readonly [change: Partial<Row>, wanted: string]> = [
    [{},
      "reading,topic=garden/pond/data,sensor=pond,unit=C temperature=21.4,humidity=48.2,uptime=3600,dated=\"device\" 1795990200000000000"],
    [{ temperature: undefined, humidity: undefined, unit: undefined },
      "reading,topic=garden/pond/data,sensor=pond uptime=3600,dated=\"device\" 1795990200000000000"],
    [{ sensor: "" },
      "reading,topic=garden/pond/data,unit=C temperature=21.4,humidity=48.2,uptime=3600,dated=\"device\" 1795990200000000000"],
    [{ topic: "a b,c=d/data", sensor: "a b,c=d" },
      "reading,topic=a\\ b\\,c\\=d/data,sensor=a\\ b\\,c\\=d,unit=C temperature=21.4,humidity=48.2,uptime=3600,dated=\"device\" 1795990200000000000"],
    [{ unit: "C\\", sensor: "a\nb" },
      "reading,topic=garden/pond/data,sensor=a%0ab,unit=C%5c temperature=21.4,humidity=48.2,uptime=3600,dated=\"device\" 1795990200000000000"],
    [{ humidity: undefined, quantities: [["pressure", 1006.5], ["a b,c=d\n", 1], ["dated", 2], ["", 3]] },
      "reading,topic=garden/pond/data,sensor=pond,unit=C temperature=21.4,uptime=3600,pressure=1006.5,a\\ b\\,c\\=d%0a=1,"
      + "dated_=2,dated=\"device\" 1795990200000000000"]
  ]
  it.each(rows)("of %j", (change, wanted) => {
    expect(line("influx", { ...row, ...change })).toBe(wanted)
  })

  /** Cuts a text at a character that is not escaped. */
  const cut = (text: string, at: string): ReadonlyArray<string> => {
    const parts = [""]
    for (let i = 0; i < text.length; i++) {
      if (text[i] === at) {
        parts.push("")
        continue
      }
      const escape = text[i] === "\\" && ",= ".includes(text[i + 1] ?? "x") ? text.charAt(i++) : ""
      parts[parts.length - 1] = (parts[parts.length - 1] ?? "") + escape + text.charAt(i)
    }
    return parts
  }
  it("keeps its form, whatever a topic holds", () => {
    const texts = fc.string({ unit: fc.constantFrom(",", "=", " ", "\\", "\n", "\r", "\"", "a", "ä", "\u2028") })
    fc.assert(fc.property(texts, texts, texts, (topic, unit, name) => {
      const quantities = [["q" + name, 1]] as const
      const text = line("influx", { ...row, topic: "a" + topic, unit: "C" + unit, quantities })
      expect(text).not.toMatch(/[\r\n\u2028]/)
      const [tags, fields, time, ...more] = cut(text, " ")
      expect(more).toEqual([])
      expect(time).toBe("1795990200000000000")
      expect(cut(fields ?? "", ",").length).toBe(5)
      expect(tags?.startsWith("reading,topic=a")).toBe(true)
    }))
  })
})
