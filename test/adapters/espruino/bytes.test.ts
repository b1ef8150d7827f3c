/** The twins of a board against their originals, on any packets and any bytes. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Crc32 from "../../../src/domain/bytes/Crc32.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as ClientPacket from "../../../src/domain/packet/ClientPacket.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Incoming from "../../../src/domain/packet/Incoming.ts"
import * as Outgoing from "../../../src/domain/packet/Outgoing.ts"
import type { Oversized } from "../../../src/domain/packet/Oversized.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import * as ServerPacket from "../../../src/domain/packet/ServerPacket.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import { mutate, mutation, packet } from "../../domain/packet/arbitraries.ts"
import * as twins from "../../support/twins.ts"
import { runs } from "../../support/runs.ts"

interface Board {
  readonly Bytes: typeof Bytes
  readonly Incoming: typeof Incoming
  readonly Outgoing: typeof Outgoing
}

const board = await twins.load<Board>(
  ["bytes/Bytes", "packet/Incoming", "packet/Outgoing"].map((path) =>
    `export * as ${path.split("/")[1]} from "./domain/${path}.ts"`
  ).join("\n")
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

type Sent = readonly [
  packet: ClientPacket.ClientPacket,
  make: (outgoing: typeof Outgoing, as: typeof asIs) => Outgoing.Outgoing
]

const asIs = <A>(value: A): A => value

/** The same value as on a board, under the type that it has elsewhere. */
const asBoard: typeof asIs = (value) => twins.valueToBoard(value) as typeof value

/** What the device program sends, and how it makes it: QoS 1, no Will, the Session kept, subscriptions with QoS 0. */
const sent = (value: Packet.Packet): ReadonlyArray<Sent> => {
  switch (value._tag) {
    case "Connect": {
      const { clientId, keepAlive, username = "" } = value
      // A device's password is a text.
      const password = value.password === undefined || username === "" ? "" : Bytes.toText(value.password)
      const packet = {
        ...value,
        cleanSession: false,
        will: undefined,
        username: username === "" ? undefined : username,
        password: password === "" ? undefined : Bytes.fromText(password)
      }
      return clientId === "" ? []
        : [[packet, ({ connect }, as) => connect(as({ clientId, keepAlive, username, password }))]]
    }
    case "Publish": {
      const { dup, packetIdentifier = 0, payload, qos, topic } = value
      // A device's messages are texts.
      const text = Bytes.toText(payload)
      const packet = { ...value, qos: 1 as const, retain: false, payload: Bytes.fromText(text), packetIdentifier }
      return qos === 1 ? [[packet, ({ publish }, as) => publish(as(topic), as(text), dup, packetIdentifier)]] : []
    }
    case "Subscribe": {
      const filters = value.subscriptions.map(({ topicFilter }) => topicFilter)
      const packet = { ...value, subscriptions: filters.map((topicFilter) => ({ topicFilter, qos: 0 as const })) }
      return [[packet, ({ subscribe }, as) => subscribe(value.packetIdentifier, as(filters))]]
    }
    case "Puback":
      return [[value, ({ puback }) => puback(value.packetIdentifier)]]
    case "Pingreq":
      return [[value, ({ pingreq }) => pingreq()]]
    case "Disconnect":
      return [[value, ({ disconnect }) => disconnect()]]
    default:
      return []
  }
}

/** All that can be read by now, and the fault after it. */
const drain = ({ next }: typeof Incoming, incoming: Incoming.Incoming) => {
  const packets: Array<ServerPacket.ServerPacket | Oversized> = []
  for (let found = next(incoming); found !== undefined; found = next(incoming)) {
    if ("message" in found) return { packets, failure: found }
    packets.push(found)
  }
  return { packets, failure: undefined }
}

/** As the program reads: cut, then decoded. */
const readsTheSame = (bytes: Uint8Array): void => {
  const original = Framer.push(Framer.make(100_000), bytes, ServerPacket.decode)
  const incoming = board.Incoming.make(100_000)
  board.Incoming.add(incoming, given(bytes))
  const twin = drain(board.Incoming, incoming)
  expect(twin.packets).toEqual(twins.valueToBoard(original.packets))
  expect(twin.failure && verdict(twin.failure)).toEqual(original.failure && verdict(original.failure))
}

