/** Just enough of MQTT to keep a client busy: where a packet ends, and a flood of ready-made PUBLISH packets. */
import type { Flood, QoS } from "./orders.ts"
import type { Wire } from "./Wire.ts"

const remainingLength = (length: number): Array<number> =>
  length < 128 ? [length] : [128 + length % 128, ...remainingLength(Math.floor(length / 128))]

export const packet = (first: number, ...body: ReadonlyArray<Uint8Array>): Buffer =>
  Buffer.concat([Uint8Array.of(first, ...remainingLength(body.reduce((sum, part) => sum + part.length, 0))), ...body])

/** A text behind its length, less than 256. */
export const text = (value: string): Buffer => Buffer.from("\0" + String.fromCharCode(value.length) + value, "latin1")

/** MQTT 5: no properties. */
export const noProperties = (version: 4 | 5): Uint8Array => new Uint8Array(version - 4)

/** CONNECT: Clean Session, no Keep Alive. */
export const connect = (clientId: string, version: 4 | 5): Buffer =>
  packet(0x10, text("MQTT"), Uint8Array.of(version, 2, 0, 0), noProperties(version), text(clientId))

export const publish = (qos: QoS, topic: string, identifier: number, version: 4 | 5, payload: Uint8Array): Buffer =>
  packet(0x30 + 2 * qos, text(topic), Uint8Array.from(qos === 0 ? [] : [identifier >> 8, identifier & 255]),
    noProperties(version), payload)

/** What answers a PUBLISH of QoS 1 and 2, a PUBREC and a PUBREL: the first byte. */
export const answers = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 }

interface Writes {
  readonly packetsPerWrite: number
  /** Of so many that are unacknowledged at most. */
  readonly packets: ReadonlyArray<Buffer>
}

const writesPerWindow = 20

const made = new Map<string, Writes>()

const makeWrites = ({ bytes, qos, topic }: Flood, version: 4 | 5): Writes => {
  const packetsPerWrite = bytes < 1_000 ? 100 : 10
  const payload = Buffer.alloc(bytes, "x")
  const write = (first: number): Buffer =>
    Buffer.concat(Array.from({ length: packetsPerWrite }, (_, i) => publish(qos, topic, first + i, version, payload)))
  return {
    packetsPerWrite,
    packets: Array.from({ length: qos === 0 ? 1 : writesPerWindow }, (_, i) => write(1 + i * packetsPerWrite))
  }
}

const writesOf = (flood: Flood, version: 4 | 5): Writes => {
  const key = `${flood.topic} ${flood.qos} ${flood.bytes} ${version}`
  const writes = made.get(key) ?? makeWrites(flood, version)
  made.set(key, writes)
  return writes
}

export interface Flooding {
  readonly start: (flood: Flood, version: 4 | 5) => void
  /** One PUBACK or PUBCOMP has come. */
  readonly acknowledged: () => void
}

/** Writes as fast as the wire takes it, and with QoS 1 and 2 as fast as it is acknowledged. */
export const flooding = (wire: Wire): Flooding => {
  let writes: Writes = { packetsPerWrite: 1, packets: [] }
  let left = 0
  let next = 0
  let isFull = false
  let unacknowledged = 0
  let perWrite = 0
  const pour = (): void => {
    const { packets, packetsPerWrite } = writes
    while (!isFull && left > 0 && unacknowledged + perWrite <= writesPerWindow * perWrite) {
      left -= packetsPerWrite
      unacknowledged += perWrite
      isFull = !wire.write(packets[next++ % packets.length] as Buffer)
    }
  }
  wire.onDrain(() => {
    isFull = false
    pour()
  })
  return {
    start: (flood, version) => {
      writes = writesOf(flood, version)
      perWrite = flood.qos === 0 ? 0 : writes.packetsPerWrite
      left = flood.count
      next = 0
      pour()
    },
    acknowledged: () => {
      if (--unacknowledged === (writesPerWindow - 1) * perWrite) pour()
    }
  }
}

/**
 * Calls `receive` for every packet that comes, with its first byte and where its body lies in `bytes`. What it adds to
 * `answer` leaves in one write when all that was read has been received.
 */
export const onPacket = (
  wire: Wire,
  receive: (first: number, bytes: Buffer, body: number, end: number, answer: Array<number>) => void
): void => {
  let rest: Buffer = Buffer.alloc(0)
  wire.onData((chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const answer: Array<number> = []
    let offset = 0
    for (let body = bodyOf(bytes, offset); body > 0; body = bodyOf(bytes, offset)) {
      const end = body + lengthOf(bytes, offset, body)
      if (end > bytes.length) break
      receive(bytes[offset] as number, bytes, body, end, answer)
      offset = end
    }
    rest = bytes.subarray(offset)
    if (answer.length > 0) wire.write(Uint8Array.from(answer))
  })
}

/** Adds what only repeats the Packet Identifier at `at`. */
export const acknowledge = (answer: Array<number>, first: number, bytes: Buffer, at: number): void => {
  answer.push(first, 2, bytes[at] as number, bytes[at + 1] as number)
}

/** Where the body of the packet at `offset` begins; 0 while its fixed header is not whole. */
const bodyOf = (bytes: Buffer, offset: number): number => {
  for (let i = offset + 1; i < bytes.length; i++) if ((bytes[i] as number) < 128) return i + 1
  return 0
}

const lengthOf = (bytes: Buffer, offset: number, body: number): number => {
  let length = 0
  for (let i = body - 1; i > offset; i--) length = length * 128 + ((bytes[i] as number) & 127)
  return length
}
