/**
 * The codec beside another one, mqtt-packet 9: what both accept, both must read the same. Where only one accepts, the
 * difference is listed with its reason.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import mqttPacket from "mqtt-packet"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import { mutate, mutation, packet } from "./arbitraries.ts"
import { bytes } from "./hex.ts"
import { rows } from "./rows.ts"
import { runs } from "../../support/runs.ts"

const plain = (value: Uint8Array | string) => typeof value === "string" ? Buffer.from(value) : Buffer.from(value)

/** Ours in the words of mqtt-packet, without what its type says anyway. */
const inTheirWords = (value: Packet.Packet): object => {
  switch (value._tag) {
    case "Connect":
      return {
        cmd: "connect",
        clientId: value.clientId,
        clean: value.cleanSession,
        keepalive: value.keepAlive,
        will: value.will && { ...value.will, payload: plain(value.will.payload) },
        username: value.username,
        password: value.password && plain(value.password)
      }
    case "Connack":
      return { cmd: "connack", sessionPresent: value.sessionPresent, returnCode: value.returnCode }
    case "Publish":
      return {
        cmd: "publish",
        topic: value.topic,
        payload: plain(value.payload),
        qos: value.qos,
        retain: value.retain,
        dup: value.dup,
        messageId: value.packetIdentifier
      }
    case "Subscribe":
      return {
        cmd: "subscribe",
        messageId: value.packetIdentifier,
        subscriptions: value.subscriptions.map(({ qos, topicFilter }) => ({ topic: topicFilter, qos }))
      }
    case "Suback":
      return { cmd: "suback", messageId: value.packetIdentifier, granted: value.returnCodes }
    case "Unsubscribe":
      return { cmd: "unsubscribe", messageId: value.packetIdentifier, unsubscriptions: value.topicFilters }
    case "Puback":
    case "Pubrec":
    case "Pubrel":
    case "Pubcomp":
    case "Unsuback":
      return { cmd: value._tag.toLowerCase(), messageId: value.packetIdentifier }
    default:
      return { cmd: value._tag.toLowerCase() }
  }
}

const fields = [
  "cmd",
  "clientId",
  "clean",
  "keepalive",
  "will",
  "username",
  "password",
  "sessionPresent",
  "returnCode",
  "topic",
  "payload",
  "subscriptions",
  "granted",
  "unsubscriptions"
]

/** What mqtt-packet makes of exactly one packet, or undefined when it does not take it whole. */
const parse = (frame: Uint8Array): object | undefined => {
  const packets: Array<mqttPacket.Packet> = []
  let failed = false
  const parser = mqttPacket.parser({ protocolVersion: 4 })
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
  const all = first as unknown as Record<string, unknown>
  const publish = first.cmd === "publish" ? ["qos", "retain", "dup"] : []
  const found: Record<string, unknown> = {}
  for (const field of [...fields, ...publish]) {
    if (all[field] !== undefined && all[field] !== null) found[field] = all[field]
  }
  if (first.messageId !== undefined) found["messageId"] = first.messageId
  return found
}

describe("both codecs", () => {
  it("read what ours writes the same", () => {
    fc.assert(fc.property(packet, (value) => {
      expect(parse(Result.getOrThrow(Packet.encode(value)))).toEqual(inTheirWords(value))
    }), { numRuns: runs(500, 1000) })
  })

  it("write the same bytes", () => {
    fc.assert(fc.property(packet, (value) => {
      const theirs = mqttPacket.generate(inTheirWords(value) as mqttPacket.Packet)
      expect(Buffer.compare(theirs, Result.getOrThrow(Packet.encode(value)))).toBe(0)
    }), { numRuns: runs(500, 1000) })
  })

  it("read the same in damaged bytes that both take, and ours takes none that theirs refuses", () => {
    let both = 0
    fc.assert(
      fc.property(fc.oneof(packet, fc.constantFrom(...rows.map(([, value]) => value))), mutation, (value, changes) => {
        const frame = mutate(Result.getOrThrow(Packet.encode(value)), changes)
        const ours = Packet.decode(frame)
        if (Result.isFailure(ours)) return
        both += 1
        expect(parse(frame)).toEqual(inTheirWords(ours.success))
      }),
      { numRuns: runs(2000, 4000) }
    )
    expect(both).toBeGreaterThan(runs(100, 200))
  })
})

