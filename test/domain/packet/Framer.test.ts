import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Bytes } from "../../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import type { Oversized } from "../../../src/domain/packet/Oversized.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import * as ServerPacket from "../../../src/domain/packet/ServerPacket.ts"
import * as arbitrary from "./arbitraries.ts"
import { bytes } from "./hex.ts"
import { runs } from "../../support/runs.ts"

const pushAll = (chunks: Iterable<Bytes>, maximumPacketSize = 100_000) => {
  let framer = Framer.make(maximumPacketSize)
  const packets: Array<Packet.Packet | Oversized> = []
  for (const chunk of chunks) {
    const pushed = Framer.push(framer, chunk, Packet.decode)
    framer = pushed.framer
    packets.push(...pushed.packets)
  }
  return { framer, packets, failure: framer.failure }
}

/** Cuts at the given places, each taken modulo what is there. */
const split = (stream: Bytes, cuts: ReadonlyArray<number>): ReadonlyArray<Bytes> => {
  const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b)
  return places.slice(1).map((place, i) => stream.slice(places[i], place))
}

const parts = (framer: Framer.Framer): ReadonlyArray<Bytes> => {
  const all: Array<Bytes> = []
  for (let part = framer.parts; part !== undefined; part = part.before) all.push(part.last)
  return all
}

const publish = (size: number): Bytes =>
  Result.getOrThrow(Packet.encode({
    _tag: "Publish",
    topic: "a" as never,
    payload: Uint8Array.from({ length: size }, (_, i) => i % 251),
    qos: 0,
    retain: false,
    dup: false,
    packetIdentifier: undefined
  }))

describe("a stream of packets", () => {
  it("gives the same packets however it is split", () => {
    fc.assert(
      fc.property(fc.array(arbitrary.packet, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 40 }),
        (packets, cuts) => {
          const got = pushAll(split(Result.getOrThrow(Packet.encodeAll(packets)), cuts))
          expect(got.failure).toBeUndefined()
          expect(got.packets).toStrictEqual(packets)
          expect(got.framer.received).toBe(0)
        }),
      { numRuns: runs(250, 500) }
    )
  })

  it("gives the same packets byte by byte", () => {
    fc.assert(fc.property(fc.array(arbitrary.packet, { minLength: 1, maxLength: 4 }), (packets) => {
      const stream = Result.getOrThrow(Packet.encodeAll(packets))
      expect(pushAll(Array.from(stream, (byte) => new Uint8Array([byte]))).packets).toStrictEqual(packets)
    }), { numRuns: 30 })
  })

  it("fails at the same packet with the same fault however it is split, and keeps those before", () => {
    fc.assert(
      fc.property(
        fc.array(arbitrary.packet, { minLength: 1, maxLength: 5 }),
        arbitrary.mutation,
        fc.array(fc.nat(), { maxLength: 20 }),
        (packets, changes, cuts) => {
          const stream = arbitrary.mutate(Result.getOrThrow(Packet.encodeAll(packets)), changes)
          const whole = pushAll([stream])
          const pieces = pushAll(split(stream, cuts))
          expect(pieces.packets).toStrictEqual(whole.packets)
          expect(pieces.failure && { ...pieces.failure }).toEqual(whole.failure && { ...whole.failure })
          expect(pieces.framer.received).toBe(whole.framer.received)
        }
      ),
      { numRuns: runs(500, 1000) }
    )
  })

  it("gives the packets that fit, and an Oversized in place of each PUBLISH that does not, however it is split", () => {
    const publishes = arbitrary.packet.filter((packet) => packet._tag === "Publish")
    const some = fc.array(publishes, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(some, fc.integer({ min: 7, max: 300 }), fc.array(fc.nat(), { maxLength: 40 }),
        (packets, maximum, cuts) => {
          const encoded = packets.map((packet) => Result.getOrThrow(Packet.encode(packet)))
          const expected = packets.map((packet, i) => {
            const { length: size } = encoded[i] as Bytes
            if (size <= maximum || packet._tag !== "Publish") return packet
            const { packetIdentifier, payload, qos, topic } = packet
            const fits = size - payload.length <= maximum
            return fits
              ? { _tag: "Oversized", size, maximum, topic, packetIdentifier, ...(qos === 2 ? { qos } : {}) }
              : { _tag: "Oversized", size, maximum, topic: undefined, packetIdentifier: undefined }
          })
          const got = pushAll(split(new Uint8Array(Buffer.concat(encoded)), cuts), maximum)
          expect(got.failure).toBeUndefined()
          expect(got.packets).toStrictEqual(expected)
          expect(got.framer.received).toBe(0)
        }),
      { numRuns: runs(250, 500) }
    )
  })

  it("fails at the same place with the same fault when packets are too large, however it is split", () => {
    const some = fc.array(arbitrary.packet, { minLength: 1, maxLength: 5 })
    const cuts = fc.array(fc.nat(), { maxLength: 20 })
    fc.assert(
      fc.property(some, arbitrary.mutation, fc.integer({ min: 1, max: 60 }), cuts,
        (packets, changes, maximum, places) => {
          const stream = arbitrary.mutate(Result.getOrThrow(Packet.encodeAll(packets)), changes)
          const whole = pushAll([stream], maximum)
          const pieces = pushAll(split(stream, places), maximum)
          expect(pieces.packets).toStrictEqual(whole.packets)
          expect(pieces.failure && { ...pieces.failure }).toEqual(whole.failure && { ...whole.failure })
          expect(pieces.framer.received).toBe(whole.framer.received)
        }),
      { numRuns: runs(500, 1000) }
    )
  })

  it("never throws on any bytes", () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 10 }), (chunks) => {
      expect(() => pushAll(chunks)).not.toThrow()
    }), { numRuns: runs(1000, 2000) })
  })
})

