/**
 * Cuts the byte stream of a Server into Control Packets, however the network has split it.
 *
 * A value: `push` returns the next one. A packet that lies whole in a chunk is decoded in place, without a copy. Parts
 * of one that does not are kept in a list, each at least twice as large as the one behind it: what comes is joined with
 * those before it that are not. So of a packet of n bytes there are at most log n parts, and each byte is copied into a
 * part half as large again or larger, at most 1 + 1.7 log n times, however the Server sizes its chunks.
 *
 * A PUBLISH that is larger than the maximum gives an Oversized in its place, as soon as its head is here. Only its head
 * (Topic Name and Packet Identifier) is kept in parts, no more than the maximum, and only until it is read; the payload
 * goes by without being kept or copied.
 */
import * as Result from "effect/Result"
import * as Bytes from "../bytes/Bytes.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Oversized from "./Oversized.ts"
import { type DecodeError, MalformedPacket, PacketTooLarge } from "./PacketError.ts"

type Decode<P> = (frame: Bytes.Bytes) => Result.Result<P, DecodeError>

interface Parts {
  readonly last: Bytes.Bytes
  readonly before: Parts | undefined
}

/** Where a stream of bytes stands. A value: `push` leaves it as it is. All sizes in bytes. */
export interface Framer {
  /** Bytes, fixed header included. */
  readonly maximumPacketSize: number
  /** What is kept of the packet that has begun to arrive: all of it, unless it is a PUBLISH that is too large. */
  readonly parts: Parts | undefined
  /** Bytes of that packet that have come. */
  readonly received: number
  /** Bytes that the packet will have; 0 while its fixed header is not complete. */
  readonly size: number
  /**
   * How many of its bytes are the head of a PUBLISH that is too large; 0: it is not, or too little has come to tell.
   */
  readonly head: number
  /** What that head said: nothing is kept of the packet any more. */
  readonly oversized: Oversized.Oversized | undefined
  readonly failure: DecodeError | PacketTooLarge | undefined
}

/** What one chunk brought. `packets` came before the `failure`, if there is one: they count. */
export interface Pushed<P> {
  readonly framer: Framer
  readonly packets: ReadonlyArray<P | Oversized.Oversized>
  readonly failure: DecodeError | PacketTooLarge | undefined
}

const longestFixedHeader = 5

/**
 * `maximumPacketSize` in bytes, fixed header included: a larger PUBLISH is skipped, any other packet is refused as soon
 * as its header is here.
 */
export const make = (maximumPacketSize: number): Framer => ({
  maximumPacketSize,
  parts: undefined,
  received: 0,
  size: 0,
  head: 0,
  oversized: undefined,
  failure: undefined
})

const add = (parts: Parts | undefined, bytes: Bytes.Bytes): Parts => {
  const joined = [bytes]
  let size = Bytes.length(bytes)
  let before = parts
  while (before !== undefined && Bytes.length(before.last) < 2 * size) {
    joined.unshift(before.last)
    size += Bytes.length(before.last)
    before = before.before
  }
  return { last: Bytes.concat(joined), before }
}

const join = (parts: Parts | undefined, bytes: Bytes.Bytes): Bytes.Bytes => {
  const all = [bytes]
  for (let part = parts; part !== undefined; part = part.before) all.unshift(part.last)
  return Bytes.concat(all)
}

/** Why a packet of this size (or -1) will neither be read nor skipped. */
const sizeFault = (first: number, size: number, maximum: number): DecodeError | PacketTooLarge | undefined =>
  size < 0
    ? new MalformedPacket({
      packet: "packet",
      clause: "2.2.3",
      message: "packet has a Remaining Length of more than four bytes (MQTT 3.1.1, 2.2.3)"
    })
    : size > maximum && first >> 4 !== FixedHeader.publish >> 4
    ? new PacketTooLarge({ size, maximum, message: `packet has ${size} bytes; we take at most ${maximum}` })
    : undefined

const waiting = <P>(
  framer: Framer,
  parts: Parts,
  received: number,
  size: number,
  packets: Pushed<P>["packets"]
): Pushed<P> => ({
  framer: {
    maximumPacketSize: framer.maximumPacketSize,
    parts,
    received,
    size,
    head: 0,
    oversized: undefined,
    failure: undefined
  },
  packets,
  failure: undefined
})

