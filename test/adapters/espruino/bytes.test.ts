/** The twins of a board against their originals, on any packets and any bytes. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Crc32 from "../../../src/domain/Crc32.ts"
import * as Bytes from "../../../src/domain/packet/Bytes.ts"
import * as ClientPacket from "../../../src/domain/packet/ClientPacket.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import * as ServerPacket from "../../../src/domain/packet/ServerPacket.ts"
import { mutate, mutation, packet } from "../../domain/packet/arbitraries.ts"
import * as twins from "../../support/twins.ts"

interface Board {
  readonly Bytes: typeof Bytes
  readonly ClientPacket: typeof ClientPacket
  readonly Framer: typeof Framer
  readonly ServerPacket: typeof ServerPacket
}

const board = await twins.load<Board>(
  ["Bytes", "ClientPacket", "Framer", "ServerPacket"].map((name) => `export * as ${name} from "./domain/packet/${name}.ts"`).join("\n")
)

/** Bytes of a board, for a parameter typed with the original's. */
const given = (bytes: Uint8Array): Bytes.Bytes => twins.toBoard(bytes) as unknown as Bytes.Bytes

interface Fault {
  readonly _tag: string
  readonly packet?: string
  readonly clause?: string
  readonly field?: string
}

/** Whose fault it is, in which packet, by which clause: all but the wording. */
const verdict = ({ _tag, clause, field, packet }: Fault) => ({ _tag, clause, field, packet })

const encode = (value: Packet.Packet): Uint8Array => Result.getOrThrow(Packet.encode(value))

const fromServer = ["Connack", "Publish", "Puback", "Suback", "Unsuback", "Pingresp"]

/** What the device program sends: QoS 1, no Will, the Session kept, subscriptions with QoS 0. */
const sent = (value: Packet.Packet): ReadonlyArray<ClientPacket.ClientPacket> => {
  switch (value._tag) {
    case "Connect":
      return value.clientId === "" ? [] : [{ ...value, cleanSession: false, will: undefined }]
    case "Publish":
      return value.qos === 1 ? [{ ...value, qos: 1 }] : []
    case "Subscribe":
      return [{ ...value, subscriptions: value.subscriptions.map(({ topicFilter }) => ({ topicFilter, qos: 0 })) }]
    case "Puback":
    case "Pingreq":
    case "Disconnect":
      return [value]
    default:
      return []
  }
}

/** As the program reads: cut, then decoded. */
const readsTheSame = (bytes: Uint8Array): void => {
  const original = Framer.push(Framer.make(100_000), bytes, ServerPacket.decode)
  const twin = board.Framer.push(board.Framer.make(100_000), given(bytes), board.ServerPacket.decode)
  expect(twin.packets).toEqual(twins.valueToBoard(original.packets))
  expect(twin.failure && verdict(twin.failure)).toEqual(original.failure && verdict(original.failure))
}

const writesTheSame = (values: ReadonlyArray<ClientPacket.ClientPacket>): void => {
  const original = Result.getOrThrow(ClientPacket.encodeAll(values))
  const twin = board.ClientPacket.encodeAll(values.map((value) => twins.valueToBoard(value) as ClientPacket.ClientPacket))
  expect(Buffer.compare(twins.fromBoard(Result.getOrThrow(twin)), original)).toBe(0)
}

describe("a board reads", () => {
  it("what the original reads, of any packet that a Server may send and of those it may not", () => {
    fc.assert(fc.property(packet, (value) => readsTheSame(encode(value))), { numRuns: 1000 })
  })

  it("with the same verdict what is almost a packet", () => {
    const received = packet.filter((value) => fromServer.includes(value._tag))
    fc.assert(fc.property(received, mutation, (value, changes) => readsTheSame(mutate(encode(value), changes))), { numRuns: 3000 })
  })

  it("with the same verdict any bytes behind a right fixed header", () => {
    const framed = fc.tuple(fc.constantFrom(0x20, 0x30, 0x32, 0x3b, 0x40, 0x90, 0xb0, 0xd0, 0x62, 0x81), fc.uint8Array({ maxLength: 40 }))
    fc.assert(fc.property(framed, ([first, body]) => readsTheSame(new Uint8Array([first, body.length, ...body]))), { numRuns: 3000 })
  })

  it("as UTF-8 what is UTF-8, to the byte", () => {
    // The places where a text turns bad: overlong forms, surrogates, beyond U+10FFFF, cut short.
    const edges = fc.constantFrom(0x00, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff)
    fc.assert(fc.property(fc.array(edges, { minLength: 1, maxLength: 5 }), (topic) =>
      readsTheSame(new Uint8Array([0x30, topic.length + 2, 0, topic.length, ...topic]))), { numRuns: 5000 })
  })
})