describe("a framer", () => {
  it("is a value: pushing leaves it as it was", () => {
    const first = Framer.push(Framer.make(100), bytes("40 02 00"), Packet.decode).framer
    const here = Framer.push(first, bytes("07"), Packet.decode)
    const there = Framer.push(first, bytes("08 d0"), Packet.decode)
    expect(here.packets).toEqual([{ _tag: "Puback", packetIdentifier: 7 }])
    expect(there.packets).toEqual([{ _tag: "Puback", packetIdentifier: 8 }])
    expect([first.received, here.framer.received, there.framer.received]).toEqual([3, 0, 1])
  })

  it("returns the packets before a fault in the same chunk, then stays failed", () => {
    const pushed = Framer.push(Framer.make(100), bytes("40 02 0007 40 02 0000 40 02 0008"), Packet.decode)
    expect(pushed.packets).toEqual([{ _tag: "Puback", packetIdentifier: 7 }])
    expect(pushed.failure).toMatchObject({ _tag: "ProtocolViolation", clause: "MQTT-2.3.1-1" })
    const after = Framer.push(pushed.framer, bytes("d0 00"), Packet.decode)
    expect(after.packets).toEqual([])
    expect(after.failure).toBe(pushed.failure)
  })

  it("gives the payload of a whole packet as a view on the chunk", () => {
    const chunk = bytes("d0 00 30 05 0001 61 0102 d0 00")
    const publish = Framer.push(Framer.make(100), chunk, Packet.decode).packets[1]
    expect(publish).toMatchObject({ _tag: "Publish", payload: bytes("0102") })
    expect(publish?._tag === "Publish" && publish.payload.buffer).toBe(chunk.buffer)
  })

  it("takes an empty chunk", () => {
    expect(pushAll([bytes(""), bytes("d0"), bytes(""), bytes("00")]).packets).toEqual([{ _tag: "Pingresp" }])
  })
})

describe("the maximum packet size", () => {
  it("is the largest that is taken", () => {
    const packet = publish(100)
    expect(pushAll([packet], packet.length).packets).toMatchObject([{ _tag: "Publish" }])
    expect(pushAll([packet], packet.length - 1).packets).toEqual([
      { _tag: "Oversized", size: packet.length, maximum: packet.length - 1, topic: "a", packetIdentifier: undefined }
    ])
  })

  it("refuses what is not a PUBLISH as soon as the header says so, and keeps the packets before", () => {
    const got = pushAll([bytes("40 02 0007 20"), bytes("ff"), bytes("ff"), bytes("7f")], 1000)
    expect(got.packets).toEqual([{ _tag: "Puback", packetIdentifier: 7 }])
    expect(got.failure).toMatchObject({ _tag: "PacketTooLarge", size: 4 + 2097151, maximum: 1000 })
  })

  it("gives what is too large in its place, with the identifier that acknowledges it, and continues after it", () => {
    const got = pushAll([bytes("40 02 0007 32 0d 0002 6162 0102 6d757263682121 d0 00")], 9)
    expect(got.packets).toEqual([
      { _tag: "Puback", packetIdentifier: 7 },
      { _tag: "Oversized", size: 15, maximum: 9, topic: "ab", packetIdentifier: 258 },
      { _tag: "Pingresp" }
    ])
    expect(got.failure).toBeUndefined()
  })

  it("neither keeps nor returns a topic that is too large itself", () => {
    const got = pushAll([bytes("32 0d 0005 6162636465 0102 6d75726d d0 00")], 10)
    expect(got.packets).toEqual([
      { _tag: "Oversized", size: 15, maximum: 10, topic: undefined, packetIdentifier: undefined },
      { _tag: "Pingresp" }
    ])
  })

  const faults: ReadonlyArray<readonly [what: string, stream: string, clause: string]> = [
    ["QoS 3", "36 0d 0002 6162 0102 6d757263682121", "MQTT-3.3.1-4"],
    ["QoS 2, which no Server may send us", "34 0d 0002 6162 0102 6d757263682121", "MQTT-3.8.4-6"],
    ["DUP with QoS 0", "38 0d 0002 6162 0102 6d757263682121", "MQTT-3.3.1-2"],
    ["a wildcard in its topic", "30 0d 0002 612b 0102 6d757263682121", "MQTT-3.3.2-2"],
    ["Packet Identifier 0", "32 0d 0002 6162 0000 6d757263682121", "MQTT-2.3.1-1"],
    ["a topic that goes on behind its end", "30 0d 000c 6162 0000 6d757263682121", "2.2.3"],
    ["a topic that is too large, and QoS 3", "36 0d 000b 6162 0102 6d757263682121", "MQTT-3.3.1-4"],
    ["no place for the length of a topic", "30 01 00", "2.2.3"]
  ]
  it.each(faults)("does not excuse %s", (_, stream, clause) => {
    const maximum = stream.length < 10 ? 2 : 9
    const pushed = Framer.push(Framer.make(maximum), bytes(stream), ServerPacket.decode)
    expect(pushed.packets).toEqual([])
    expect(pushed.failure).toMatchObject({ clause })
  })

  it("refuses a Remaining Length of five bytes at its fourth", () => {
    expect(pushAll([bytes("30 80 80 80")]).failure).toBeUndefined()
    expect(pushAll([bytes("30 80 80 80"), bytes("80")]).failure).toMatchObject({
      _tag: "MalformedPacket",
      clause: "2.2.3"
    })
  })
})

