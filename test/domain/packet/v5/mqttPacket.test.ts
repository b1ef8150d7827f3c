/**
 * The codec of MQTT 5 beside another one, mqtt-packet 9: what both accept, both must read the same. Where they differ,
 * the difference is listed with its clause.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import mqttPacket from "mqtt-packet"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import { mutate, mutation } from "../arbitraries.ts"
import { bytes } from "../hex.ts"
import { packet } from "./arbitraries.ts"
import { rows } from "./rows.ts"
import { runs } from "../../../support/runs.ts"

type Words = Readonly<Record<string, unknown>>

const plain = (value: unknown): unknown => value instanceof Uint8Array ? Buffer.from(value) : value

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
const inTheirWords = (value: Packet.Packet5): Words => {
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

const fields = ["cmd", "protocolVersion", "clientId", "clean", "keepalive", "will", "username", "password",
  "sessionPresent", "reasonCode", "topic", "payload", "subscriptions", "granted", "unsubscriptions", "properties"]

/** What mqtt-packet makes of exactly one packet, or undefined when it does not take it whole. */
const parse = (frame: Uint8Array): Words | undefined => {
  const packets: Array<mqttPacket.Packet> = []
  let failed = false
  const parser = mqttPacket.parser({ protocolVersion: 5 })
  parser.on("packet", (value) => packets.push(value))
  parser.on("error", () => {
    failed = true
  })
  let left: number
  try {
    left = parser.parse(Buffer.from(frame))
  } catch {
    return undefined
  }
  const [first] = packets
  if (failed || left > 0 || packets.length !== 1 || first === undefined) return undefined
  const all = first as unknown as Words
  const publish = first.cmd === "publish" ? ["qos", "retain", "dup"] : []
  const found: Record<string, unknown> = {}
  for (const field of [...fields, ...publish]) {
    if (all[field] !== undefined && all[field] !== null) found[field] = all[field]
  }
  if (first.messageId !== undefined) found["messageId"] = first.messageId
  return found
}

const written = (value: Packet.Packet5) => Result.getOrThrow(Packet.encode(value))

const userProperties = (value: Packet.Packet5) => [
  ...("properties" in value ? (value.properties as { userProperties?: ReadonlyArray<[string, string]> }) : {})
    ?.userProperties ?? [],
  ...(value._tag === "Connect" ? value.will?.properties?.userProperties ?? [] : [])
]

/** What the tables below list: mqtt-packet takes it, and reads it otherwise, or refuses what the standard allows. */
const isListed = (value: Packet.Packet5): boolean => {
  const names = userProperties(value).map(([name]) => name)
  return (value._tag === "Disconnect" && value.reasonCode === 0x8c)
    || (value._tag === "Auth" && written(value).length === 2)
    || (userProperties(value).some(([, text]) => text === "") && new Set(names).size < names.length)
    || names.includes("__proto__")
}

const comparable = packet.filter((value) => !isListed(value))

/** mqtt-packet does not write a CONNECT that 3.1.2.9 and 3.1.3.1 allow: a password alone, an empty Client Identifier. */
const writable = comparable.filter((value) =>
  value._tag !== "Connect"
  || ((value.password === undefined || value.username !== undefined) && (value.clientId !== "" || value.cleanStart))
)

describe("both codecs of MQTT 5", () => {
  it("read what ours writes the same", () => {
    fc.assert(fc.property(comparable, (value) => {
      expect(parse(written(value))).toEqual(inTheirWords(value))
    }), { numRuns: runs(1000, 3000) })
  })

  it("read what theirs writes the same", () => {
    fc.assert(fc.property(writable, (value) => {
      const theirs = mqttPacket.generate(inTheirWords(value) as unknown as mqttPacket.Packet, { protocolVersion: 5 })
      const ours = Packet.decode(new Uint8Array(theirs))
      expect(Result.isFailure(ours) ? ours.failure.message : inTheirWords(ours.success)).toEqual(inTheirWords(value))
    }), { numRuns: runs(1000, 3000) })
  })

  it("read the same in damaged bytes that both take, and ours takes none that theirs refuses", () => {
    let both = 0
    fc.assert(
      fc.property(fc.oneof(packet, fc.constantFrom(...rows.map(([, value]) => value))), mutation, (value, changes) => {
        const frame = mutate(written(value), changes)
        const ours = Packet.decode(frame)
        if (Result.isFailure(ours) || isListed(ours.success)) return
        both += 1
        expect(parse(frame)).toEqual(inTheirWords(ours.success))
      }),
      { numRuns: runs(4000, 10_000) }
    )
    expect(both).toBeGreaterThan(runs(300, 750))
  })
})

const start = "0004 4d515454 05"