describe("a board writes", () => {
  it("the bytes of the original", () => {
    fc.assert(fc.property(fc.array(packet, { maxLength: 8 }), (values) => writesTheSame(values.flatMap(sent))), { numRuns: 1000 })
  })

  it("nothing that a device does not send", () => {
    const other = { _tag: "Unsubscribe", packetIdentifier: 1, topicFilters: ["a"] } as unknown as ClientPacket.ClientPacket
    expect(() => board.ClientPacket.encodeAll([other])).toThrow("a device sends no Unsubscribe")
  })
})

describe("a board cuts", () => {
  it("a stream into the packets of the original, wherever the network has split it, up to the same fault", () => {
    const chunks = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 })
    const stream = fc.tuple(fc.array(packet, { maxLength: 4 }), fc.option(mutation, { nil: [] })).map(([values, changes]) =>
      mutate(Buffer.concat(values.map(encode)), changes))
    fc.assert(fc.property(stream, chunks, (bytes, sizes) => {
      let original = Framer.make(600)
      let twin = board.Framer.make(600)
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] as number || (turn % 7 === 0 ? 300 : 0)
        const chunk = bytes.subarray(at, at + size)
        at += size
        if (size === 0 && sizes.every((each) => each === 0)) at += 1
        const mine = Framer.push(original, chunk, ServerPacket.decode)
        const theirs = board.Framer.push(twin, given(chunk), board.ServerPacket.decode)
        original = mine.framer
        twin = theirs.framer
        expect(theirs.packets).toEqual(twins.valueToBoard(mine.packets))
        expect(theirs.failure && verdict(theirs.failure)).toEqual(mine.failure && verdict(mine.failure))
        if (mine.failure !== undefined) break
      }
    }), { numRuns: 1000 })
  })
})

describe("the bytes of a board", () => {
  const bytes = fc.uint8Array({ maxLength: 30 })

  it("are measured, read, cut and joined as the original's", () => {
    fc.assert(fc.property(bytes, bytes, fc.nat(30), fc.nat(30), (a, b, from, to) => {
      const start = Math.min(from, to, a.length)
      const end = Math.min(Math.max(from, to), a.length)
      expect(board.Bytes.length(given(a))).toBe(a.length)
      expect(twins.fromBoard(board.Bytes.slice(given(a), start, end))).toEqual(Bytes.slice(a, start, end))
      expect(twins.fromBoard(board.Bytes.concat([given(a), given(b)]))).toEqual(Bytes.concat([a, b]))
      expect(board.Bytes.equals(given(a), given(b))).toBe(Bytes.equals(a, b))
      expect(board.Bytes.equals(given(a), given(Bytes.concat([a, Bytes.empty])))).toBe(true)
      for (let i = 0; i < a.length; i++) expect(board.Bytes.at(given(a), i)).toBe(a[i])
      expect(twins.fromBoard(board.Bytes.fromBinary(board.Bytes.toBinary(given(a))))).toEqual(a)
    }))
    expect(board.Bytes.length(board.Bytes.empty)).toBe(0)
  })

  it("of a text are the text itself, both ways", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      const ours = twins.valueToBoard(text) as string
      expect(twins.fromBoard(board.Bytes.fromText(ours))).toEqual(Bytes.fromText(text))
      expect(board.Bytes.toText(board.Bytes.fromText(ours))).toBe(ours)
    }))
  })

  it("have the check value that zip gives 123456789", () => {
    // E.CRC32 must give the same: interpreter.test.ts.
    expect(Crc32.crc32(Bytes.fromText("123456789"))).toBe(0xcbf43926)
  })
})
