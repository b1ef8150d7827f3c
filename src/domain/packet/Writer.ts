/**
 * Writes Control Packets one after another, so that they leave in one write on the socket.
 *
 * A body is written first, after room for the largest fixed header. `end` then knows the Remaining Length, and fills
 * the header in directly before the body. Errors are sticky as in Reader. Like Bytes, this file has a twin on some
 * platforms. Packets share one piece of memory, a slab, because a new buffer for each packet would cost more than
 * everything else. The bytes that it returns are a view and are never written again. One small packet that is kept
 * keeps its whole slab (32 kB) in memory.
 */
import * as Result from "effect/Result"
import { utf8Length } from "../bytes/Text.ts"
import type { Bytes } from "../bytes/Bytes.ts"
import * as Front from "./Front.ts"
import { InvalidPacket } from "./PacketError.ts"

/** A piece of memory, the packets in it and the first fault. */
export interface Writer {
  bytes: Uint8Array<ArrayBuffer>
  /** Texts whose bytes are at the very front of `bytes`, where no packet is ever written. */
  readonly front: Front.Front
  /** Of the first packet. */
  start: number
  offset: number
  /** Of the packet being written: where the part after the fixed header begins. */
  body: number
  /** For errors: the Control Packet's name, `PUBLISH` for one. */
  packet: string
  error: InvalidPacket | undefined
}

const slabSize = 32768
const largestFixedHeader = 5
/** 2.2.3: four bytes of seven bits. */
const largestRemainingLength = 268435455

const encoder = new TextEncoder()
const none = new Uint8Array(0)

// One writer and the rest of its slab serve packet after packet. Code that needs a second writer meanwhile gets a new
// one.
let idle: Writer | undefined = undefined

/** A writer without packets. `result` ends it. */
export const make = (): Writer => {
  const writer = idle
  idle = undefined
  return writer ??
    { bytes: none, front: Front.make(), start: 0, offset: 0, body: 0, packet: "packet", error: undefined }
}

/** The first fault is kept. `fault` completes a sentence that begins with the packet and the field. */
export const invalid = (writer: Writer, field: string, clause: string, fault: string): void => {
  if (writer.error !== undefined) return
  const packet = writer.packet
  writer.error = new InvalidPacket({
    packet,
    field,
    clause,
    message: `${packet}: ${field} ${fault} (MQTT 3.1.1, ${clause})`
  })
}

const grow = (writer: Writer, size: number): void => {
  const { offset, start } = writer
  const bytes = new Uint8Array(Math.max(slabSize, Front.size + (offset - start + size) * 2))
  bytes.set(writer.bytes.subarray(start, offset), Front.size)
  writer.bytes = bytes
  Front.forget(writer.front)
  writer.body += Front.size - start
  writer.offset += Front.size - start
  writer.start = Front.size
}

const reserve = (writer: Writer, size: number): void => {
  if (writer.offset + size > writer.bytes.length) grow(writer, size)
}

/** Begins a packet. `packet` is its name in upper case. */
export const begin = (writer: Writer, packet: string): void => {
  reserve(writer, largestFixedHeader)
  writer.packet = packet
  writer.offset += largestFixedHeader
  writer.body = writer.offset
}

/** 8 bits. `value` must be in range. */
export const u8 = (writer: Writer, value: number): void => {
  reserve(writer, 1)
  writer.bytes[writer.offset++] = value
}

/** 16 bits, big-endian (1.5.2). `value` must be in range. */
export const u16 = (writer: Writer, value: number): void => {
  reserve(writer, 2)
  writer.bytes[writer.offset++] = value >> 8
  writer.bytes[writer.offset++] = value
}

/** A Packet Identifier; refuses what is not 1 to 65,535 (MQTT-2.3.1-1). */
export const packetIdentifier = (writer: Writer, identifier: number | undefined): void => {
  if (identifier === undefined || identifier === 0 || (identifier & 0xffff) !== identifier) {
    return invalid(writer, "packetIdentifier", "MQTT-2.3.1-1", `is ${identifier}; it must be 1 to 65535`)
  }
  u16(writer, identifier)
}

/** JavaScript allows anything else: a text would become as many zeros, and what has no length would spoil the memory of all. */
const isBytes = (value: unknown): boolean => typeof value === "object" && value !== null && (value as Bytes).length >= 0

const refuse = (writer: Writer, field: string): void => invalid(writer, field, "1.5", "must be a Uint8Array")

/** Bytes as they are. */
export const raw = (writer: Writer, bytes: Bytes, field: string): void => {
  if (!isBytes(bytes)) return refuse(writer, field)
  const size = bytes.length
  if (writer.offset - writer.body + size > largestRemainingLength) {
    return invalid(writer, field, "2.2.3", `makes the packet larger than ${largestRemainingLength} bytes`)
  }
  reserve(writer, size)
  writer.bytes.set(bytes, writer.offset)
  writer.offset += size
}

