/**
 * What is not read and what is not written, with the clause that forbids it.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicFilter, TopicName } from "../../../src/domain/packet/Topic.ts"
import { bytes } from "./hex.ts"

type Tag = "MalformedPacket" | "ProtocolViolation"

const unreadable: ReadonlyArray<readonly [title: string, hex: string, tag: Tag, packet: string, clause: string]> = [
  ["nothing at all", "", "MalformedPacket", "packet", "2.2.3"],
  ["the forbidden type 0", "00 00", "MalformedPacket", "packet", "2.2.1"],
  ["the forbidden type 15", "f0 00", "MalformedPacket", "packet", "2.2.1"],
  ["a first byte alone", "c0", "MalformedPacket", "PINGREQ", "2.2.3"],
  ["a Remaining Length of five bytes", "30 80808080 01 00", "MalformedPacket", "PUBLISH", "2.2.3"],
  ["fewer bytes than the Remaining Length", "40 02 00", "MalformedPacket", "PUBACK", "2.2.3"],
  ["more bytes than the Remaining Length", "40 02 0001 00", "MalformedPacket", "PUBACK", "2.2.3"],

  ["CONNECT with flags", "11 0d 0004 4d515454 04 00 003c 0001 61", "MalformedPacket", "CONNECT", "MQTT-2.2.2-2"],
  ["CONNACK with flags", "21 02 00 00", "MalformedPacket", "CONNACK", "MQTT-2.2.2-2"],
  ["PUBACK with flags", "42 02 0001", "MalformedPacket", "PUBACK", "MQTT-2.2.2-2"],
  ["PUBREC with flags", "58 02 0001", "MalformedPacket", "PUBREC", "MQTT-2.2.2-2"],
  ["PUBREL without its flags", "60 02 0001", "MalformedPacket", "PUBREL", "MQTT-3.6.1-1"],
  ["PUBCOMP with flags", "72 02 0001", "MalformedPacket", "PUBCOMP", "MQTT-2.2.2-2"],
  ["SUBSCRIBE without its flags", "80 06 0007 0001 61 00", "MalformedPacket", "SUBSCRIBE", "MQTT-3.8.1-1"],
  ["SUBACK with flags", "92 03 0007 00", "MalformedPacket", "SUBACK", "MQTT-2.2.2-2"],
  ["UNSUBSCRIBE without its flags", "a0 05 0007 0001 61", "MalformedPacket", "UNSUBSCRIBE", "MQTT-3.10.1-1"],
  ["UNSUBACK with flags", "b2 02 0007", "MalformedPacket", "UNSUBACK", "MQTT-2.2.2-2"],
  ["PINGREQ with flags", "c1 00", "MalformedPacket", "PINGREQ", "MQTT-2.2.2-2"],
  ["PINGRESP with flags", "d8 00", "MalformedPacket", "PINGRESP", "MQTT-2.2.2-2"],
  ["DISCONNECT with flags", "e2 00", "MalformedPacket", "DISCONNECT", "MQTT-3.14.1-1"],

  ["CONNECT for another protocol", "10 0d 0004 4d515458 04 00 003c 0001 61", "ProtocolViolation", "CONNECT",
    "MQTT-3.1.2-1"],
  ["CONNECT of MQTT 3.1", "10 0f 0006 4d5149736470 03 00 003c 0001 61", "ProtocolViolation", "CONNECT", "MQTT-3.1.2-1"],
  ["CONNECT of MQTT 5", "10 0d 0004 4d515454 05 00 003c 0001 61", "ProtocolViolation", "CONNECT", "MQTT-3.1.2-2"],
  ["CONNECT with its reserved flag", "10 0d 0004 4d515454 04 01 003c 0001 61", "MalformedPacket", "CONNECT",
    "MQTT-3.1.2-3"],
  ["CONNECT with Will QoS but no Will", "10 0d 0004 4d515454 04 08 003c 0001 61", "ProtocolViolation", "CONNECT",
    "MQTT-3.1.2-13"],
  ["CONNECT with Will Retain but no Will", "10 0d 0004 4d515454 04 20 003c 0001 61", "ProtocolViolation", "CONNECT",
    "MQTT-3.1.2-15"],
  ["CONNECT with Will QoS 3", "10 12 0004 4d515454 04 1c 003c 0001 61 0001 77 0000", "MalformedPacket", "CONNECT",
    "MQTT-3.1.2-14"],
  ["CONNECT with a wildcard in its Will topic", "10 12 0004 4d515454 04 04 003c 0001 61 0001 23 0000",
    "ProtocolViolation", "CONNECT", "MQTT-3.3.2-2"],
  ["CONNECT without the Will it announces", "10 0d 0004 4d515454 04 04 003c 0001 61", "MalformedPacket", "CONNECT",
    "2.2.3"],
  ["CONNECT with a password but no user name", "10 0f 0004 4d515454 04 40 003c 0001 61 0000", "ProtocolViolation",
    "CONNECT", "MQTT-3.1.2-22"],
  ["CONNECT without the user name it announces", "10 0d 0004 4d515454 04 80 003c 0001 61", "MalformedPacket", "CONNECT",
    "2.2.3"],
  ["CONNECT with an empty client identifier and no Clean Session", "10 0c 0004 4d515454 04 00 0000 0000",
    "ProtocolViolation", "CONNECT", "MQTT-3.1.3-8"],
  ["CONNECT with trailing bytes", "10 0e 0004 4d515454 04 00 003c 0001 61 00", "MalformedPacket", "CONNECT", "2.2.3"],
  ["CONNECT that ends in a field", "10 0b 0004 4d515454 04 00 003c 00", "MalformedPacket", "CONNECT", "2.2.3"],
  ["CONNECT with nothing in it", "10 00", "MalformedPacket", "CONNECT", "2.2.3"],

  ["CONNACK that is too short", "20 01 00", "MalformedPacket", "CONNACK", "2.2.3"],
  ["CONNACK that is too long", "20 03 00 00 00", "MalformedPacket", "CONNACK", "2.2.3"],
  ["CONNACK with reserved flags", "20 02 02 00", "MalformedPacket", "CONNACK", "3.2.2.1"],
  ["CONNACK with return code 6", "20 02 00 06", "ProtocolViolation", "CONNACK", "3.2.2.3"],
  ["CONNACK with return code 255", "20 02 00 ff", "ProtocolViolation", "CONNACK", "3.2.2.3"],
  ["CONNACK that refuses and has a Session", "20 02 01 05", "ProtocolViolation", "CONNACK", "MQTT-3.2.2-4"],

  ["PUBLISH with QoS 3", "36 05 0001 61 0001", "MalformedPacket", "PUBLISH", "MQTT-3.3.1-4"],
  ["PUBLISH with QoS 0 and DUP", "38 03 0001 61", "ProtocolViolation", "PUBLISH", "MQTT-3.3.1-2"],
  ["PUBLISH with an empty Topic Name", "30 02 0000", "ProtocolViolation", "PUBLISH", "MQTT-4.7.3-1"],
  ["PUBLISH to +", "30 05 0003 612f2b", "ProtocolViolation", "PUBLISH", "MQTT-3.3.2-2"],
  ["PUBLISH to #", "30 05 0003 612f23", "ProtocolViolation", "PUBLISH", "MQTT-3.3.2-2"],
  ["PUBLISH with Packet Identifier 0", "32 05 0001 61 0000", "ProtocolViolation", "PUBLISH", "MQTT-2.3.1-1"],
  ["PUBLISH that ends in its Packet Identifier", "32 04 0001 61 00", "MalformedPacket", "PUBLISH", "2.2.3"],
  ["PUBLISH whose Topic Name runs over its end", "30 03 0002 61", "MalformedPacket", "PUBLISH", "2.2.3"],
  ["text with a surrogate", "30 05 0003 eda080", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["text with a pair of surrogates", "30 08 0006 eda080edb080", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["text with an overlong form", "30 04 0002 c1a1", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["text with an overlong U+0000", "30 04 0002 c080", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["text beyond U+10FFFF", "30 06 0004 f4908080", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["text that ends in a character", "30 04 0002 61c3", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["long text that is not UTF-8", `30 42 0040 ${"61".repeat(63)}ff`, "MalformedPacket", "PUBLISH", "MQTT-1.5.3-1"],
  ["text with U+0000", "30 05 0003 610062", "MalformedPacket", "PUBLISH", "MQTT-1.5.3-2"],
  ["long text with U+0000", `30 42 0040 ${"61".repeat(63)}00`, "MalformedPacket", "PUBLISH", "MQTT-1.5.3-2"],

  ["PUBACK with Packet Identifier 0", "40 02 0000", "ProtocolViolation", "PUBACK", "MQTT-2.3.1-1"],
  ["PUBACK that is too long", "40 03 0001 00", "MalformedPacket", "PUBACK", "2.2.3"],
  ["PUBREC with Packet Identifier 0", "50 02 0000", "ProtocolViolation", "PUBREC", "MQTT-2.3.1-1"],
  ["PUBREL with Packet Identifier 0", "62 02 0000", "ProtocolViolation", "PUBREL", "MQTT-2.3.1-1"],
  ["PUBCOMP that is too short", "70 01 00", "MalformedPacket", "PUBCOMP", "2.2.3"],
  ["UNSUBACK that is empty", "b0 00", "MalformedPacket", "UNSUBACK", "2.2.3"],

  ["SUBSCRIBE without a Topic Filter", "82 02 0007", "ProtocolViolation", "SUBSCRIBE", "MQTT-3.8.3-3"],
  ["SUBSCRIBE with Packet Identifier 0", "82 06 0000 0001 61 00", "ProtocolViolation", "SUBSCRIBE", "MQTT-2.3.1-1"],
  ["SUBSCRIBE with QoS 3", "82 06 0007 0001 61 03", "MalformedPacket", "SUBSCRIBE", "MQTT-3-8.3-4"],
  ["SUBSCRIBE with reserved bits", "82 06 0007 0001 61 81", "MalformedPacket", "SUBSCRIBE", "MQTT-3-8.3-4"],
  ["SUBSCRIBE without a QoS", "82 05 0007 0001 61", "MalformedPacket", "SUBSCRIBE", "2.2.3"],
  ["SUBSCRIBE to an empty Topic Filter", "82 05 0007 0000 00", "ProtocolViolation", "SUBSCRIBE", "MQTT-4.7.3-1"],
  ["SUBSCRIBE to a/#/b", "82 0a 0007 0005 612f232f62 00", "ProtocolViolation", "SUBSCRIBE", "MQTT-4.7.1-2"],
  ["SUBSCRIBE to a+", "82 07 0007 0002 612b 00", "ProtocolViolation", "SUBSCRIBE", "MQTT-4.7.1-3"],
  ["SUBACK without a return code", "90 02 0007", "ProtocolViolation", "SUBACK", "MQTT-3.8.4-5"],
  ["SUBACK with return code 3", "90 03 0007 03", "ProtocolViolation", "SUBACK", "MQTT-3.9.3-2"],
  ["SUBACK with return code 0x81", "90 04 0007 00 81", "ProtocolViolation", "SUBACK", "MQTT-3.9.3-2"],
  ["UNSUBSCRIBE without a Topic Filter", "a2 02 0007", "ProtocolViolation", "UNSUBSCRIBE", "MQTT-3.10.3-2"],
  ["UNSUBSCRIBE that ends in a Topic Filter", "a2 05 0007 0002 61", "MalformedPacket", "UNSUBSCRIBE", "2.2.3"],
  ["PINGREQ with a body", "c0 01 00", "MalformedPacket", "PINGREQ", "2.2.3"],
  ["PINGRESP with a body", "d0 01 00", "MalformedPacket", "PINGRESP", "2.2.3"],
  ["DISCONNECT with a body", "e0 01 00", "MalformedPacket", "DISCONNECT", "2.2.3"]
]

describe("reading refuses", () => {
  for (const [title, hex, tag, packet, clause] of unreadable) {
    it(`${title} (${clause})`, () => {
      const result = Packet.decode(bytes(hex))
      expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({ _tag: tag, packet, clause })
      expect(Result.isFailure(result) && result.failure.message).toContain(clause)
    })
  }
})

it("a Remaining Length in more bytes than it needs is read, as the algorithm of 2.2.3 reads it", () => {
  expect(Result.getOrThrow(Packet.decode(bytes("d0 8000")))).toEqual({ _tag: "Pingresp" })
  expect(Result.getOrThrow(Packet.decode(bytes("40 82808000 0001")))).toEqual({ _tag: "Puback", packetIdentifier: 1 })
})

const connect = { _tag: "Connect", clientId: "a", cleanSession: true, keepAlive: 60 } as const
const will = { topic: "w" as TopicName, payload: bytes(""), qos: 0, retain: false } as const
const publish = {
  _tag: "Publish",
  topic: "a" as TopicName,
  payload: bytes(""),
  qos: 1,
  retain: false,
  dup: false,
  packetIdentifier: 1
} as const
const subscribe = (topicFilter: string, qos: 0 | 1 | 2 = 0): Packet.Packet => ({
  _tag: "Subscribe",
  packetIdentifier: 1,
  subscriptions: [{ topicFilter: topicFilter as TopicFilter, qos }]
})
const qos3 = 3 as 2

const unsendable: ReadonlyArray<readonly [title: string, packet: Packet.Packet, field: string, clause: string]> = [
  ["a Keep Alive of -1", { ...connect, keepAlive: -1 }, "keepAlive", "3.1.2.10"],
  ["a Keep Alive of 65536", { ...connect, keepAlive: 65536 }, "keepAlive", "3.1.2.10"],
  ["a Keep Alive of 1.5", { ...connect, keepAlive: 1.5 }, "keepAlive", "3.1.2.10"],
  ["a Keep Alive that is not a number", { ...connect, keepAlive: NaN }, "keepAlive", "3.1.2.10"],
  ["an empty client identifier without Clean Session", { ...connect, clientId: "", cleanSession: false }, "clientId",
    "MQTT-3.1.3-7"],
  ["a client identifier with U+0000", { ...connect, clientId: "a\0" }, "clientId", "MQTT-1.5.3-2"],
  ["a client identifier of 65,536 bytes", { ...connect, clientId: "a".repeat(65536) }, "clientId", "1.5.3"],
  ["a user name of 65,536 bytes in fewer characters", { ...connect, username: "é".repeat(32768) }, "username", "1.5.3"],
  ["a user name with a lone surrogate", { ...connect, username: "\ud800" }, "username", "MQTT-1.5.3-1"],
  ["a password without a user name", { ...connect, password: bytes("70") }, "password", "MQTT-3.1.2-22"],
  ["a password of 65,536 bytes", { ...connect, username: "u", password: new Uint8Array(65536) }, "password", "1.5.3"],
  ["a Will with QoS 3", { ...connect, will: { ...will, qos: qos3 } }, "will.qos", "MQTT-3.1.2-14"],
  ["a Will to a wildcard", { ...connect, will: { ...will, topic: "a/#" as TopicName } }, "will.topic", "MQTT-3.3.2-2"],
  ["a Will of 65,536 bytes", { ...connect, will: { ...will, payload: new Uint8Array(65536) } }, "will.payload",
    "1.5.3"],
  ["a refusal with Session Present", { _tag: "Connack", sessionPresent: true, returnCode: 1 }, "sessionPresent",
    "MQTT-3.2.2-4"],
  ["a reserved Connect Return code", { _tag: "Connack", sessionPresent: false, returnCode: 6 as 5 }, "returnCode",
    "3.2.2.3"],
  ["an empty Topic Name", { ...publish, topic: "" as TopicName }, "topic", "MQTT-4.7.3-1"],
  ["a Topic Name with +", { ...publish, topic: "a/+/b" as TopicName }, "topic", "MQTT-3.3.2-2"],
  ["a Topic Name with #", { ...publish, topic: "a/#" as TopicName }, "topic", "MQTT-3.3.2-2"],
  ["a Topic Name with # that is not ASCII", { ...publish, topic: "é#" as TopicName }, "topic", "MQTT-3.3.2-2"],
  ["a Topic Name with U+0000", { ...publish, topic: "a\0b" as TopicName }, "topic", "MQTT-1.5.3-2"],
  ["a Topic Name with a lone surrogate", { ...publish, topic: "a\udc00" as TopicName }, "topic", "MQTT-1.5.3-1"],
  ["a Topic Name of 65,536 bytes", { ...publish, topic: "a".repeat(65536) as TopicName }, "topic", "1.5.3"],
  ["QoS 3", { ...publish, qos: qos3 }, "qos", "MQTT-3.3.1-4"],
  ["QoS 1 without a Packet Identifier", { ...publish, packetIdentifier: undefined }, "packetIdentifier",
    "MQTT-2.3.1-1"],
  ["QoS 2 with Packet Identifier 0", { ...publish, qos: 2, packetIdentifier: 0 }, "packetIdentifier", "MQTT-2.3.1-1"],
  ["QoS 0 with a Packet Identifier", { ...publish, qos: 0 }, "packetIdentifier", "MQTT-2.3.1-5"],
  ["QoS 0 with DUP", { ...publish, qos: 0, packetIdentifier: undefined, dup: true }, "dup", "MQTT-3.3.1-2"],
  ["a payload that makes the packet too large", { ...publish, payload: new Uint8Array(268_435_455) }, "payload",
    "2.2.3"],
  ["PUBACK 0", { _tag: "Puback", packetIdentifier: 0 }, "packetIdentifier", "MQTT-2.3.1-1"],
  ["PUBREC 65536", { _tag: "Pubrec", packetIdentifier: 65536 }, "packetIdentifier", "MQTT-2.3.1-1"],
  ["PUBREL -1", { _tag: "Pubrel", packetIdentifier: -1 }, "packetIdentifier", "MQTT-2.3.1-1"],
  ["PUBCOMP 1.5", { _tag: "Pubcomp", packetIdentifier: 1.5 }, "packetIdentifier", "MQTT-2.3.1-1"],
  ["UNSUBACK without a number", { _tag: "Unsuback", packetIdentifier: NaN }, "packetIdentifier", "MQTT-2.3.1-1"],
  ["an empty SUBSCRIBE", { _tag: "Subscribe", packetIdentifier: 1, subscriptions: [] }, "subscriptions",
    "MQTT-3.8.3-3"],
  ["a subscription with QoS 3", subscribe("a", qos3), "qos", "MQTT-3-8.3-4"],
  ["a subscription to nothing", subscribe(""), "topicFilter", "MQTT-4.7.3-1"],
  ["a subscription to a#", subscribe("a#"), "topicFilter", "MQTT-4.7.1-2"],
  ["a subscription to a/b+", subscribe("a/b+"), "topicFilter", "MQTT-4.7.1-3"],
  ["an empty SUBACK", { _tag: "Suback", packetIdentifier: 1, returnCodes: [] }, "returnCodes", "MQTT-3.8.4-5"],
  ["a SUBACK with a reserved code", { _tag: "Suback", packetIdentifier: 1, returnCodes: [qos3] }, "returnCodes",
    "MQTT-3.9.3-2"],
  ["an empty UNSUBSCRIBE", { _tag: "Unsubscribe", packetIdentifier: 1, topicFilters: [] }, "topicFilters",
    "MQTT-3.10.3-2"],
  ["an UNSUBSCRIBE from #/a", { _tag: "Unsubscribe", packetIdentifier: 1, topicFilters: ["#/a" as TopicFilter] },
    "topicFilter", "MQTT-4.7.1-2"]
]

describe("writing refuses", () => {
  for (const [title, packet, field, clause] of unsendable) {
    it(`${title} (${clause})`, () => {
      const result = Packet.encode(packet)
      expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({
        _tag: "InvalidPacket",
        packet: packet._tag.toUpperCase(),
        field,
        clause
      })
      expect(Result.isFailure(result) && result.failure.message).toContain(field)
    })
  }
})

it("writes texts and binaries of exactly 65,535 bytes", () => {
  const packet = {
    ...connect,
    clientId: "é".repeat(32767) + "a",
    will: undefined,
    username: "u".repeat(65535),
    password: new Uint8Array(65535)
  }
  expect(Result.getOrThrow(Packet.decode(Result.getOrThrow(Packet.encode(packet))))).toEqual(packet)
})

it("what types do not allow is refused, and spoils nothing that is written after it", () => {
  const wrong = [{ a: 1 }, 5, "text", null, undefined, new ArrayBuffer(4)]
  for (const payload of wrong) {
    const result = Packet.encode({ ...publish, payload } as unknown as Packet.Packet)
    expect(Result.isFailure(result) && result.failure).toMatchObject({ field: "payload", packet: "PUBLISH" })
    const password = Packet.encode({ ...connect, username: "u", password: payload ?? 5 } as unknown as Packet.Packet)
    expect(Result.isFailure(password) && password.failure).toMatchObject({ field: "password" })
  }
  const unknown = Packet.encode({ _tag: "publish" } as unknown as Packet.Packet)
  expect(Result.isFailure(unknown) && unknown.failure).toMatchObject({ field: "_tag" })
  expect(Result.getOrThrow(Packet.encode(publish))).toEqual(bytes("32 05 0001 61 0001"))
})
