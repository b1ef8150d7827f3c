/** Packets of MQTT 5 in the words of mqtt-packet, and what it takes that the standard forbids. */
import type * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import type { OnlyTheirs, Words } from "../theirs.ts"
import { plain } from "../theirs.ts"

/** An object of names, each with its value or values: so the order of different names is lost. */
const pairs = (all: ReadonlyArray<readonly [string, string]>): Words => {
  const grouped: Record<string, string | Array<string>> = Object.create(null)
  for (const [name, value] of all) {
    const before = grouped[name]
    grouped[name] = before === undefined ? value : [before, value].flat()
  }
  return grouped
}

const otherNames: Readonly<Record<string, string>> = {
  maximumQos: "maximumQoS",
  subscriptionIdentifiers: "subscriptionIdentifier"
}

const properties = (ours: object | undefined): Words | undefined => {
  const entries = Object.entries(ours ?? {}).map(([name, value]) =>
    [
      otherNames[name] ?? name,
      name === "userProperties" ? pairs(value)
        : name === "payloadFormatIndicator" ? value === 1
        : name === "subscriptionIdentifiers" && value.length === 1 ? value[0]
        : plain(value)
    ] as const
  )
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Ours in the words of mqtt-packet. */
export const inTheirWords = (value: Packet.Packet5): Words => {
  const own = "properties" in value ? { properties: properties(value.properties) } : {}
  switch (value._tag) {
    case "Connect":
      return {
        cmd: "connect",
        protocolVersion: 5,
        clientId: value.clientId,
        clean: value.cleanStart,
        keepalive: value.keepAlive,
        will: value.will && {
          ...value.will,
          payload: plain(value.will.payload),
          properties: properties(value.will.properties)
        },
        username: value.username,
        password: plain(value.password),
        ...own
      }
    case "Connack":
      return { cmd: "connack", sessionPresent: value.sessionPresent, reasonCode: value.reasonCode, ...own }
    case "Publish": {
      const { dup, packetIdentifier, payload, qos, retain, topic } = value
      return { cmd: "publish", topic, payload: plain(payload), qos, retain, dup, messageId: packetIdentifier, ...own }
    }
    case "Subscribe":
      return {
        cmd: "subscribe",
        messageId: value.packetIdentifier,
        subscriptions: value.subscriptions.map(({ noLocal, qos, retainAsPublished, retainHandling, topicFilter }) => ({
          topic: topicFilter,
          qos,
          nl: noLocal,
          rap: retainAsPublished,
          rh: retainHandling
        })),
        ...own
      }
    case "Suback":
    case "Unsuback":
      return { cmd: value._tag.toLowerCase(), messageId: value.packetIdentifier, granted: value.reasonCodes, ...own }
    case "Unsubscribe":
      return { cmd: "unsubscribe", messageId: value.packetIdentifier, unsubscriptions: value.topicFilters, ...own }
    case "Puback":
    case "Pubrec":
    case "Pubrel":
    case "Pubcomp":
      return { cmd: value._tag.toLowerCase(), messageId: value.packetIdentifier, reasonCode: value.reasonCode, ...own }
    case "Disconnect":
    case "Auth":
      return { cmd: value._tag.toLowerCase(), reasonCode: value.reasonCode, ...own }
    default:
      return { cmd: value._tag.toLowerCase() }
  }
}

const start = "0004 4d515454 05"

/** Bytes that mqtt-packet takes and ours does not: the clause says why. */
export const onlyTheirs: OnlyTheirs = [
  ["more bytes than the Remaining Length", "40 02 0001 00", "2.1.4"],
  ["a Remaining Length in more bytes than it needs", "d0 8000", "MQTT-1.5.5-1"],
  ["CONNECT of MQTT 3.1.1", "10 0d 0004 4d515454 04 00 003c 0001 61", "MQTT-3.1.2-2"],
  ["CONNECT of a bridge", "10 0e 0004 4d515454 85 00 003c 00 0001 61", "MQTT-3.1.2-2"],
  ["CONNECT with Will QoS 3", `10 14 ${start} 1c 003c 00 0001 61 00 0001 77 0000`, "MQTT-3.1.2-12"],
  ["CONNECT with an empty Will topic", `10 13 ${start} 06 003c 00 0001 61 00 0000 0000`, "MQTT-4.7.3-1"],
  ["CONNECT with a wildcard in its Will topic", `10 14 ${start} 06 003c 00 0001 61 00 0001 23 0000`, "MQTT-3.3.2-2"],
  ["CONNECT with a wildcard in its Will's Response Topic",
    `10 18 ${start} 06 003c 00 0001 61 04 08 0001 2b 0001 77 0000`, "MQTT-3.3.2-14"],
  ["CONNECT with Receive Maximum 0", `10 11 ${start} 00 003c 03 21 0000 0001 61`, "3.1.2.11.3"],
  ["CONNECT with Request Problem Information 2", `10 10 ${start} 00 003c 02 17 02 0001 61`, "3.1.2.11.7"],
  ["CONNECT with a Topic Alias", `10 11 ${start} 00 003c 03 23 0001 0001 61`, "2.2.2.2"],
  ["CONNECT with two Session Expiry Intervals", `10 18 ${start} 00 003c 0a 11 00000001 11 00000002 0001 61`,
    "3.1.2.11.2"],
  ["CONNECT with Authentication Data alone", `10 12 ${start} 00 003c 04 16 0001 01 0001 61`, "3.1.2.11.10"],
  ["CONNECT with trailing bytes", `10 0f ${start} 00 003c 00 0001 61 00`, "2.1.4"],
  ["CONNACK with a code of MQTT 3.1.1", "20 03 00 05 00", "MQTT-3.2.2-8"],
  ["CONNACK that refuses and has a Session", "20 03 01 87 00", "MQTT-3.2.2-6"],
  ["CONNACK without a Property Length", "20 02 00 00", "2.1.4"],
  ["CONNACK with Maximum QoS 2", "20 05 00 00 02 24 02", "3.2.2.3.4"],
  ["PUBLISH with QoS 0 and DUP", "38 04 0001 61 00", "MQTT-3.3.1-2"],
  ["PUBLISH with an empty Topic Name and no Topic Alias", "30 03 0000 00", "3.3.2.1"],
  ["PUBLISH to #", "30 04 0001 23 00", "MQTT-3.3.2-2"],
  ["PUBLISH with Packet Identifier 0", "32 06 0001 61 0000 00", "MQTT-2.2.1-3"],
  ["PUBLISH with Topic Alias 0", "30 07 0001 61 03 23 0000", "MQTT-3.3.2-8"],
  ["PUBLISH with Subscription Identifier 0", "30 06 0001 61 02 0b 00", "3.3.2.3.8"],
  ["PUBLISH with Payload Format Indicator 2", "30 06 0001 61 02 01 02", "3.3.2.3.2"],
  ["PUBLISH with a wildcard in its Response Topic", "30 08 0001 61 04 08 0001 2b", "MQTT-3.3.2-14"],
  ["PUBLISH with an empty Response Topic", "30 07 0001 61 03 08 0000", "MQTT-4.7.3-1"],
  ["PUBLISH with a property beyond its Property Length", "30 08 0001 61 02 23 0001 00", "2.2.2.1"],
  ["PUBLISH with a property of CONNECT", "30 09 0001 61 05 11 00000001", "2.2.2.2"],
  ["text that is not UTF-8", "30 05 0002 c1a1 00", "MQTT-1.5.4-1"],
  ["text with U+0000", "30 04 0001 00 00", "MQTT-1.5.4-2"],
  ["PUBACK with Packet Identifier 0", "40 02 0000", "MQTT-2.2.1-5"],
  ["PUBACK with trailing bytes", "40 05 0001 00 00 00", "2.1.4"],
  ["SUBSCRIBE without a Topic Filter", "82 03 0007 00", "MQTT-3.8.3-2"],
  ["SUBSCRIBE to a/#/b", "82 0b 0007 00 0005 612f232f62 00", "MQTT-4.7.1-1"],
  ["SUBSCRIBE to a+", "82 08 0007 00 0002 612b 00", "MQTT-4.7.1-2"],
  ["SUBSCRIBE to an empty Topic Filter", "82 06 0007 00 0000 00", "MQTT-4.7.3-1"],
  ["SUBSCRIBE to $share/g", "82 0e 0007 00 0008 2473686172652f67 00", "MQTT-4.8.2-2"],
  ["SUBSCRIBE to a Shared Subscription with No Local", "82 10 0007 00 000a 2473686172652f672f61 04", "MQTT-3.8.3-4"],
  ["SUBACK without a Reason Code", "90 03 0007 00", "MQTT-3.8.4-6"],
  ["UNSUBSCRIBE without a Topic Filter", "a2 03 0007 00", "MQTT-3.10.3-2"],
  ["UNSUBSCRIBE from a/#/b", "a2 0a 0007 00 0005 612f232f62", "MQTT-4.7.1-1"],
  ["UNSUBSCRIBE from a+", "a2 07 0007 00 0002 612b", "MQTT-4.7.1-2"],
  ["UNSUBSCRIBE from an empty Topic Filter", "a2 05 0007 00 0000", "MQTT-4.7.3-1"],
  ["UNSUBACK of MQTT 3.1.1", "b0 02 0007", "2.1.4"],
  ["AUTH without a method", "f0 02 18 00", "3.15.2.2.2"],
  ["PINGRESP with a body", "d0 01 00", "2.1.4"]
]
