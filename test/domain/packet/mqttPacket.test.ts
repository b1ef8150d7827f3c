/**
 * The codec beside another one, mqtt-packet 9, in both directions: what one writes, the other reads the same; and of
 * damaged bytes, too, whatever only one takes, or reads otherwise, must be in the tables below with its clause.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import { identifier, mutate, mutation, packet } from "./arbitraries.ts"
import { bytes } from "./hex.ts"
import { rows } from "./rows.ts"
import * as Theirs from "./theirs.ts"
import { cuts, inChunks, plain, search } from "./theirs.ts"
import { runs } from "../../support/runs.ts"

/** Ours in the words of mqtt-packet, without what its type says anyway. */
const inTheirWords = (value: Packet.Packet): Theirs.Words => {
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

/** Bytes that mqtt-packet takes and ours does not: the clause says why. */
const onlyTheirs: Theirs.OnlyTheirs = [
  ["more bytes than the Remaining Length", "40 02 0001 00", "2.2.3"],
  ["CONNECT of MQTT 3.1", "10 0f 0006 4d5149736470 03 00 003c 0001 61", "MQTT-3.1.2-1"],
  ["CONNECT of a bridge", "10 0c 0004 4d515454 84 02 0000 0000", "MQTT-3.1.2-2"],
  ["CONNECT with Will QoS 3", "10 12 0004 4d515454 04 1c 003c 0001 61 0001 77 0000", "MQTT-3.1.2-14"],
  ["CONNECT with a wildcard in its Will topic", "10 12 0004 4d515454 04 04 003c 0001 61 0001 23 0000", "MQTT-3.3.2-2"],
  ["CONNECT with an empty Will topic", "10 11 0004 4d515454 04 06 003c 0001 61 0000 0000", "MQTT-4.7.3-1"],
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
  ["UNSUBSCRIBE without a Topic Filter", "a2 02 0007", "MQTT-3.10.3-2"],
  ["UNSUBSCRIBE from an empty Topic Filter", "a2 04 0007 0000", "MQTT-4.7.3-1"],
  ["UNSUBSCRIBE from a/#/b", "a2 09 0007 0005 612f232f62", "MQTT-4.7.1-2"],
  ["UNSUBSCRIBE from a+", "a2 06 0007 0002 612b", "MQTT-4.7.1-3"],
  ["SUBACK without a return code", "90 02 0007", "MQTT-3.8.4-5"],
  ["PINGREQ with a body", "c0 01 00", "2.2.3"],
  ["DISCONNECT with a body", "e0 01 00", "2.2.3"]
]

/** A message of QoS 2 from one side to the other and all its answers, sent twice at times. */
const exchange = fc.tuple(packet, identifier, fc.boolean()).map(([value, packetIdentifier, isTwice]) => {
  const first = value._tag === "Publish" ? value : Result.getOrThrow(Packet.decode(bytes("34 05 0001 61 0001")))
  const publish = { ...first, qos: 2, dup: false, packetIdentifier } as Packet.Packet
  const again = { ...publish, dup: true } as Packet.Packet
  const answers = (["Pubrec", "Pubrel", "Pubcomp"] as const).map((_tag) => ({ _tag, packetIdentifier }))
  return isTwice ? [publish, again, ...answers, ...answers] : [publish, ...answers]
})

/** What mqtt-packet checks in no Control Packet: lengths, UTF-8, U+0000, and that a Packet Identifier is not 0. */
const everywhere = new Set(["2.2.3", "MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-2.3.1-1"])

const isListed = Theirs.listing(onlyTheirs, everywhere)

type Decode = typeof Packet.decode

const ours = (decode: Decode): Theirs.Ours<Packet.Packet> => ({ version: 4, decode, words: inTheirWords })

const written = (value: Packet.Packet) => Result.getOrThrow(Packet.encode(value))

const any = fc.oneof(packet, fc.constantFrom(...rows.map(([, value]) => value)))

/** Whole packets, and damaged ones. */
const frame = fc.tuple(any, fc.option(mutation, { nil: [], freq: 4 })).map(([value, changes]) =>
  mutate(written(value), changes)
)

const agree = (decode: Decode) =>
  fc.property(frame, (bytes) => {
    expect(Theirs.unlisted(ours(decode), bytes, isListed)).toBeUndefined()
  })

describe("both codecs", () => {
  it("read what ours writes the same", () => {
    fc.assert(fc.property(packet, (value) => {
      expect(Theirs.read(4, written(value))).toEqual(inTheirWords(value))
    }), { numRuns: runs(500, 1000) })
  })

  it("write the same bytes, and ours reads them", () => {
    fc.assert(fc.property(packet, (value) => {
      const theirs = Theirs.write(4, inTheirWords(value))
      expect(Buffer.compare(theirs, written(value))).toBe(0)
      expect(Packet.decode(theirs)).toEqual(Result.succeed(value))
    }), { numRuns: runs(500, 1000) })
  })

  it("agree on damaged bytes, but for what is listed", () => {
    const seen = { Same: 0, BothRefuse: 0, OnlyTheirs: 0 }
    fc.assert(fc.property(frame, (bytes) => {
      expect(Theirs.unlisted(ours(Packet.decode), bytes, isListed)).toBeUndefined()
      const { _tag } = Theirs.compare(ours(Packet.decode), bytes)
      if (_tag in seen) seen[_tag as keyof typeof seen] += 1
    }), { numRuns: runs(2000, 4000) })
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs(50, 100))
  })

  it("read a stream in chunks the same, with the exchanges of QoS 2", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(packet, exchange), { minLength: 1, maxLength: 6 }), cuts, (values, sizes) => {
        const packets = values.flat()
        const chunks = inChunks(packets.map(written), sizes)
        let framer = Framer.make(1_000_000)
        const read: Array<unknown> = []
        for (const chunk of chunks) {
          const pushed = Framer.push(framer, chunk, Packet.decode)
          framer = pushed.framer
          read.push(...pushed.packets)
        }
        expect(read).toEqual(packets)
        expect(Theirs.readAll(4, chunks)).toEqual(packets.map(inTheirWords))
      }),
      { numRuns: runs(200, 500) }
    )
  })
})

