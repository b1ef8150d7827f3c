import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Topic from "../../../src/domain/packet/Topic.ts"

const clause = (result: Result.Result<string, Topic.InvalidTopic>): string | undefined =>
  Result.isFailure(result) ? result.failure.clause : undefined

describe("a Topic Name", () => {
  for (
    const topic of ["a", "/", "//", "/finance", "a b", "$SYS/x", "é€😀", "\ufeffa", "a".repeat(65535),
      "é".repeat(32767) + "a"]
  ) {
    it(`may be ${JSON.stringify(topic.slice(0, 20))}, ${topic.length} characters`, () => {
      expect(Result.getOrThrow(Topic.name(topic))).toBe(topic)
    })
  }

  for (
    const [topic, expected] of [
      ["", "MQTT-4.7.3-1"],
      ["a/+", "MQTT-3.3.2-2"],
      ["a+b", "MQTT-3.3.2-2"],
      ["#", "MQTT-3.3.2-2"],
      ["a\0b", "MQTT-4.7.3-2"],
      ["a\ud800", "MQTT-1.5.3-1"],
      ["\udc00a", "MQTT-1.5.3-1"],
      ["a".repeat(65536), "MQTT-4.7.3-3"],
      ["é".repeat(32768), "MQTT-4.7.3-3"]
    ] as const
  ) {
    it(`may not be ${JSON.stringify(topic.slice(0, 20))}, ${topic.length} characters (${expected})`, () => {
      const result = Topic.name(topic)
      expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({
        field: "Topic Name",
        topic,
        clause: expected
      })
    })
  }
})

describe("a Topic Filter", () => {
  for (
    const topic of ["a", "#", "+", "/", "/+", "+/+", "a/#", "sport/tennis/+", "+/tennis/#", "sport/+/player1", "+/",
      "$SYS/#", "//#"]
  ) {
    it(`may be ${topic}`, () => {
      expect(Result.getOrThrow(Topic.filter(topic))).toBe(topic)
    })
  }

  for (
    const [topic, expected] of [
      ["", "MQTT-4.7.3-1"],
      ["sport/tennis#", "MQTT-4.7.1-2"],
      ["sport/tennis/#/ranking", "MQTT-4.7.1-2"],
      ["#/", "MQTT-4.7.1-2"],
      ["##", "MQTT-4.7.1-2"],
      ["+#", "MQTT-4.7.1-2"],
      ["sport+", "MQTT-4.7.1-3"],
      ["++", "MQTT-4.7.1-3"],
      ["a/+b/c", "MQTT-4.7.1-3"],
      ["a\0", "MQTT-4.7.3-2"],
      ["a".repeat(65536), "MQTT-4.7.3-3"]
    ] as const
  ) {
    it(`may not be ${JSON.stringify(topic.slice(0, 30))} (${expected})`, () => {
      expect(clause(Topic.filter(topic))).toBe(expected)
    })
  }
})

/** Most rows are the specification's own examples, 4.7.1 to 4.7.3. */
const rows: ReadonlyArray<readonly [filter: string, yes: ReadonlyArray<string>, no: ReadonlyArray<string>]> = [
  [
    "sport/tennis/player1/#",
    ["sport/tennis/player1", "sport/tennis/player1/ranking", "sport/tennis/player1/score/wimbledon",
      "sport/tennis/player1/"],
    ["sport/tennis/player10", "sport/tennis"]
  ],
  ["sport/#", ["sport", "sport/", "sport/tennis"], ["sports", "/sport"]],
  ["#", ["sport", "/", "a/b/c", "a$"], ["$SYS", "$SYS/monitor/Clients"]],
  ["sport/tennis/+", ["sport/tennis/player1", "sport/tennis/"], ["sport/tennis/player1/ranking", "sport/tennis"]],
  ["sport/+", ["sport/"], ["sport"]],
  ["+", ["finance"], ["/finance", "$SYS"]],
  ["+/+", ["/finance", "a/b", "/"], ["finance", "a/b/c", "$SYS/a"]],
  ["/+", ["/finance", "/"], ["finance", "/a/b"]],
  ["+/monitor/Clients", ["a/monitor/Clients", "/monitor/Clients"], ["$SYS/monitor/Clients"]],
  ["$SYS/#", ["$SYS", "$SYS/", "$SYS/monitor"], ["SYS/a", "$SYSa"]],
  ["$SYS/monitor/+", ["$SYS/monitor/Clients"], ["$SYS/monitor"]],
  ["a/+/b", ["a//b", "a/x/b", "a/$x/b"], ["a/b", "a/x/y/b"]],
  ["a//b", ["a//b"], ["a/b", "a/x/b"]],
  ["ACCOUNTS", ["ACCOUNTS"], ["Accounts", "/ACCOUNTS", "ACCOUNTS/"]],
  ["Accounts payable", ["Accounts payable"], ["Accounts"]],
  ["+/#", ["a", "a/b", "/", "/a"], ["$SYS/a", "$SYS"]]
]

describe("a Topic Filter matches", () => {
  for (const [filter, yes, no] of rows) {
    it(`${filter}: ${yes.join(", ")}`, () => {
      for (const name of yes) expect([name, Topic.matches(filter, name)]).toEqual([name, true])
    })
    it(`${filter}: not ${no.join(", ")}`, () => {
      for (const name of no) expect([name, Topic.matches(filter, name)]).toEqual([name, false])
    })
  }

  it("what a regular expression made of it matches", () => {
    const literal = (level: string) => level.replaceAll("$", "\\$")
    const pattern = (filter: string): RegExp => {
      const levels = filter.split("/")
      const rest = levels.at(-1) === "#"
      const body = (rest ? levels.slice(0, -1) : levels).map((level) => level === "+" ? "[^/]*" : literal(level))
      return new RegExp(
        `^${/^[+#]/.test(filter) ? "(?!\\$)" : ""}${
          rest && levels.length === 1 ? ".*" : body.join("/") + (rest ? "(/.*)?" : "")
        }$`
      )
    }
    const level = fc.constantFrom("a", "b", "", "$", "ab")
    const name = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/")).filter((text) =>
      text !== ""
    )
    const filter = fc.tuple(fc.array(fc.oneof(level, fc.constant("+")), { maxLength: 4 }), fc.boolean())
      .map(([levels, rest]) => [...levels, ...(rest ? ["#"] : [])].join("/")).filter((text) => text !== "")
    let matched = 0
    fc.assert(fc.property(filter, name, (filter, name) => {
      const expected = pattern(filter).test(name)
      if (expected) matched += 1
      expect(Result.isSuccess(Topic.filter(filter)) && Topic.matches(filter, name)).toBe(expected)
    }), { numRuns: 3000 })
    expect(matched).toBeGreaterThan(100)
  })
})
