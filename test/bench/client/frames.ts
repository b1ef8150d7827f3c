/** Just enough of MQTT to keep a client busy: where a packet ends, and a flood of ready-made PUBLISH packets. */
import type * as net from "node:net"

/** The topic of a flood. */
export const topic = "flood"

const packetsPerWrite = 100

/** Messages of QoS 1 that may be unacknowledged before a flood waits. */
const window = 2_000

export const packet = (first: number, ...body: ReadonlyArray<Uint8Array>): Buffer =>
  Buffer.concat([Uint8Array.of(first, body.reduce((sum, part) => sum + part.length, 0)), ...body])

/** A text behind its length, less than 256. */
export const text = (value: string): Buffer => Buffer.from("\0" + String.fromCharCode(value.length) + value, "latin1")

/** CONNECT: MQTT 3.1.1, Clean Session, no Keep Alive. */
export const connect = (clientId: string): Buffer =>
  packet(0x10, text("MQTT"), Uint8Array.of(4, 2, 0, 0), text(clientId))

const payload = Buffer.alloc(64, "x")

const write = (qos: 0 | 1, firstIdentifier: number): Buffer =>
  Buffer.concat(Array.from({ length: packetsPerWrite }, (_, i) => {
    const identifier = firstIdentifier + i
    return packet(0x30 + 2 * qos, text(topic), Uint8Array.from(qos === 0 ? [] : [identifier >> 8, identifier & 255]),
      payload)
  }))

const writes: readonly [ReadonlyArray<Buffer>, ReadonlyArray<Buffer>] = [
  [write(0, 0)],
  Array.from({ length: window / packetsPerWrite }, (_, i) => write(1, 1 + i * packetsPerWrite))
]

export interface Flood {
  /** `count`: a multiple of 100. */
  readonly start: (qos: 0 | 1, count: number) => void
  /** One PUBACK has come. */
  readonly acknowledged: () => void
}

/** Writes as fast as the socket takes it, and with QoS 1 as fast as it is acknowledged. */
export const flood = (socket: net.Socket): Flood => {
  let packets: ReadonlyArray<Buffer> = writes[0]
  let perWrite = 0
  let left = 0
  let unacknowledged = 0
  let next = 0
  let isFull = false
  const pour = (): void => {
    while (!isFull && left > 0 && unacknowledged + perWrite <= window) {
      left -= packetsPerWrite
      unacknowledged += perWrite
      isFull = !socket.write(packets[next++ % packets.length] as Buffer)
    }
  }
  socket.on("drain", () => {
    isFull = false
    pour()
  })
  return {
    start: (qos, count) => {
      packets = writes[qos]
      perWrite = qos * packetsPerWrite
      left = count
      pour()
    },
    acknowledged: () => {
      if (--unacknowledged + perWrite === window) pour()
    }
  }
}

/** Calls `receive` for every packet that comes, with its first byte and where its body lies in `bytes`. */
export const onPacket = (
  socket: net.Socket,
  receive: (first: number, bytes: Buffer, body: number, end: number) => void,
  endOfChunk: () => void
): void => {
  let rest: Buffer = Buffer.alloc(0)
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let offset = 0
    for (let body = bodyOf(bytes, offset); body > 0; body = bodyOf(bytes, offset)) {
      const end = body + lengthOf(bytes, offset, body)
      if (end > bytes.length) break
      receive(bytes[offset] as number, bytes, body, end)
      offset = end
    }
    rest = bytes.subarray(offset)
    endOfChunk()
  })
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
