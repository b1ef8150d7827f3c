/**
 * What of MQTT 5 is not read and what is not written, with the clause that forbids it and the Reason Code that says it.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import type { TopicFilter, TopicName } from "../../../../src/domain/packet/Topic.ts"
import { bytes } from "../hex.ts"

const start = "0004 4d515454 05"

const unreadable: ReadonlyArray<readonly [title: string, hex: string, packet: string, code: number, clause: string]> = [
  ["nothing at all", "", "packet", 0x81, "2.1.4"],
  ["the forbidden type 0", "00 00", "packet", 0x81, "2.1.2"],
  ["a Remaining Length in more bytes than it needs", "d0 8000", "PINGRESP", 0x81, "MQTT-1.5.5-1"],
  ["a Remaining Length of five bytes", "30 80808080 01 00", "PUBLISH", 0x81, "2.1.4"],
  ["fewer bytes than the Remaining Length", "40 02 00", "PUBACK", 0x81, "2.1.4"],
  ["CONNACK with flags", "21 03 00 00 00", "CONNACK", 0x81, "MQTT-2.1.3-1"],
  ["PUBREL without its flags", "60 02 0001", "PUBREL", 0x81, "MQTT-3.6.1-1"],
  ["DISCONNECT with flags", "e1 00", "DISCONNECT", 0x81, "MQTT-3.14.1-1"],
  ["AUTH with flags", "f1 00", "AUTH", 0x81, "MQTT-3.15.1-1"],
  ["AUTH with a wrong length", "f0 01", "AUTH", 0x81, "2.1.4"],
  ["PINGRESP with a body", "d0 01 00", "PINGRESP", 0x81, "2.1.4"],

  ["CONNECT for another protocol", "10 0e 0004 4d515458 05 00 003c 00 0001 61", "CONNECT", 0x84, "MQTT-3.1.2-1"],
  ["CONNECT of MQTT 3.1.1", "10 0d 0004 4d515454 04 00 003c 0001 61", "CONNECT", 0x84, "MQTT-3.1.2-2"],
  ["CONNECT with its reserved flag", `10 0e ${start} 01 003c 00 0001 61`, "CONNECT", 0x81, "MQTT-3.1.2-3"],
  ["CONNECT with Will QoS but no Will", `10 0e ${start} 08 003c 00 0001 61`, "CONNECT", 0x82, "MQTT-3.1.2-11"],
  ["CONNECT with Will Retain but no Will", `10 0e ${start} 20 003c 00 0001 61`, "CONNECT", 0x82, "MQTT-3.1.2-13"],
  ["CONNECT with Will QoS 3", `10 14 ${start} 1c 003c 00 0001 61 00 0001 77 0000`, "CONNECT", 0x81, "MQTT-3.1.2-12"],
  ["CONNECT with a wildcard in its Will Topic", `10 14 ${start} 04 003c 00 0001 61 00 0001 23 0000`, "CONNECT", 0x82,
    "MQTT-3.3.2-2"],
  ["CONNECT with Receive Maximum 0", `10 11 ${start} 00 003c 03 21 0000 0001 61`, "CONNECT", 0x82, "3.1.2.11.3"],
  ["CONNECT with Maximum Packet Size 0", `10 13 ${start} 00 003c 05 27 00000000 0001 61`, "CONNECT", 0x82,
    "3.1.2.11.4"],
  ["CONNECT with Request Problem Information 2", `10 10 ${start} 00 003c 02 17 02 0001 61`, "CONNECT", 0x82,
    "3.1.2.11.7"],
  ["CONNECT with two Session Expiry Intervals", `10 18 ${start} 00 003c 0a 11 00000001 11 00000001 0001 61`, "CONNECT",
    0x82, "3.1.2.11.2"],
  ["CONNECT with Authentication Data alone", `10 12 ${start} 00 003c 04 16 0001 01 0001 61`, "CONNECT", 0x82,
    "3.1.2.11.10"],
  ["CONNECT with a Topic Alias", `10 11 ${start} 00 003c 03 23 0001 0001 61`, "CONNECT", 0x81, "2.2.2.2"],
  ["CONNECT with a Will that has a property of CONNECT", `10 17 ${start} 04 003c 00 0001 61 03 21 0001 0001 77 0000`,
    "CONNECT", 0x81, "2.2.2.2"],
  ["CONNECT with a property that does not exist", `10 10 ${start} 00 003c 02 7f 00 0001 61`, "CONNECT", 0x81,
    "2.2.2.2"],

  ["CONNACK with reserved flags", "20 03 02 00 00", "CONNACK", 0x81, "MQTT-3.2.2-1"],
  ["CONNACK with a code of MQTT 3.1.1", "20 03 00 05 00", "CONNACK", 0x82, "MQTT-3.2.2-8"],
  ["CONNACK that refuses and has a Session", "20 03 01 87 00", "CONNACK", 0x82, "MQTT-3.2.2-6"],
  ["CONNACK without a Property Length", "20 02 00 00", "CONNACK", 0x81, "2.1.4"],
  ["CONNACK with Maximum QoS 2", "20 05 00 00 02 24 02", "CONNACK", 0x82, "3.2.2.3.4"],
  ["CONNACK with Receive Maximum 0", "20 06 00 00 03 21 0000", "CONNACK", 0x82, "3.2.2.3.3"],

  ["PUBLISH with QoS 3", "36 06 0001 61 0001 00", "PUBLISH", 0x81, "MQTT-3.3.1-4"],
  ["PUBLISH with QoS 0 and DUP", "38 04 0001 61 00", "PUBLISH", 0x82, "MQTT-3.3.1-2"],
  ["PUBLISH with an empty Topic Name and no Topic Alias", "30 03 0000 00", "PUBLISH", 0x82, "3.3.2.1"],
  ["PUBLISH to #", "30 04 0001 23 00", "PUBLISH", 0x82, "MQTT-3.3.2-2"],
  ["PUBLISH with Packet Identifier 0", "32 06 0001 61 0000 00", "PUBLISH", 0x82, "MQTT-2.2.1-3"],
  ["PUBLISH with Topic Alias 0", "30 07 0001 61 03 23 0000", "PUBLISH", 0x94, "MQTT-3.3.2-8"],
  ["PUBLISH with two Topic Aliases", "30 0a 0001 61 06 23 0001 23 0001", "PUBLISH", 0x82, "MQTT-3.3.2-8"],
  ["PUBLISH with Subscription Identifier 0", "30 06 0001 61 02 0b 00", "PUBLISH", 0x82, "3.3.2.3.8"],
  ["PUBLISH with a Subscription Identifier of five bytes", "30 0a 0001 61 06 0b 8080808001", "PUBLISH", 0x81, "1.5.5"],
  ["PUBLISH with a Subscription Identifier that is too long", "30 07 0001 61 03 0b 8100", "PUBLISH", 0x81,
    "MQTT-1.5.5-1"],
  ["PUBLISH with Payload Format Indicator 2", "30 06 0001 61 02 01 02", "PUBLISH", 0x82, "3.3.2.3.2"],
  ["PUBLISH with a wildcard in its Response Topic", "30 08 0001 61 04 08 0001 2b", "PUBLISH", 0x82, "MQTT-3.3.2-14"],
  ["PUBLISH with an empty Response Topic", "30 07 0001 61 03 08 0000", "PUBLISH", 0x82, "MQTT-4.7.3-1"],
  ["PUBLISH with a property that is cut short", "30 06 0001 61 02 02 00", "PUBLISH", 0x81, "2.1.4"],
  ["PUBLISH with a Property Length beyond its end", "30 05 0001 61 05 01", "PUBLISH", 0x81, "2.2.2.1"],
  ["PUBLISH with a property beyond its Property Length", "30 08 0001 61 02 23 0001 00", "PUBLISH", 0x81, "2.2.2.1"],
  ["PUBLISH with a Property Length that is too long", "30 05 0001 61 8000", "PUBLISH", 0x81, "MQTT-1.5.5-1"],
  ["text that is not UTF-8", "30 05 0002 c1a1 00", "PUBLISH", 0x81, "MQTT-1.5.4-1"],
  ["a User Property with U+0000", "30 0a 0001 61 06 26 0001 00 0000", "PUBLISH", 0x81, "MQTT-1.5.4-2"],

  ["PUBACK with Packet Identifier 0", "40 02 0000", "PUBACK", 0x82, "MQTT-2.2.1-5"],
  ["PUBACK with a code of SUBACK", "40 03 0001 01", "PUBACK", 0x82, "MQTT-3.4.2-1"],
  ["PUBREC with a code of PUBREL", "50 03 0001 92", "PUBREC", 0x82, "MQTT-3.5.2-1"],
  ["PUBREL with a code of PUBREC", "62 03 0001 97", "PUBREL", 0x82, "MQTT-3.6.2-1"],
  ["PUBCOMP with a code of PUBREC", "70 03 0001 97", "PUBCOMP", 0x82, "MQTT-3.7.2-1"],
  ["PUBACK with two Reason Strings", "40 0a 0001 00 06 1f 0000 1f 0000", "PUBACK", 0x82, "3.4.2.2.2"],
  ["PUBACK with trailing bytes", "40 05 0001 00 00 00", "PUBACK", 0x81, "2.1.4"],

  ["SUBSCRIBE without a Topic Filter", "82 03 0007 00", "SUBSCRIBE", 0x82, "MQTT-3.8.3-2"],
  ["SUBSCRIBE with Packet Identifier 0", "82 07 0000 00 0001 61 00", "SUBSCRIBE", 0x82, "MQTT-2.2.1-3"],
  ["SUBSCRIBE with QoS 3", "82 07 0007 00 0001 61 03", "SUBSCRIBE", 0x82, "3.8.3.1"],
  ["SUBSCRIBE with Retain Handling 3", "82 07 0007 00 0001 61 30", "SUBSCRIBE", 0x82, "3.8.3.1"],
  ["SUBSCRIBE with reserved bits", "82 07 0007 00 0001 61 40", "SUBSCRIBE", 0x81, "MQTT-3.8.3-5"],
  ["SUBSCRIBE to a/#/b", "82 0b 0007 00 0005 612f232f62 00", "SUBSCRIBE", 0x82, "MQTT-4.7.1-1"],
  ["SUBSCRIBE to a+", "82 08 0007 00 0002 612b 00", "SUBSCRIBE", 0x82, "MQTT-4.7.1-2"],
  ["SUBSCRIBE to $share/", "82 0d 0007 00 0007 2473686172652f 00", "SUBSCRIBE", 0x82, "MQTT-4.8.2-1"],
  ["SUBSCRIBE to $share/g", "82 0e 0007 00 0008 2473686172652f67 00", "SUBSCRIBE", 0x82, "MQTT-4.8.2-2"],
  ["SUBSCRIBE to $share/+/a", "82 10 0007 00 000a 2473686172652f2b2f61 00", "SUBSCRIBE", 0x82, "MQTT-4.8.2-2"],
  ["SUBSCRIBE to a Shared Subscription with No Local", "82 10 0007 00 000a 2473686172652f672f61 04", "SUBSCRIBE", 0x82,
    "MQTT-3.8.3-4"],
  ["SUBSCRIBE with two Subscription Identifiers", "82 0b 0007 04 0b 01 0b 02 0001 61 00", "SUBSCRIBE", 0x82,
    "3.8.2.1.2"],
  ["SUBACK without a Reason Code", "90 03 0007 00", "SUBACK", 0x82, "MQTT-3.8.4-6"],
  ["SUBACK with Reason Code 3", "90 04 0007 00 03", "SUBACK", 0x82, "MQTT-3.9.3-2"],
  ["UNSUBSCRIBE without a Topic Filter", "a2 03 0007 00", "UNSUBSCRIBE", 0x82, "MQTT-3.10.3-2"],
  ["UNSUBACK of MQTT 3.1.1", "b0 02 0007", "UNSUBACK", 0x81, "2.1.4"],
  ["UNSUBACK without a Reason Code", "b0 03 0007 00", "UNSUBACK", 0x82, "MQTT-3.11.3-1"],
  ["UNSUBACK with Reason Code 1", "b0 04 0007 00 01", "UNSUBACK", 0x82, "MQTT-3.11.3-2"],
  ["DISCONNECT with a code of CONNACK", "e0 01 86", "DISCONNECT", 0x82, "MQTT-3.14.2-1"],
  ["AUTH with Reason Code 1", "f0 06 01 04 15 0001 6d", "AUTH", 0x82, "MQTT-3.15.2-1"],
  ["AUTH without a method", "f0 02 18 00", "AUTH", 0x82, "3.15.2.2.2"],
  ["AUTH without a Property Length", "f0 01 00", "AUTH", 0x81, "2.1.4"]
]

describe("reading MQTT 5 refuses", () => {
  for (const [title, hex, packet, reasonCode, clause] of unreadable) {
    it(`${title} (${clause})`, () => {
      const result = Packet.decode(bytes(hex))
      const _tag = reasonCode === 0x81 ? "MalformedPacket" : "ProtocolViolation"
      expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({ _tag, packet, clause, reasonCode })
      expect(Result.isFailure(result) && result.failure.message).toContain(`(MQTT 5, ${clause})`)
    })
  }
})

const connect = { _tag: "Connect", clientId: "a", cleanStart: true, keepAlive: 60 } as const
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
const subscribe = (topicFilter: string, options: object = {}): Packet.Packet5 => ({
  _tag: "Subscribe",
  packetIdentifier: 1,
  subscriptions: [{ topicFilter: topicFilter as TopicFilter, qos: 0, ...options }]
})
const wrong = <A>(value: unknown): A => value as A

const unsendable: ReadonlyArray<readonly [title: string, packet: Packet.Packet5, field: string, clause: string]> = [
  ["a Keep Alive of 1.5", { ...connect, keepAlive: 1.5 }, "keepAlive", "3.1.2.10"],
  ["a Client Identifier with U+0000", { ...connect, clientId: "a\0" }, "clientId", "MQTT-1.5.4-2"],
  ["a Client Identifier of 65,536 bytes", { ...connect, clientId: "a".repeat(65536) }, "clientId", "1.5.4"],
  ["a password of 65,536 bytes", { ...connect, password: new Uint8Array(65536) }, "password", "1.5.6"],
  ["a Will with QoS 3", { ...connect, will: { ...will, qos: wrong(3) } }, "will.qos", "MQTT-3.1.2-12"],
  ["a Will to a wildcard", { ...connect, will: { ...will, topic: "a/#" as TopicName } }, "will.topic", "MQTT-3.3.2-2"],
  ["a Will with a property of CONNECT", { ...connect, will: { ...will, properties: wrong({ receiveMaximum: 1 }) } },
    "will.properties.receiveMaximum", "2.2.2.2"],
  ["a Receive Maximum of 0", { ...connect, properties: { receiveMaximum: 0 } }, "properties.receiveMaximum",
    "3.1.2.11.3"],
  ["a Receive Maximum of 65,536", { ...connect, properties: { receiveMaximum: 65_536 } }, "properties.receiveMaximum",
    "3.1.2.11.3"],
  ["a Session Expiry Interval of 2^32", { ...connect, properties: { sessionExpiryInterval: 2 ** 32 } },
    "properties.sessionExpiryInterval", "3.1.2.11.2"],
  ["a Session Expiry Interval that is a text", { ...connect, properties: { sessionExpiryInterval: wrong("1") } },
    "properties.sessionExpiryInterval", "3.1.2.11.2"],
  ["Authentication Data without a method", { ...connect, properties: { authenticationData: bytes("00") } },
    "properties.authenticationData", "3.1.2.11.10"],
  ["a flag that is a number", { ...connect, properties: { requestProblemInformation: wrong(1) } },
    "properties.requestProblemInformation", "3.1.2.11.7"],
  ["a refusal with Session Present", { _tag: "Connack", sessionPresent: true, reasonCode: 0x80 }, "sessionPresent",
    "MQTT-3.2.2-6"],
  ["a Connect Return code of MQTT 3.1.1", { _tag: "Connack", sessionPresent: false, reasonCode: wrong(5) },
    "reasonCode", "MQTT-3.2.2-8"],
  ["an empty Topic Name without an alias", { ...publish, topic: "" as TopicName }, "topic", "3.3.2.1"],
  ["a Topic Name with #", { ...publish, topic: "a/#" as TopicName }, "topic", "MQTT-3.3.2-2"],
  ["QoS 3", { ...publish, qos: wrong(3) }, "qos", "MQTT-3.3.1-4"],
  ["QoS 1 without a Packet Identifier", { ...publish, packetIdentifier: undefined }, "packetIdentifier",
    "MQTT-2.2.1-3"],
  ["QoS 0 with a Packet Identifier", { ...publish, qos: 0 }, "packetIdentifier", "MQTT-2.2.1-2"],
  ["QoS 0 with DUP", { ...publish, qos: 0, packetIdentifier: undefined, dup: true }, "dup", "MQTT-3.3.1-2"],
  ["a Topic Alias of 0", { ...publish, properties: { topicAlias: 0 } }, "properties.topicAlias", "MQTT-3.3.2-8"],
  ["a Response Topic with +", { ...publish, properties: { responseTopic: "a/+" as TopicName } },
    "properties.responseTopic", "MQTT-3.3.2-14"],
  ["Correlation Data of 65,536 bytes", { ...publish, properties: { correlationData: new Uint8Array(65536) } },
    "properties.correlationData", "1.5.6"],
  ["a User Property with a lone surrogate", { ...publish, properties: { userProperties: [["a", "\ud800"]] } },
    "properties.userProperties", "MQTT-1.5.4-1"],
  ["a Subscription Identifier of 0", { ...publish, properties: { subscriptionIdentifiers: [0] } },
    "properties.subscriptionIdentifiers", "3.3.2.3.8"],
  ["a payload that makes the packet too large", { ...publish, payload: new Uint8Array(268_435_455) }, "payload",
    "2.1.4"],
  ["PUBACK 0", { _tag: "Puback", packetIdentifier: 0 }, "packetIdentifier", "MQTT-2.2.1-5"],
  ["PUBREC with a code of PUBREL", { _tag: "Pubrec", packetIdentifier: 1, reasonCode: wrong(0x92) }, "reasonCode",
    "MQTT-3.5.2-1"],
  ["an empty SUBSCRIBE", { _tag: "Subscribe", packetIdentifier: 1, subscriptions: [] }, "subscriptions",
    "MQTT-3.8.3-2"],
  ["a subscription with QoS 3", subscribe("a", { qos: 3 }), "qos", "3.8.3.1"],
  ["a subscription with Retain Handling 3", subscribe("a", { retainHandling: 3 }), "retainHandling", "3.8.3.1"],
  ["a subscription to a#", subscribe("a#"), "topicFilter", "MQTT-4.7.1-1"],
  ["a subscription to $share", subscribe("$share"), "topicFilter", "MQTT-4.8.2-1"],
  ["a subscription to $share//a", subscribe("$share//a"), "topicFilter", "MQTT-4.8.2-1"],
  ["a subscription to $share/g/", subscribe("$share/g/"), "topicFilter", "MQTT-4.8.2-2"],
  ["a Shared Subscription with No Local", subscribe("$share/g/a", { noLocal: true }), "noLocal", "MQTT-3.8.3-4"],
  ["an empty SUBACK", { _tag: "Suback", packetIdentifier: 1, reasonCodes: [] }, "reasonCodes", "MQTT-3.8.4-6"],
  ["an UNSUBACK with a code of SUBACK", { _tag: "Unsuback", packetIdentifier: 1, reasonCodes: [wrong(1)] },
    "reasonCodes", "MQTT-3.11.3-2"],
  ["an empty UNSUBSCRIBE", { _tag: "Unsubscribe", packetIdentifier: 1, topicFilters: [] }, "topicFilters",
    "MQTT-3.10.3-2"],
  ["a DISCONNECT with a code of CONNACK", { _tag: "Disconnect", reasonCode: wrong(0x86) }, "reasonCode",
    "MQTT-3.14.2-1"],
  ["an AUTH without a method", { _tag: "Auth", reasonCode: 0x18 }, "properties.authenticationMethod", "3.15.2.2.2"]
]

describe("writing MQTT 5 refuses", () => {
  for (const [title, packet, field, clause] of unsendable) {
    it(`${title} (${clause})`, () => {
      const result = Packet.encode(packet)
      expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({
        _tag: "InvalidPacket",
        packet: packet._tag.toUpperCase(),
        field,
        clause
      })
      expect(Result.isFailure(result) && result.failure.message).toContain(`(MQTT 5, ${clause})`)
    })
  }
})
