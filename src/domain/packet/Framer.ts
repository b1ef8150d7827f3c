/**
 * Cuts the byte stream of a Server into Control Packets, however the network has split it.
 *
 * A value: `push` returns the next one. A packet that is whole in one chunk is decoded in place, without a copy. A
 * packet that is not is kept as a list of parts, each at least twice as large as the next one: a new part is joined
 * with the parts before it that are smaller than that. So a packet of n bytes has at most log n parts, and each byte is
 * copied at most 1 + 1.7 log n times, whatever the sizes of the chunks.
 *
 * A PUBLISH that is larger than the maximum gives an Oversized in its place, as soon as its head has arrived. Only its
 * head (Topic Name and Packet Identifier) is kept, no more bytes than the maximum, and only until it is read. The
 * payload is neither kept nor copied.
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

/** The state of a byte stream. It is a value: `push` does not change it. All sizes in bytes. */
export interface Framer {
  /** Bytes, fixed header included. */
  readonly maximumPacketSize: number
  /** A PUBLISH that is too large is skipped; else it is refused like any other packet, as MQTT 5 asks (3.1.2.11.4). */
  readonly isSkipping: boolean
  /** What is kept of the packet that has begun to arrive: all of it, unless it is a PUBLISH that is too large. */
  readonly parts: Parts | undefined
  /** How many bytes of that packet have arrived. */
  readonly received: number
  /** How many bytes the packet will have; 0 if its fixed header is not complete. */
  readonly size: number
  /**
   * How many of its bytes are the head of a PUBLISH that is too large; 0: it is not too large, or too little has
   * arrived to know.
   */
  readonly head: number
  /** The content of that head. Nothing else of the packet is kept any more. */
  readonly oversized: Oversized.Oversized | undefined
  readonly failure: DecodeError | PacketTooLarge | undefined
}

/** What one chunk brought. `packets` came before the `failure`, if there is one: they are valid. */
export interface Pushed<P> {
  readonly framer: Framer
  readonly packets: ReadonlyArray<P | Oversized.Oversized>
  readonly failure: DecodeError | PacketTooLarge | undefined
}

const longestFixedHeader = 5

/**
 * `maximumPacketSize` in bytes, fixed header included: a larger PUBLISH is skipped (or refused, if `isSkipping` is
 * false), any other packet is refused as soon as its header is here.
 */
export const make = (maximumPacketSize: number, isSkipping = true): Framer => ({
  maximumPacketSize,
  isSkipping,
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
const sizeFault = (
  first: number,
  size: number,
  { isSkipping, maximumPacketSize: maximum }: Framer
): DecodeError | PacketTooLarge | undefined =>
  size < 0
    ? new MalformedPacket({
      packet: "packet",
      clause: "2.2.3",
      message: "packet has a Remaining Length of more than four bytes (MQTT 3.1.1, 2.2.3)"
    })
    : size > maximum && !(isSkipping && first >> 4 === FixedHeader.publish >> 4)
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
    isSkipping: framer.isSkipping,
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
  framer: { ...make(framer.maximumPacketSize, framer.isSkipping), failure },
  packets,
  failure
})

/**
 * The first bytes of the packet at `offset`, of which `received` bytes are in `parts`. It joins no more than a header.
 */
const startAt = (framer: Framer, received: number, chunk: Bytes.Bytes, offset: number): Bytes.Bytes => {
  const start = Bytes.slice(chunk, offset, Math.min(Bytes.length(chunk), offset + longestFixedHeader))
  return received === 0 ? start : join(framer.parts, start)
}

const sizeAt = (framer: Framer, received: number, chunk: Bytes.Bytes, offset: number): number =>
  received === 0 ? FixedHeader.packetSize(chunk, offset)
    : FixedHeader.packetSize(startAt(framer, received, chunk, offset), 0)

/** Skips the next `bytes` of a PUBLISH that is too large, except its head. */
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
  // These two belong to the packet that the chunk continues; later packets begin with nothing.
  let received = framer.received
  let size = framer.size
  let offset = 0
  while (offset < length) {
    if (size === 0) {
      size = sizeAt(framer, received, chunk, offset)
      const isUsual = size >= 0 && size <= maximumPacketSize
      const fault = isUsual ? undefined
        : sizeFault(Bytes.at(startAt(framer, received, chunk, offset), 0), size, framer)
      if (fault !== undefined) return failed(framer, fault, packets)
    }
    const end = offset + size - received
    if (size > maximumPacketSize) {
      const current = received === 0 ? { ...make(maximumPacketSize), size } : { ...framer, size }
      const skipped = skip(current, Bytes.slice(chunk, offset, Math.min(end, length)), decode)
      if (Result.isFailure(skipped)) return failed(framer, skipped.failure, packets)
      const { oversized } = skipped.success
      // Given as soon as its head is read: the caller need not wait for the rest.
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
  return {
    framer: framer.received === 0 ? framer : make(maximumPacketSize, framer.isSkipping),
    packets,
    failure: undefined
  }
}
