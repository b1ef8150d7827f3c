/**
 * Cuts the byte stream of a Server into Control Packets, however the network has split it.
 *
 * A value: `push` returns the next one. A packet that lies whole in a chunk is decoded in place, without a copy. Parts of
 * one that does not are kept in a list, each at least twice as large as the one behind it: what comes is joined with those
 * before it that are not. So of a packet of n bytes there are at most log n parts, and each byte is copied into a part half
 * as large again or larger, at most 1 + 1.7 log n times, however the Server sizes its chunks.
 */
import * as Result from "effect/Result"
import * as Bytes from "./Bytes.ts"
import * as FixedHeader from "./FixedHeader.ts"
import { type DecodeError, MalformedPacket, PacketTooLarge } from "./PacketError.ts"

interface Parts {
  readonly last: Bytes.Bytes
  readonly before: Parts | undefined
}

export interface Framer {
  /** Bytes, fixed header included. */
  readonly maximumPacketSize: number
  /** Of the packet that has begun to arrive, and how many bytes they hold. */
  readonly parts: Parts | undefined
  readonly received: number
  /** Bytes that the packet will have; 0 while its fixed header is not complete. */
  readonly size: number
  readonly failure: DecodeError | PacketTooLarge | undefined
}

/** What one chunk brought. `packets` came before the `failure`, if there is one: they count. */
export interface Pushed<P> {
  readonly framer: Framer
  readonly packets: ReadonlyArray<P>
  readonly failure: DecodeError | PacketTooLarge | undefined
}

const longestFixedHeader = 5

/** `maximumPacketSize` in bytes, fixed header included: a larger packet is refused as soon as its header is here. */
export const make = (maximumPacketSize: number): Framer =>
  ({ maximumPacketSize, parts: undefined, received: 0, size: 0, failure: undefined })

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

/** Why a packet of this size (or -1) will not be read. */
const sizeFault = (size: number, maximum: number): DecodeError | PacketTooLarge | undefined =>
  size < 0
    ? new MalformedPacket({
      packet: "packet",
      clause: "2.2.3",
      message: "packet has a Remaining Length of more than four bytes (MQTT 3.1.1, 2.2.3)"
    })
    : size > maximum
    ? new PacketTooLarge({ size, maximum, message: `packet has ${size} bytes; we take at most ${maximum}` })
    : undefined

const waiting = <P>(framer: Framer, parts: Parts, received: number, size: number, packets: ReadonlyArray<P>): Pushed<P> => ({
  framer: { maximumPacketSize: framer.maximumPacketSize, parts, received, size, failure: undefined },
  packets,
  failure: undefined
})

const failed = <P>(framer: Framer, failure: DecodeError | PacketTooLarge, packets: ReadonlyArray<P>): Pushed<P> => ({
  framer: { maximumPacketSize: framer.maximumPacketSize, parts: undefined, received: 0, size: 0, failure },
  packets,
  failure
})

/** The size of the packet at `offset`, of which `received` bytes are in `parts`: no more than a header is joined. */
const sizeAt = (framer: Framer, received: number, chunk: Bytes.Bytes, offset: number): number =>
  received === 0
    ? FixedHeader.packetSize(chunk, offset)
    : FixedHeader.packetSize(join(framer.parts, Bytes.slice(chunk, 0, Math.min(Bytes.length(chunk), longestFixedHeader))), 0)

/**
 * Takes the next bytes of the stream and decodes the packets they complete. `decode` reads one whole packet, fixed header
 * included. After a failure the framer stays failed: the Network Connection must be closed (4.8).
 */
export const push = <P>(
  framer: Framer,
  chunk: Bytes.Bytes,
  decode: (frame: Bytes.Bytes) => Result.Result<P, DecodeError>
): Pushed<P> => {
  const packets: Array<P> = []
  const length = Bytes.length(chunk)
  if (framer.failure !== undefined || length === 0) return { framer, packets, failure: framer.failure }
  // These two belong to the packet that the chunk continues; later ones begin with nothing.
  let received = framer.received
  let size = framer.size
  let offset = 0
  while (offset < length) {
    if (size === 0) {
      size = sizeAt(framer, received, chunk, offset)
      const fault = sizeFault(size, framer.maximumPacketSize)
      if (fault !== undefined) return failed(framer, fault, packets)
    }
    const end = offset + size - received
    if (size === 0 || end > length) {
      const parts = add(received === 0 ? undefined : framer.parts, Bytes.slice(chunk, offset, length))
      return waiting(framer, parts, received + length - offset, size, packets)
    }
    const own = offset === 0 && end === length ? chunk : Bytes.slice(chunk, offset, end)
    const decoded = decode(received === 0 ? own : join(framer.parts, own))
    if (Result.isFailure(decoded)) return failed(framer, decoded.failure, packets)
    packets.push(decoded.success)
    offset = end
    received = 0
    size = 0
  }
  return { framer: framer.received === 0 ? framer : make(framer.maximumPacketSize), packets, failure: undefined }
}