const failed = <P>(
  framer: Framer,
  failure: DecodeError | PacketTooLarge,
  packets: Pushed<P>["packets"]
): Pushed<P> => ({
  framer: { ...make(framer.maximumPacketSize), failure },
  packets,
  failure
})

/**
 * The first bytes of the packet at `offset`, of which `received` bytes are in `parts`: no more than a header is joined.
 */
const startAt = (framer: Framer, received: number, chunk: Bytes.Bytes, offset: number): Bytes.Bytes => {
  const start = Bytes.slice(chunk, offset, Math.min(Bytes.length(chunk), offset + longestFixedHeader))
  return received === 0 ? start : join(framer.parts, start)
}

const sizeAt = (framer: Framer, received: number, chunk: Bytes.Bytes, offset: number): number =>
  received === 0 ? FixedHeader.packetSize(chunk, offset)
    : FixedHeader.packetSize(startAt(framer, received, chunk, offset), 0)

/** Lets the next `bytes` of a PUBLISH that is too large go by, but for its head. */
const skip = (framer: Framer, bytes: Bytes.Bytes, decode: Decode<unknown>): Result.Result<Framer, DecodeError> => {
  const { maximumPacketSize, oversized, parts, size } = framer
  const received = framer.received + Bytes.length(bytes)
  if (oversized !== undefined) return Result.succeed({ ...framer, received })
  const start = Bytes.slice(bytes, 0, Math.min(Bytes.length(bytes), Oversized.startBytes))
  const head = framer.head > 0 ? framer.head : Oversized.headSize(join(parts, start), size, maximumPacketSize)
  if (head === 0 || received < head) return Result.succeed({ ...framer, parts: add(parts, bytes), received, head })
  const read = Oversized.read(join(parts, Bytes.slice(bytes, 0, head - framer.received)), size, maximumPacketSize,
    decode)
  return Result.map(read, (found) => ({ ...framer, parts: undefined, received, head, oversized: found }))
}

/**
 * Takes the next bytes of the stream and decodes the packets they complete. `decode` reads one whole packet, fixed
 * header included. After a failure the framer stays failed: the Network Connection must be closed (4.8).
 */
export const push = <P>(framer: Framer, chunk: Bytes.Bytes, decode: Decode<P>): Pushed<P> => {
  const packets: Array<P | Oversized.Oversized> = []
  const { maximumPacketSize } = framer
  const length = Bytes.length(chunk)
  if (framer.failure !== undefined || length === 0) return { framer, packets, failure: framer.failure }
  // These two belong to the packet that the chunk continues; later ones begin with nothing.
  let received = framer.received
  let size = framer.size
  let offset = 0
  while (offset < length) {
    if (size === 0) {
      size = sizeAt(framer, received, chunk, offset)
      const isUsual = size >= 0 && size <= maximumPacketSize
      const fault = isUsual ? undefined
        : sizeFault(Bytes.at(startAt(framer, received, chunk, offset), 0), size, maximumPacketSize)
      if (fault !== undefined) return failed(framer, fault, packets)
    }
    const end = offset + size - received
    if (size > maximumPacketSize) {
      const current = received === 0 ? { ...make(maximumPacketSize), size } : { ...framer, size }
      const skipped = skip(current, Bytes.slice(chunk, offset, Math.min(end, length)), decode)
      if (Result.isFailure(skipped)) return failed(framer, skipped.failure, packets)
      const { oversized } = skipped.success
      // As soon as its head is read: who cannot use it need not wait for the rest.
      if (oversized !== undefined && current.oversized === undefined) packets.push(oversized)
      if (end > length) return { framer: skipped.success, packets, failure: undefined }
    } else if (size === 0 || end > length) {
      const parts = add(received === 0 ? undefined : framer.parts, Bytes.slice(chunk, offset, length))
      return waiting(framer, parts, received + length - offset, size, packets)
    } else {
      const own = offset === 0 && end === length ? chunk : Bytes.slice(chunk, offset, end)
      const decoded = decode(received === 0 ? own : join(framer.parts, own))
      if (Result.isFailure(decoded)) return failed(framer, decoded.failure, packets)
      packets.push(decoded.success)
    }
    offset = end
    received = 0
    size = 0
  }
  return { framer: framer.received === 0 ? framer : make(maximumPacketSize), packets, failure: undefined }
}