const made = (outgoing: typeof Outgoing, as: typeof asIs, values: ReadonlyArray<Sent>): Outgoing.Outgoing =>
  values.reduce((all, [, make]) => outgoing.join(all, make(outgoing, as)), outgoing.none)

const writesTheSame = (values: ReadonlyArray<Sent>): void => {
  const packets = Result.getOrThrow(ClientPacket.encodeAll(values.map(([packet]) => packet)))
  const original = made(Outgoing, asIs, values)
  const twin = made(board.Outgoing, asBoard, values)
  expect([Outgoing.fault(original), board.Outgoing.fault(twin)]).toEqual([undefined, undefined])
  expect(Buffer.compare(Outgoing.bytes(original), packets)).toBe(0)
  expect(Buffer.compare(twins.fromBoard(board.Outgoing.bytes(twin)), packets)).toBe(0)
  expect([Outgoing.isNone(original), board.Outgoing.isNone(twin)]).toEqual([values.length === 0, values.length === 0])
}

describe("a board reads", () => {
  it("what the original reads, of any packet that a Server may send and of those it may not", () => {
    fc.assert(fc.property(packet, (value) => readsTheSame(encode(value))), { numRuns: runs(500, 1000) })
  })

  it("with the same verdict what is almost a packet", () => {
    const received = packet.filter((value) => fromServer.includes(value._tag))
    fc.assert(fc.property(received, mutation, (value, changes) => readsTheSame(mutate(encode(value), changes))), {
      numRuns: runs(1500, 3000)
    })
  })

  it("with the same verdict any bytes after a right fixed header", () => {
    const framed = fc.tuple(fc.constantFrom(0x20, 0x30, 0x32, 0x3b, 0x40, 0x90, 0xb0, 0xd0, 0x62, 0x81),
      fc.uint8Array({ maxLength: 40 }))
    fc.assert(fc.property(framed, ([first, body]) => readsTheSame(new Uint8Array([first, body.length, ...body]))), {
      numRuns: runs(1500, 3000)
    })
  })

  it("as UTF-8 what is UTF-8, to the byte", () => {
    // The places where a text turns bad: overlong forms, surrogates, beyond U+10FFFF, cut short.
    const edges = fc.constantFrom(0x00, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
      0xe1, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff)
    fc.assert(
      fc.property(fc.array(edges, { minLength: 1, maxLength: 5 }),
        (topic) => readsTheSame(new Uint8Array([0x30, topic.length + 2, 0, topic.length, ...topic]))),
      { numRuns: runs(2500, 5000) }
    )
  })
})

describe("a board reads a Remaining Length", () => {
  const rows: ReadonlyArray<ReadonlyArray<number>> = [
    [2],
    [0x82, 0],
    [0x82, 0x80, 0],
    [0x82, 0x80, 0x80, 0],
    [0x82, 0x80, 0x80, 0x80],
    [0x82, 0x80, 0x80, 0x80, 0],
    [0x80],
    [0xff, 0xff],
    [0xff, 0x7f],
    [0xff, 0xff, 0x7f],
    [0x80, 0x80, 0x80, 0x01],
    [0xff, 0xff, 0xff, 0x7f],
    [0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0x80, 0x01]
  ]
  it.each(rows.map((length) => [length]))("of %j as the original", (length) => {
    for (const first of [0x20, 0x30, 0x40, 0x90, 0xb0]) readsTheSame(new Uint8Array([first, ...length, 0, 1, 0]))
  })
})