/** Bytes that mqtt-packet takes and ours does not: the clause says why. */
const onlyTheirs: ReadonlyArray<readonly [title: string, hex: string, clause: string]> = [
  ["more bytes than the Remaining Length", "40 02 0001 00", "2.2.3"],
  ["CONNECT of MQTT 3.1", "10 0f 0006 4d5149736470 03 00 003c 0001 61", "MQTT-3.1.2-1"],
  ["CONNECT with Will QoS 3", "10 12 0004 4d515454 04 1c 003c 0001 61 0001 77 0000", "MQTT-3.1.2-14"],
  ["CONNECT with a wildcard in its Will topic", "10 12 0004 4d515454 04 04 003c 0001 61 0001 23 0000", "MQTT-3.3.2-2"],
  ["CONNECT with a password but no user name", "10 0f 0004 4d515454 04 40 003c 0001 61 0000", "MQTT-3.1.2-22"],
  ["CONNECT with an empty client identifier and no Clean Session", "10 0c 0004 4d515454 04 00 0000 0000",
    "MQTT-3.1.3-8"],
  ["CONNECT with trailing bytes", "10 0e 0004 4d515454 04 00 003c 0001 61 00", "2.2.3"],
  ["CONNACK that is too short", "20 01 00", "2.2.3"],
  ["CONNACK that is too long", "20 03 00 00 00", "2.2.3"],
  ["CONNACK with return code 6", "20 02 00 06", "3.2.2.3"],
  ["CONNACK that refuses and has a Session", "20 02 01 05", "MQTT-3.2.2-4"],
  ["PUBLISH with QoS 0 and DUP", "38 03 0001 61", "MQTT-3.3.1-2"],
  ["PUBLISH with an empty Topic Name", "30 02 0000", "MQTT-4.7.3-1"],
  ["PUBLISH to #", "30 05 0003 612f23", "MQTT-3.3.2-2"],
  ["PUBLISH with Packet Identifier 0", "32 05 0001 61 0000", "MQTT-2.3.1-1"],
  ["PUBLISH that ends in its Packet Identifier", "32 04 0001 61 00", "2.2.3"],
  ["text with a surrogate", "30 05 0003 eda080", "MQTT-1.5.3-1"],
  ["text with a pair of surrogates", "30 08 0006 eda080edb080", "MQTT-1.5.3-1"],
  ["text with an overlong form", "30 04 0002 c1a1", "MQTT-1.5.3-1"],
  ["text with an overlong U+0000", "30 04 0002 c080", "MQTT-1.5.3-1"],
  ["text beyond U+10FFFF", "30 06 0004 f4908080", "MQTT-1.5.3-1"],
  ["text that ends in a character", "30 04 0002 61c3", "MQTT-1.5.3-1"],
  ["text with U+0000", "30 05 0003 610062", "MQTT-1.5.3-2"],
  ["PUBACK with Packet Identifier 0", "40 02 0000", "MQTT-2.3.1-1"],
  ["PUBACK that is too long", "40 03 0001 00", "2.2.3"],
  ["PUBCOMP that is too short", "70 01 00", "2.2.3"],
  ["SUBSCRIBE without a Topic Filter", "82 02 0007", "MQTT-3.8.3-3"],
  ["SUBSCRIBE with Packet Identifier 0", "82 06 0000 0001 61 00", "MQTT-2.3.1-1"],
  ["SUBSCRIBE to an empty Topic Filter", "82 05 0007 0000 00", "MQTT-4.7.3-1"],
  ["SUBSCRIBE to a/#/b", "82 0a 0007 0005 612f232f62 00", "MQTT-4.7.1-2"],
  ["SUBSCRIBE to a+", "82 07 0007 0002 612b 00", "MQTT-4.7.1-3"],
  ["SUBACK without a return code", "90 02 0007", "MQTT-3.8.4-5"],
  ["PINGREQ with a body", "c0 01 00", "2.2.3"],
  ["DISCONNECT with a body", "e0 01 00", "2.2.3"]
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