/** Faults that a decoder could have, each planted behind ours: the comparison must find them. */
const planted: ReadonlyArray<readonly [fault: string, decode: (decoded: Packet.Packet) => Packet.Packet]> = [
  ["DUP is lost", (value) => value._tag === "Publish" ? { ...value, dup: false } : value],
  ["RETAIN is lost", (value) => value._tag === "Publish" ? { ...value, retain: false } : value],
  ["QoS 2 is read as QoS 1", (value) => value._tag === "Publish" && value.qos === 2 ? { ...value, qos: 1 } : value],
  ["PUBREC is read as PUBACK", (value) => value._tag === "Pubrec" ? { ...value, _tag: "Puback" } : value],
  ["PUBREL has the identifier's bytes exchanged", (value) =>
    value._tag === "Pubrel"
      ? { ...value, packetIdentifier: (value.packetIdentifier & 255) << 8 | value.packetIdentifier >> 8 } : value],
  ["PUBCOMP is read as PUBREC", (value) => value._tag === "Pubcomp" ? { ...value, _tag: "Pubrec" } : value],
  ["the last Topic Filter is lost",
    (value) => value._tag === "Subscribe" ? { ...value, subscriptions: value.subscriptions.slice(0, -1) } : value]
]

describe("a decoder with a fault is found:", () => {
  for (const [fault, spoil] of planted) {
    it(fault, () => {
      const found = fc.check(agree((bytes) => Result.map(Packet.decode(bytes), spoil)), search)
      expect(found.failed).toBe(true)
    })
  }

  it("it takes PUBREL with other flags (MQTT-3.6.1-1)", () => {
    const lax: Decode = (bytes) => Packet.decode(bytes[0] === 0x60 ? Uint8Array.of(0x62, ...bytes.subarray(1)) : bytes)
    const pubrel = fc.constant(bytes("60 02 0001"))
    expect(fc.check(fc.property(fc.oneof(pubrel, frame), (bytes) => {
      expect(Theirs.unlisted(ours(lax), bytes, isListed)).toBeUndefined()
    }), search).failed).toBe(true)
  })

  it("it refuses what is right: PUBREC", () => {
    const strict: Decode = (bytes) =>
      bytes[0] === 0x50 ? Packet.decode(Uint8Array.of(0x51, 2, 0, 1)) : Packet.decode(bytes)
    expect(fc.check(agree(strict), search).failed).toBe(true)
  })
})

describe("only mqtt-packet takes", () => {
  for (const [title, hex, clause] of onlyTheirs) {
    it(`${title} (${clause})`, () => {
      expect(Theirs.read(4, bytes(hex))).toBeDefined()
      const ours = Packet.decode(bytes(hex))
      expect(Result.isFailure(ours) && ours.failure.clause).toBe(clause)
    })
  }
})
