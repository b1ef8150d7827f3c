import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Violation from "../../../src/domain/packet/Violation.ts"

describe("what a Server may not do", () => {
  it.each([
    ["PUBACK", 7, "PUBACK for Packet Identifier 7, which no PUBLISH is waiting for", "MQTT-4.3.2-1"],
    ["SUBACK", 8, "SUBACK for Packet Identifier 8, which no SUBSCRIBE is waiting for", "MQTT-3.8.4-2"],
    ["UNSUBACK", 9, "UNSUBACK for Packet Identifier 9, which no UNSUBSCRIBE is waiting for", "MQTT-3.10.4-4"],
    ["PINGRESP", undefined, "PINGRESP, which no PINGREQ is waiting for", "3.13"]
  ] as const)("%s for nothing", (packet, identifier, told, clause) => {
    expect(Violation.unexpectedAck(packet, identifier)).toBe(told)
    expect(Violation.tooManyUnexpected(packet, identifier, 1_001)).toMatchObject({
      _tag: "ProtocolViolation",
      packet,
      clause,
      message: told + ": the last of 1001 acknowledgements that nothing waits for (MQTT 3.1.1, " + clause + ")"
    })
  })

  it.each([
    ["Pingresp", false, "PINGRESP before CONNACK", "MQTT-3.2.0-1"],
    ["Oversized", false, "PUBLISH before CONNACK", "MQTT-3.2.0-1"],
    ["Connack", true, "a second CONNACK on one connection", "3.2"]
  ])("%s out of turn", (tag, accepted, message, clause) => {
    expect(Violation.unexpectedPacket(tag, accepted)).toMatchObject({ message, clause })
  })

  it("is nothing when a packet comes in its turn", () => {
    expect(Violation.unexpectedPacket("Pingresp", true)).toBeUndefined()
  })

  it("is stated here, for the Client and for the device, and by who reads packets", () => {
    const source = path.join(import.meta.dirname, "../../../src")
    const stating = readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((file) =>
        file.endsWith(".ts") && readFileSync(path.join(source, file), "utf8").includes("new ProtocolViolation(")
      )
      .map((file) => file.split(path.sep).join("/"))
    expect(stating.sort()).toEqual([
      "adapters/espruino/bytes/unusual.ts",
      "domain/packet/Reader.ts",
      "domain/packet/Violation.ts",
      "domain/packet/v5/Fault.ts"
    ])
  })
})
