import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Command from "../../../src/domain/message/Command.ts"

/** As it comes: one character for each byte. */
const parse = (text: string) => Command.parse(Bytes.toBinary(Bytes.fromText(text)))

const plain = { seconds: undefined, id: "", until: undefined, fault: undefined }

describe("a command", () => {
  it.each<readonly [text: string, expected: Partial<Command.Command>]>([
    ["read", { name: "read" }],
    [" read\n", { name: "read" }],
    ["stay_awake 600", { name: "stay_awake", seconds: 600 }],
    ["stay_awake", { name: "stay_awake" }],
    ["interval   0", { name: "interval", seconds: 0 }],
    ["{\"command\":\"send\"}", { name: "send" }],
    ["{\"command\":\"interval\",\"seconds\":60,\"id\":\"\u6e29\"}", { name: "interval", seconds: 60, id: "\u6e29" }],
    ["{\"command\":\"read\",\"id\":7,\"more\":[]}", { name: "read", id: "7" }],
    ["{\"command\":\"read\",\"until\":1800000000}", { name: "read", until: 1_800_000_000_000 }],
    ["{\"command\":\"read\",\"until\":\"2026-12-01T06:00:00Z\"}", { name: "read", until: 1_796_104_800_000 }],
    ["jump", { name: "jump" }],
    ["j\u00fcmp", { name: "j??mp" }]
  ])("%s", (text, expected) => expect(parse(text)).toEqual({ ...plain, ...expected }))

  it.each<readonly [text: string, name: string, fault: RegExp]>([
    ["interval", "interval", /needs seconds/],
    ["interval -1", "interval", /number/],
    ["interval 86401", "interval", /0 to 86400/],
    ["{\"command\":\"stay_awake\",\"seconds\":1.5}", "stay_awake", /whole number/],
    ["{\"command\":\"stay_awake\",\"seconds\":\"1\"}", "stay_awake", /must be a number/],
    ["read it now", "read", /more than a name and a number/],
    ["{\"command\":\"read\",\"id\":{}}", "read", /id must be/],
    ["{\"command\":\"read\",\"id\":\"" + "\u6e29".repeat(22) + "\"}", "read", /at most 64 bytes/],
    ["{\"command\":\"read\",\"until\":\"tomorrow\"}", "read", /must be a time/],
    ["{\"command\":\"read\",\"until\":\"2026-12-01 06:00\"}", "read", /must be a time/],
    ["{\"command\":7}", "", /no text `command`/],
    ["{", "", /no JSON/],
    ["x".repeat(257), "", /more than 256 bytes/]
  ])("%s cannot be done", (text, name, fault) => {
    const command = parse(text)
    expect([command.name, command.fault]).toEqual([name, expect.stringMatching(fault)])
  })

  it("has an answer whatever its bytes are, and the answer is JSON", () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(Bytes.fromText)), (bytes) => {
      const command = Command.parse(Bytes.toBinary(bytes))
      const answer = JSON.parse(Command.result("d", command, "refused", command.fault)) as { readonly command: string }
      expect(answer.command).toBe(command.name)
      expect(answer.command).toMatch(/^[ -~]{0,32}$/)
    }))
  })
})

it("an answer says what was answered, how, and why", () => {
  const command = { name: "interval", seconds: 60, id: "a\"1", until: undefined, fault: undefined }
  expect(Command.result("d1", command, "done")).toBe(
    "{\"device\":\"d1\",\"command\":\"interval\",\"id\":\"a\\\"1\",\"seconds\":60,\"status\":\"done\"}"
  )
  expect(JSON.parse(Command.result("d1", { ...command, seconds: undefined, id: "" }, "unknown", "why"))).toEqual({
    device: "d1",
    command: "interval",
    status: "unknown",
    reason: "why"
  })
})