describe("a board writes", () => {
  it("the bytes of the original", () => {
    fc.assert(fc.property(fc.array(packet, { maxLength: 8 }), (values) => writesTheSame(values.flatMap(sent))), {
      numRuns: runs(500, 1000)
    })
  })

  it("the bytes of the original, whatever their Remaining Length", () => {
    for (const size of [0, 119, 120, 121, 16_375, 16_376, 16_377, 40_000, 2_097_143]) {
      const value = {
        _tag: "Publish" as const,
        topic: "t" as TopicName,
        payload: new Uint8Array(size),
        qos: 1 as const,
        retain: true,
        dup: false,
        packetIdentifier: 513
      }
      writesTheSame(sent(value))
    }
  })
})

describe("what a device writes", () => {
  it("is refused as a whole for the first packet that may not be sent so", () => {
    const outgoing = Outgoing.join(Outgoing.join(Outgoing.puback(1), Outgoing.publish("a/+", "", false, 1)),
      Outgoing.puback(0))
    expect(Outgoing.fault(outgoing)).toMatchObject({ _tag: "InvalidPacket", packet: "PUBLISH", field: "topic" })
    expect(Outgoing.isNone(Outgoing.puback(0))).toBe(false)
  })
})

describe("a board cuts", () => {
  it("a stream into the packets of the original, wherever the network has split it, up to the same fault", () => {
    const chunks = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 })
    const stream = fc.tuple(fc.array(packet, { maxLength: 4 }), fc.option(mutation, { nil: [] })).map((
      [values, changes]
    ) => mutate(Buffer.concat(values.map(encode)), changes))
    fc.assert(fc.property(stream, chunks, (bytes, sizes) => {
      let original = Framer.make(600)
      const same = Incoming.make(600)
      const twin = board.Incoming.make(600)
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] as number || (turn % 7 === 0 ? 300 : 0)
        const chunk = bytes.subarray(at, at + size)
        at += size
        if (size === 0 && sizes.every((each) => each === 0)) at += 1
        const mine = Framer.push(original, chunk, ServerPacket.decode)
        original = mine.framer
        Incoming.add(same, chunk)
        expect(drain(Incoming, same)).toEqual({ packets: mine.packets, failure: mine.failure })
        board.Incoming.add(twin, given(chunk))
        const theirs = drain(board.Incoming, twin)
        expect(theirs.packets).toEqual(twins.valueToBoard(mine.packets))
        expect(theirs.failure && verdict(theirs.failure)).toEqual(mine.failure && verdict(mine.failure))
        if (theirs.failure !== undefined) break
      }
    }), { numRuns: runs(500, 1000) })
  })
})

describe("a PUBLISH that is too large", () => {
  it("is skipped on a board as on Node, and what follows it is read, wherever the network has split it", () => {
    const large = fc.record({
      topic: fc.constantFrom("a", "t".repeat(590), "t".repeat(700)),
      size: fc.integer({ min: 580, max: 2_000 }),
      qos: fc.constantFrom(0 as const, 1 as const)
    })
    const one = large.map(({ qos, size, topic }) =>
      encode({
        _tag: "Publish",
        topic: topic as TopicName,
        payload: new Uint8Array(size),
        qos,
        retain: false,
        dup: false,
        packetIdentifier: qos === 0 ? undefined : 7
      })
    )
    const stream = fc.array(fc.oneof(one, packet.map(encode)), { minLength: 1, maxLength: 5 }).map((all) =>
      Buffer.concat(all)
    )
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }),
        (bytes, sizes) => {
          const original = Incoming.make(600)
          const twin = board.Incoming.make(600)
          for (let at = 0, turn = 0; at < bytes.length; at += sizes[turn++ % sizes.length] as number) {
            const chunk = bytes.subarray(at, at + (sizes[turn % sizes.length] as number))
            Incoming.add(original, chunk)
            board.Incoming.add(twin, given(chunk))
            const mine = drain(Incoming, original)
            const theirs = drain(board.Incoming, twin)
            expect(theirs.packets).toEqual(twins.valueToBoard(mine.packets))
            expect(theirs.failure && verdict(theirs.failure)).toEqual(mine.failure && verdict(mine.failure))
            if (theirs.failure !== undefined) break
          }
        }),
      { numRuns: runs(250, 500) }
    )
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
