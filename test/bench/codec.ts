/**
 * Our codec beside mqtt-packet 9: the same packets, in the same process, in turns. Run by `npm run bench -- codec`.
 *
 * Each turn times one side for a few hundred thousand packets; the medians of all turns are compared. Everything made
 * is folded into a sum, so that no work can be left out. Each side is given bytes in its own form, Buffer or
 * Uint8Array.
 */
import { isDeepStrictEqual } from "node:util"
import mqttPacket from "mqtt-packet"
import * as Result from "effect/Result"
import type { Bytes } from "../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import * as Framer5 from "../../src/domain/packet/v5/Framer.ts"
import * as Packet5 from "../../src/domain/packet/v5/Packet.ts"
import { many, type Row, rows4, rows5 } from "./codec/rows.ts"

const turns = 15
const packetsPerTurn = 100_000

let sum = 0

/** A version of MQTT: our two functions, and what mqtt-packet wants to know. */
interface Version<P> {
  readonly name: string
  readonly encode: (packet: P) => Result.Result<Bytes, Error>
  readonly push: (framer: Framer.Framer, chunk: Bytes) => {
    readonly framer: Framer.Framer
    readonly packets: ReadonlyArray<unknown>
    readonly failure: Error | undefined
  }
  readonly framer: () => Framer.Framer
  readonly theirs: { readonly protocolVersion: number }
}

const largest = 1 << 16

const version4: Version<Packet.Packet> = {
  name: "3.1.1",
  encode: Packet.encode,
  push: (framer, chunk) => Framer.push(framer, chunk, Packet.decode),
  framer: () => Framer.make(largest),
  theirs: { protocolVersion: 4 }
}

const version5: Version<Packet5.Packet5> = {
  name: "5",
  encode: Packet5.encode,
  push: Framer5.push,
  framer: () => Framer5.make(largest),
  theirs: { protocolVersion: 5 }
}

const encodeOurs = <P>({ encode }: Version<P>, packets: ReadonlyArray<P>) => () => {
  for (let i = 0; i < packetsPerTurn; i++) {
    const result = encode(packets[i % packets.length] as P)
    if (Result.isFailure(result)) throw result.failure
    const bytes = result.success
    sum += bytes.length + (bytes[bytes.length - 1] as number)
  }
}

const encodeTheirs = ({ theirs }: Pick<Version<never>, "theirs">, packets: ReadonlyArray<mqttPacket.Packet>) => () => {
  for (let i = 0; i < packetsPerTurn; i++) {
    const bytes = mqttPacket.generate(packets[i % packets.length] as mqttPacket.Packet, theirs)
    sum += bytes.length + (bytes[bytes.length - 1] as number)
  }
}

const decodeOurs = <P>(version: Version<P>, chunks: ReadonlyArray<Bytes>, packetsPerChunk: number) => {
  let framer = version.framer()
  return () => {
    for (let i = 0; i < packetsPerTurn; i += packetsPerChunk) {
      const pushed = version.push(framer, chunks[i % chunks.length] as Bytes)
      if (pushed.failure !== undefined) throw pushed.failure
      framer = pushed.framer
      for (const packet of pushed.packets as ReadonlyArray<Packet.Packet>) {
        sum += packet._tag === "Publish" ? packet.topic.length + packet.payload.length + (packet.packetIdentifier ?? 0)
          : packet._tag === "Puback" ? packet.packetIdentifier
          : 1
      }
    }
  }
}

const decodeTheirs = (
  { theirs }: Pick<Version<never>, "theirs">,
  chunks: ReadonlyArray<Buffer>,
  packetsPerChunk: number
) => {
  const parser = mqttPacket.parser(theirs)
  parser.on("error", (error: unknown) => {
    throw error
  })
  parser.on("packet", (packet: mqttPacket.Packet) => {
    sum += packet.cmd === "publish" ? packet.topic.length + packet.payload.length + (packet.messageId ?? 0)
      : packet.cmd === "puback" ? packet.messageId ?? 0
      : 1
  })
  return () => {
    for (let i = 0; i < packetsPerTurn; i += packetsPerChunk) parser.parse(chunks[i % chunks.length] as Buffer)
  }
}

const nanoseconds = (work: () => void): number => {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / packetsPerTurn
}

const median = (values: Array<number>): number => values.sort((a, b) => a - b)[values.length >> 1] as number

const compare = (name: string, ours: () => void, theirs: () => void): void => {
  const times: [Array<number>, Array<number>] = [[], []]
  // The first two turns warm up.
  for (let turn = -2; turn < turns; turn++) {
    const mine = nanoseconds(ours)
    const other = nanoseconds(theirs)
    if (turn >= 0) {
      times[0].push(mine)
      times[1].push(other)
    }
  }
  const mine = median(times[0])
  const other = median(times[1])
  console.log(
    `${name.padEnd(42)} ${mine.toFixed(0).padStart(6)} ns ${other.toFixed(0).padStart(6)} ns ${
      (other / mine).toFixed(1).padStart(6)
    } x`
  )
}

const compareRow = <P>(version: Version<P>, { name, ours, theirs }: Row<P>): void => {
  const frames = theirs.map((packet) => mqttPacket.generate(packet, version.theirs))
  const chunks = frames.map((frame) => new Uint8Array(frame))
  // Of a PUBACK mqtt-packet also writes what may be left out.
  const read = (bytes: Bytes) => version.push(version.framer(), bytes).packets
  ours.forEach((packet, i) => {
    if (!isDeepStrictEqual(read(Result.getOrThrow(version.encode(packet))), read(chunks[i] as Bytes))) {
      throw new Error(`${name}: the two sides do not write the same packet`)
    }
  })
  compare(`${version.name}: encode ${name}`, encodeOurs(version, ours), encodeTheirs(version, theirs))
  compare(`${version.name}: decode ${name}`, decodeOurs(version, chunks, 1), decodeTheirs(version, frames, 1))
}

const compareMany = <P>(version: Version<P>): void => {
  const sixteen = Buffer.concat(Array.from({ length: 16 }, () => mqttPacket.generate(many, version.theirs)))
  compare(`${version.name}: decode PUBLISH, 16 in a chunk`, decodeOurs(version, [new Uint8Array(sixteen)], 16),
    decodeTheirs(version, [sixteen], 16))
}

export const run = (): void => {
  console.log(`${"".padEnd(42)} ${"ours".padStart(9)} mqtt-pkt. ${"ratio".padStart(7)}`)
  for (const row of rows4) compareRow(version4, row)
  compareMany(version4)
  for (const row of rows5) compareRow(version5, row)
  compareMany(version5)
  if (!(sum > 0)) throw new Error("nothing was done")
}