/** Bytes after their 16-bit length. */
export const binary = (writer: Writer, bytes: Bytes, field: string): void => {
  if (!isBytes(bytes)) return refuse(writer, field)
  if (bytes.length > 0xffff) return invalid(writer, field, "1.5.3", `has ${bytes.length} bytes; at most 65535 fit`)
  u16(writer, bytes.length)
  raw(writer, bytes, field)
}

/** Writes a text if it is plain (see Front). For any other text it writes nothing and returns false. */
export const plainText = (writer: Writer, value: string): boolean => {
  const size = value.length
  reserve(writer, size + 2)
  const at = Front.find(writer.front, writer.bytes, value)
  if (at < 0) return false
  const start = writer.offset + 2
  writer.bytes.copyWithin(start, at, at + size)
  writer.bytes[start - 2] = size >> 8
  writer.bytes[start - 1] = size
  writer.offset = start + size
  return true
}

/** A UTF-8 string after its 16-bit length in bytes (1.5.3). */
export const text = (writer: Writer, value: string, field: string): void => {
  if (plainText(writer, value)) return
  const size = utf8Length(value)
  if (size < 0 && value.indexOf("\0") >= 0) return invalid(writer, field, "MQTT-1.5.3-2", "holds U+0000; remove it")
  if (size < 0) return invalid(writer, field, "MQTT-1.5.3-1", "holds a lone surrogate; remove it")
  if (size > 0xffff) return invalid(writer, field, "1.5.3", `has ${size} bytes in UTF-8; at most 65535 fit`)
  u16(writer, size)
  reserve(writer, size)
  encoder.encodeInto(value, writer.bytes.subarray(writer.offset))
  writer.offset += size
}

/** Ends a packet. `first` is the first byte of its fixed header: type and flags (2.2). */
export const end = (writer: Writer, first: number): void => {
  if (writer.error !== undefined) return
  const remaining = writer.offset - writer.body
  if (remaining > largestRemainingLength) {
    return invalid(writer, "packet", "2.2.3", `has ${remaining} bytes; at most ${largestRemainingLength} fit`)
  }
  const bytes = writer.bytes
  const size = remaining < 128 ? 2 : remaining < 16384 ? 3 : remaining < 2097152 ? 4 : 5
  const start = writer.body - size
  bytes[start] = first
  let left = remaining
  for (let i = start + 1; i < writer.body - 1; i++) {
    bytes[i] = left & 0x7f | 0x80
    left >>>= 7
  }
  bytes[writer.body - 1] = left
  const room = writer.body - largestFixedHeader
  if (room === writer.start) {
    writer.start = start
  } else if (start > room) {
    // Close the gap to the packet before.
    bytes.copyWithin(room, start, writer.offset)
    writer.offset -= start - room
  }
}

/** Bytes of all packets written so far. */
export const size = (writer: Writer): number => writer.offset - writer.start

/** Removes what was written since `size` was `before`, with its fault. */
export const removeFrom = (writer: Writer, before: number): void => {
  writer.offset = writer.start + before
  writer.error = undefined
}

/** The fault of the last packet, if it has one. That packet is then removed: `size` is the size before it. */
export const takeBack = (writer: Writer, before: number): InvalidPacket | undefined => {
  const error = writer.error
  if (error !== undefined) removeFrom(writer, before)
  return error
}

/** The name of no Control Packet, which JavaScript allows. */
export const unknown = (writer: Writer, { _tag }: { readonly _tag: unknown }): void =>
  invalid(writer, "_tag", "2.2.1", `is ${String(_tag)}; it must be the name of a Control Packet, as "Publish" is`)

/** All packets written, each without a fault. The writer stays as it is: what it writes after `clear` is written over them. */
export const packets = ({ bytes, offset, start }: Writer): Bytes => bytes.subarray(start, offset)

/** Forgets all packets, so that their memory is used again. */
export const clear = (writer: Writer): void => {
  writer.start = Math.min(Front.size, writer.bytes.length)
  writer.offset = writer.start
}

/** All packets written, or the first fault. The writer must not be used afterwards. */
export const result = (writer: Writer): Result.Result<Bytes, InvalidPacket> => {
  const { bytes, error, offset, start } = writer
  if (bytes.length <= slabSize) {
    if (error === undefined) writer.start = offset
    else writer.offset = start
    writer.error = undefined
    idle = writer
  }
  return error === undefined ? Result.succeed(new Uint8Array(bytes.buffer, start, offset - start)) : Result.fail(error)
}