describe("memory", () => {
  it("is never more than the packet that is arriving, in few parts, however small the chunks", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 400 }), (sizes) => {
      const packet = publish(20_000)
      let framer = Framer.make(packet.length)
      let offset = 0
      for (const size of sizes) {
        if (offset + size >= packet.length) break
        framer = Framer.push(framer, packet.slice(offset, offset + size), Packet.decode).framer
        offset += size
        const kept = parts(framer)
        expect(kept.reduce((sum, part) => sum + part.length, 0)).toBe(offset)
        expect(kept.length).toBeLessThanOrEqual(Math.log2(offset) + 1)
      }
      expect(Framer.push(framer, packet.slice(offset), Packet.decode).packets.length).toBe(1)
    }), { numRuns: 50 })
  })

  const sizes: ReadonlyArray<readonly [what: string, size: (left: number) => number]> = [
    ["one byte each", () => 1],
    // The worst for a list whose parts fall in size: none is as large as the one before, until the last.
    ["each a byte smaller than the one before", (left) => Math.floor((Math.sqrt(8 * left + 1) - 1) / 2)],
    ["each half as large as the one before", (left) => Math.ceil(left / 2)]
  ]
  it.each(sizes)("is copied at most n log n times, in few parts, when the chunks are %s", (_, size) => {
    const packet = publish(1 << 17)
    const logarithm = Math.log2(packet.length)
    let copied = 0
    let most = 0
    let framer = Framer.make(packet.length)
    let packets = 0
    for (let at = 0; at < packet.length;) {
      const before = new Set(parts(framer))
      const chunk = packet.subarray(at, at + size(packet.length - at))
      at += chunk.length
      const pushed = Framer.push(framer, chunk, Packet.decode)
      framer = pushed.framer
      packets += pushed.packets.length
      for (const part of parts(framer)) if (!before.has(part)) copied += part.length
      most = Math.max(most, parts(framer).length)
    }
    expect(packets).toBe(1)
    expect(most).toBeLessThanOrEqual(logarithm + 1)
    expect(copied).toBeLessThanOrEqual(packet.length * (1.71 * logarithm + 1))
  })

  it("keeps of a PUBLISH that is too large no more than its head, until that is whole, and then nothing", () => {
    const packet = publish(1 << 17)
    const maximum = 1_000
    for (const size of [1, 3, 700, 65_536]) {
      let framer = Framer.make(maximum)
      let most = 0
      let copied = 0
      const given: Array<unknown> = []
      for (let at = 0; at < packet.length - 1; at += size) {
        const chunk = packet.subarray(at, Math.min(at + size, packet.length - 1))
        const before = parts(framer)
        const pushed = Framer.push(framer, chunk, Packet.decode)
        framer = pushed.framer
        given.push(...pushed.packets)
        // It is given as soon as its head is here.
        if (at < 8 && at + size >= 8) expect(given).toMatchObject([{ _tag: "Oversized", topic: "a" }])
        const kept = parts(framer)
        most = Math.max(most, kept.reduce((sum, part) => sum + part.length, 0))
        for (const part of kept) if (!before.includes(part)) copied += part.length
      }
      // The fixed header, and the topic "a" after its length.
      expect(most).toBeLessThan(7)
      expect(copied).toBeLessThan(30)
      expect(framer.received).toBe(packet.length - 1)
      expect(given.length).toBe(1)
      expect(Framer.push(framer, packet.subarray(-1), Packet.decode).packets).toEqual([])
    }
  })

  it("is dropped after a fault", () => {
    const failed = pushAll([bytes("30 05 0001"), bytes("2b 0000")])
    expect(failed.failure).toMatchObject({ clause: "MQTT-3.3.2-2" })
    expect(parts(failed.framer)).toEqual([])
  })
})
