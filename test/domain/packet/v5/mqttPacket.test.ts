/**
 * The codec of MQTT 5 beside another one, mqtt-packet 9, in both directions: what one writes, the other reads the same;
 * and of damaged bytes, too, whatever only one takes, or reads otherwise, must be in the tables below with its clause.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import * as Framer from "../../../../src/domain/packet/v5/Framer.ts"
import * as PropertyTable from "../../../../src/domain/packet/v5/PropertyTable.ts"
import { identifier, mutate, mutation } from "../arbitraries.ts"
import { bytes } from "../hex.ts"
import * as Theirs from "../theirs.ts"
import { cuts, inChunks, search } from "../theirs.ts"
import { packet } from "./arbitraries.ts"
import { rows } from "./rows.ts"
import { inTheirWords, onlyTheirs } from "./theirWords.ts"
import { runs } from "../../../support/runs.ts"

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

/**
 * What mqtt-packet checks in no Control Packet: lengths, UTF-8, U+0000, the shortest form of a length, where a property
 * may stand, and that a Packet Identifier is not 0. And the sections of properties: it takes one that is there twice,
 * and any value.
 */
const everywhere = new Set([
  "2.1.4",
  "2.2.2.1",
  "2.2.2.2",
  "MQTT-1.5.4-1",
  "MQTT-1.5.4-2",
  "MQTT-1.5.5-1",
  "MQTT-2.2.1-3",
  "MQTT-2.2.1-5",
  "MQTT-2.2.1-6",
  ...PropertyTable.rows.flatMap(({ sections }) => Object.values(sections))
])

const isInTables = Theirs.listing(onlyTheirs, everywhere)

type Decode = typeof Packet.decode

const ours = (decode: Decode): Theirs.Ours<Packet.Packet5> => ({ version: 5, decode, words: inTheirWords })

/** Undefined also where the tables at the end list what ours alone takes, or reads otherwise. */
const disagreement = (decode: Decode, frame: Uint8Array): string | undefined => {
  const right = Packet.decode(frame)
  return Result.isSuccess(right) && isListed(right.success) ? undefined
    : Theirs.unlisted(ours(decode), frame, isInTables)
}

const any = fc.oneof(packet, fc.constantFrom(...rows.map(([, value]) => value)))

/** Whole packets, and damaged ones. */
const frame = fc.tuple(any, fc.option(mutation, { nil: [], freq: 4 })).map(([value, changes]) =>
  mutate(written(value), changes)
)

const agree = (decode: Decode) =>
  fc.property(frame, (bytes) => {
    expect(disagreement(decode, bytes)).toBeUndefined()
  })

/** A message of QoS 2 from one side to the other and all its answers, sent twice at times. */
const exchange = fc.tuple(comparable, identifier, fc.boolean()).map(([value, packetIdentifier, isTwice]) => {
  const first = value._tag === "Publish" ? value : Result.getOrThrow(Packet.decode(bytes("34 06 0001 61 0001 00")))
  const publish = { ...first, qos: 2, dup: false, packetIdentifier } as Packet.Packet5
  const again = { ...publish, dup: true } as Packet.Packet5
  const answers = (["Pubrec", "Pubrel", "Pubcomp"] as const).map((_tag) =>
    ({ _tag, packetIdentifier, reasonCode: 0, properties: {} }) as Packet.Packet5
  )
  return isTwice ? [publish, again, ...answers, ...answers] : [publish, ...answers]
})

describe("both codecs of MQTT 5", () => {
  it("read what ours writes the same", () => {
    fc.assert(fc.property(comparable, (value) => {
      expect(Theirs.read(5, written(value))).toEqual(inTheirWords(value))
    }), { numRuns: runs(1000, 3000) })
  })

  it("read what theirs writes the same", () => {
    fc.assert(fc.property(writable, (value) => {
      const ours = Packet.decode(Theirs.write(5, inTheirWords(value)))
      expect(Result.isFailure(ours) ? ours.failure.message : inTheirWords(ours.success)).toEqual(inTheirWords(value))
    }), { numRuns: runs(1000, 3000) })
  })

  it("agree on damaged bytes, but for what is listed", () => {
    const seen = { Same: 0, BothRefuse: 0, OnlyTheirs: 0 }
    fc.assert(fc.property(frame, (bytes) => {
      expect(disagreement(Packet.decode, bytes)).toBeUndefined()
      const { _tag } = Theirs.compare(ours(Packet.decode), bytes)
      if (_tag in seen) seen[_tag as keyof typeof seen] += 1
    }), { numRuns: runs(4000, 10_000) })
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs(100, 250))
  })

  it("read a stream in chunks the same, with the exchanges of QoS 2", () => {
    // Nothing follows a DISCONNECT.
    const before = comparable.filter(({ _tag }) => _tag !== "Disconnect")
    const some = fc.array(fc.oneof(before, exchange), { minLength: 1, maxLength: 6 })
    fc.assert(fc.property(some, cuts, (values, sizes) => {
      const packets = values.flat()
      const chunks = inChunks(packets.map(written), sizes)
      let framer = Framer.make(1_000_000)
      const read: Array<unknown> = []
      for (const chunk of chunks) {
        const pushed = Framer.push(framer, chunk)
        framer = pushed.framer
        read.push(...pushed.packets)
      }
      expect(read).toEqual(packets)
      expect(Theirs.readAll(5, chunks)).toEqual(packets.map(inTheirWords))
    }), { numRuns: runs(200, 500) })
  })
})