/** Bytes that mqtt-packet takes and ours does not: the clause says why. */
const onlyTheirs: ReadonlyArray<readonly [title: string, hex: string, clause: string]> = [
  ["more bytes than the Remaining Length", "40 02 0001 00", "2.1.4"],
  ["a Remaining Length in more bytes than it needs", "d0 8000", "MQTT-1.5.5-1"],
  ["CONNECT of MQTT 3.1.1", "10 0d 0004 4d515454 04 00 003c 0001 61", "MQTT-3.1.2-2"],
  ["CONNECT of a bridge", "10 0e 0004 4d515454 85 00 003c 00 0001 61", "MQTT-3.1.2-2"],
  ["CONNECT with Will QoS 3", `10 14 ${start} 1c 003c 00 0001 61 00 0001 77 0000`, "MQTT-3.1.2-12"],
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
  ["PUBLISH with a property beyond its Property Length", "30 08 0001 61 02 23 0001 00", "2.2.2.1"],
  ["PUBLISH with a property of CONNECT", "30 09 0001 61 05 11 00000001", "2.2.2.2"],
  ["text that is not UTF-8", "30 05 0002 c1a1 00", "MQTT-1.5.4-1"],
  ["text with U+0000", "30 04 0001 00 00", "MQTT-1.5.4-2"],
  ["PUBACK with Packet Identifier 0", "40 02 0000", "MQTT-2.2.1-5"],
  ["PUBACK with trailing bytes", "40 05 0001 00 00 00", "2.1.4"],
  ["SUBSCRIBE without a Topic Filter", "82 03 0007 00", "MQTT-3.8.3-2"],
  ["SUBSCRIBE to a/#/b", "82 0b 0007 00 0005 612f232f62 00", "MQTT-4.7.1-1"],
  ["SUBSCRIBE to $share/g", "82 0e 0007 00 0008 2473686172652f67 00", "MQTT-4.8.2-2"],
  ["SUBSCRIBE to a Shared Subscription with No Local", "82 10 0007 00 000a 2473686172652f672f61 04", "MQTT-3.8.3-4"],
  ["SUBACK without a Reason Code", "90 03 0007 00", "MQTT-3.8.4-6"],
  ["UNSUBSCRIBE without a Topic Filter", "a2 03 0007 00", "MQTT-3.10.3-2"],
  ["UNSUBACK of MQTT 3.1.1", "b0 02 0007", "2.1.4"],
  ["AUTH without a method", "f0 02 18 00", "3.15.2.2.2"],
  ["PINGRESP with a body", "d0 01 00", "2.1.4"]
]

describe("only mqtt-packet takes", () => {
  for (const [title, hex, clause] of onlyTheirs) {
    it(`${title} (${clause})`, () => {
      expect(parse(bytes(hex))).toBeDefined()
      const ours = Packet.decode(bytes(hex))
      expect(Result.isFailure(ours) && ours.failure.clause).toBe(clause)
    })
  }
})

/** Bytes that ours takes and mqtt-packet does not: the clause allows them. */
const onlyOurs: ReadonlyArray<readonly [title: string, hex: string, clause: string]> = [
  ["DISCONNECT with Bad authentication method", "e0 02 8c 00", "table 2-6"],
  ["AUTH of success without a Reason Code", "f0 00", "3.15.2.1"]
]

describe("only ours takes", () => {
  it.each(onlyOurs)("%s (%3$s)", (_, hex) => {
    expect(parse(bytes(hex))).toBeUndefined()
    expect(Result.isSuccess(Packet.decode(bytes(hex)))).toBe(true)
  })

  it("a password without a user name (3.1.2.9), which mqtt-packet reads and does not write", () => {
    const packet: Packet.Packet5 = {
      _tag: "Connect",
      clientId: "a",
      cleanStart: true,
      keepAlive: 0,
      password: bytes("70"),
      properties: {}
    }
    expect(parse(written(packet))).toMatchObject({ password: Buffer.from("p") })
    const theirs = inTheirWords(packet) as unknown as mqttPacket.Packet
    expect(() => mqttPacket.generate(theirs, { protocolVersion: 5 })).toThrow("Username is required")
  })
})

describe("mqtt-packet reads otherwise", () => {
  it("User Properties of one name, when the first value is empty: 1.5.7 keeps all of them", () => {
    const frame = bytes("30 11 0001 61 0d 26 0001 6b 0000 26 0001 6b 0001 76")
    expect(parse(frame)).toMatchObject({ properties: { userProperties: { k: "v" } } })
    expect(Result.getOrThrow(Packet.decode(frame))).toMatchObject({
      properties: { userProperties: [["k", ""], ["k", "v"]] }
    })
  })

  it("the order of User Properties with different names: 3.3.2.3.7 keeps it", () => {
    const frame = bytes("30 19 0001 61 15 26 0001 62 0001 31 26 0001 61 0001 32 26 0001 62 0001 33")
    expect(parse(frame)).toMatchObject({ properties: { userProperties: { b: ["1", "3"], a: "2" } } })
    expect(Result.getOrThrow(Packet.decode(frame))).toMatchObject({
      properties: { userProperties: [["b", "1"], ["a", "2"], ["b", "3"]] }
    })
  })
})
