/**
 * Our codec beside mqtt-packet 9: the same packets, in the same process, in turns. Run by `npm run bench -- codec`.
 *
 * Each turn times one side for a few hundred thousand packets; the medians of all turns are compared. Everything made
 * is folded into a sum, so that no work can be left out. Each side is given bytes in its own form, Buffer or
 * Uint8Array.
 */
import mqttPacket from "mqtt-packet"
import * as Result from "effect/Result"
import type { Bytes } from "../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../src/domain/packet/Topic.ts"

const turns = 15
const packetsPerTurn = 100_000

let sum = 0

interface Row {
  readonly name: string
  readonly ours: ReadonlyArray<Packet.Packet>
  readonly theirs: ReadonlyArray<mqttPacket.Packet>
}

const payload = Buffer.from(`{"temperature":21.4,"humidity":48.2,"uptime":123456,"unit":"C"} `)

const oursTo = (topic: string): Packet.Packet => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: new Uint8Array(payload),
  qos: 1,
  retain: false,
  dup: false,
  packetIdentifier: 4711
})

const theirsTo = (topic: string): mqttPacket.Packet => ({
  cmd: "publish",
  topic,
  payload,
  qos: 1,
  retain: false,
  dup: false,
  messageId: 4711
})

const topic = "/homecontrol/device/data/livingroom-dht22/data"
const topics = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `/homecontrol/device/data/livingroom-dht2${i}/data`)

const rows: ReadonlyArray<Row> = [
  { name: "PUBLISH, QoS 1, 64 bytes", ours: [oursTo(topic)], theirs: [theirsTo(topic)] },
  // Ours keeps the bytes of the last topic; here that is of no use to it.
  { name: "PUBLISH, 8 topics in turn", ours: topics.map(oursTo), theirs: topics.map(theirsTo) },
  { name: "PUBACK", ours: [{ _tag: "Puback", packetIdentifier: 4711 }], theirs: [{ cmd: "puback", messageId: 4711 }] },
  {
    name: "CONNECT",
    ours: [{
      _tag: "Connect",
      clientId: "esp_livingroom",
      cleanSession: false,
      keepAlive: 60,
      will: undefined,
      username: "sensor",
      password: new Uint8Array(Buffer.from("correct horse"))
    }],
    theirs: [{
      cmd: "connect",
      clientId: "esp_livingroom",
      clean: false,
      keepalive: 60,
      username: "sensor",
      password: Buffer.from("correct horse")
    }]
  }
]

const encodeOurs = (packets: ReadonlyArray<Packet.Packet>) => () => {
  for (let i = 0; i < packetsPerTurn; i++) {
    const result = Packet.encode(packets[i % packets.length] as Packet.Packet)
    if (Result.isFailure(result)) throw result.failure
    const bytes = result.success
    sum += bytes.length + (bytes[bytes.length - 1] as number)
  }
}

const encodeTheirs = (packets: ReadonlyArray<mqttPacket.Packet>) => () => {
  for (let i = 0; i < packetsPerTurn; i++) {
    const bytes = mqttPacket.generate(packets[i % packets.length] as mqttPacket.Packet)
    sum += bytes.length + (bytes[bytes.length - 1] as number)
  }
}

const decodeOurs = (chunks: ReadonlyArray<Bytes>, packetsPerChunk: number) => {
  let framer = Framer.make(1 << 16)
  return () => {
    for (let i = 0; i < packetsPerTurn; i += packetsPerChunk) {
      const pushed = Framer.push(framer, chunks[i % chunks.length] as Bytes, Packet.decode)
      if (pushed.failure !== undefined) throw pushed.failure
      framer = pushed.framer
      for (const packet of pushed.packets) {
        sum += packet._tag === "Publish"
          ? packet.topic.charCodeAt(9) + packet.payload.length + (packet.packetIdentifier ?? 0)
          : packet._tag === "Puback"
          ? packet.packetIdentifier
          : 1
      }
    }
  }
}

const decodeTheirs = (chunks: ReadonlyArray<Buffer>, packetsPerChunk: number) => {
  const parser = mqttPacket.parser()
  parser.on("error", (error: unknown) => {
    throw error
  })
  parser.on("packet", (packet: mqttPacket.Packet) => {
    sum += packet.cmd === "publish"
      ? packet.topic.charCodeAt(9) + packet.payload.length + (packet.messageId ?? 0)
      : packet.cmd === "puback"
      ? packet.messageId ?? 0
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
    `${name.padEnd(36)} ${mine.toFixed(0).padStart(6)} ns ${other.toFixed(0).padStart(6)} ns ${
      (other / mine).toFixed(1).padStart(6)
    } x`
  )
}

export const run = (): void => {
  console.log(`${"".padEnd(36)} ${"ours".padStart(9)} mqtt-pkt. ${"ratio".padStart(7)}`)
  for (const { name, ours, theirs } of rows) {
    const frames = theirs.map((packet) => mqttPacket.generate(packet))
    ours.forEach((packet, i) => {
      if (Buffer.compare(Result.getOrThrow(Packet.encode(packet)), frames[i] as Buffer) !== 0) {
        throw new Error(`${name}: the two sides do not write the same bytes`)
      }
    })
    compare(`encode ${name}`, encodeOurs(ours), encodeTheirs(theirs))
    compare(`decode ${name}`, decodeOurs(frames.map((frame) => new Uint8Array(frame)), 1), decodeTheirs(frames, 1))
  }
  const sixteen = Buffer.concat(Array.from({ length: 16 }, () => mqttPacket.generate(theirsTo(topic))))
  compare("decode PUBLISH, 16 in a chunk", decodeOurs([new Uint8Array(sixteen)], 16), decodeTheirs([sixteen], 16))
  if (!(sum > 0)) throw new Error("nothing was done")
}