/** Faults that a decoder could have, each planted behind ours: the comparison must find them. */
const planted: ReadonlyArray<readonly [fault: string, spoil: (decoded: Packet.Packet5) => Packet.Packet5]> = [
  ["DUP is lost", (value) => value._tag === "Publish" ? { ...value, dup: false } : value],
  ["QoS 2 is read as QoS 1", (value) => value._tag === "Publish" && value.qos === 2 ? { ...value, qos: 1 } : value],
  ["PUBREC loses its Reason Code", (value) => value._tag === "Pubrec" ? { ...value, reasonCode: 0 } : value],
  ["PUBREL loses its Reason Code", (value) => value._tag === "Pubrel" ? { ...value, reasonCode: 0 } : value],
  ["PUBCOMP loses its properties", (value) => value._tag === "Pubcomp" ? { ...value, properties: {} } : value],
  ["a subscription loses Retain Handling", (value) =>
    value._tag === "Subscribe"
      ? { ...value, subscriptions: value.subscriptions.map((each) => ({ ...each, retainHandling: 0 })) } : value],
  ["CONNACK loses the Session Expiry Interval", (value) => {
    if (value._tag !== "Connack") return value
    const { sessionExpiryInterval: _, ...properties } = value.properties ?? {}
    return { ...value, properties }
  }]
]

describe("a decoder of MQTT 5 with a fault is found:", () => {
  for (const [fault, spoil] of planted) {
    it(fault, () => {
      const spoilt: Decode = (bytes) => Result.map(Packet.decode(bytes), spoil)
      expect(fc.check(agree(spoilt), search).failed).toBe(true)
    })
  }

  it("it refuses what is right: PUBCOMP with a Reason Code", () => {
    const strict: Decode = (bytes) =>
      bytes[0] === 0x70 && bytes.length > 4 ? Packet.decode(Uint8Array.of(0x71, 2, 0, 1)) : Packet.decode(bytes)
    expect(fc.check(agree(strict), search).failed).toBe(true)
  })

  it("it takes what MQTT 3.1.1 calls otherwise: PUBREC with Reason Code 1", () => {
    const lax: Decode = (bytes) =>
      Packet.decode(
        bytes[0] === 0x50 && bytes[4] === 1 ? Uint8Array.of(...bytes.subarray(0, 4), 0, ...bytes.subarray(5))
          : bytes
      )
    const pubrec = fc.constant(bytes("50 03 0001 01"))
    expect(fc.check(fc.property(fc.oneof(pubrec, frame), (bytes) => {
      expect(disagreement(lax, bytes)).toBeUndefined()
    }), search).failed).toBe(true)
  })
})

describe("only mqtt-packet takes", () => {
  for (const [title, hex, clause] of onlyTheirs) {
    it(`${title} (${clause})`, () => {
      expect(Theirs.read(5, bytes(hex))).toBeDefined()
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
    expect(Theirs.read(5, bytes(hex))).toBeUndefined()
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
    expect(Theirs.read(5, written(packet))).toMatchObject({ password: Buffer.from("p") })
    expect(() => Theirs.write(5, inTheirWords(packet))).toThrow("Username is required")
  })
})

describe("mqtt-packet reads otherwise", () => {
  it("DISCONNECT of two bytes, when something stands behind it: 2.1.4 ends it there", () => {
    expect(Theirs.readAll(5, [bytes("d000 e000")])).toHaveLength(2)
    expect(Theirs.readAll(5, [bytes("e000 d000")])).toBeUndefined()
    expect(Framer.push(Framer.make(100), bytes("e000 d000")).packets).toHaveLength(2)
  })

  it("User Properties of one name, when the first value is empty: 1.5.7 keeps all of them", () => {
    const frame = bytes("30 11 0001 61 0d 26 0001 6b 0000 26 0001 6b 0001 76")
    expect(Theirs.read(5, frame)).toMatchObject({ properties: { userProperties: { k: "v" } } })
    expect(Result.getOrThrow(Packet.decode(frame))).toMatchObject({
      properties: { userProperties: [["k", ""], ["k", "v"]] }
    })
  })

  it("the order of User Properties with different names: 3.3.2.3.7 keeps it", () => {
    const frame = bytes("30 19 0001 61 15 26 0001 62 0001 31 26 0001 61 0001 32 26 0001 62 0001 33")
    expect(Theirs.read(5, frame)).toMatchObject({ properties: { userProperties: { b: ["1", "3"], a: "2" } } })
    expect(Result.getOrThrow(Packet.decode(frame))).toMatchObject({
      properties: { userProperties: [["b", "1"], ["a", "2"], ["b", "3"]] }
    })
  })
})
