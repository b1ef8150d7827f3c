/**
 * The twin of domain/packet/Reader.ts for a board: the same verdicts on byte strings, said in few words. What is wrong is
 * the packet's name and the clause; the sentences given by the decoders are dropped by the minifier.
 */
import type * as Original from "../../../domain/packet/Reader.ts"
import * as Result from "effect/Result"
import { type DecodeError, MalformedPacket, ProtocolViolation } from "../../../domain/packet/PacketError.ts"

export type Reader = Original.Reader

interface Cursor {
  readonly bytes: string
  offset: number
  readonly end: number
  packet: string
  error: DecodeError | undefined
}

export const make = ((frame: string): Cursor => ({
  bytes: frame,
  offset: 0,
  end: frame.length,
  packet: "packet",
  error: undefined
})) as unknown as typeof Original.make

const stop = (reader: Cursor, Fault: typeof MalformedPacket | typeof ProtocolViolation, clause: string): undefined => {
  const packet = reader.packet
  if (!reader.error) reader.error = new Fault({ packet, clause, message: packet + " " + clause })
  reader.offset = reader.end
  return undefined
}

const malformed_ = (reader: Cursor, clause: string): undefined => stop(reader, MalformedPacket, clause)
export const malformed = malformed_ as unknown as typeof Original.malformed

export const violation = ((reader: Cursor, clause: string) => stop(reader, ProtocolViolation, clause)) as unknown as typeof Original.violation

/** The next `size` bytes. */
const take = (reader: Cursor, size: number): string => {
  const start = reader.offset
  if (start + size > reader.end) return malformed_(reader, "2.2.3") ?? ""
  reader.offset = start + size
  return reader.bytes.substring(start, start + size)
}

export const more = ((reader: Cursor) => reader.offset < reader.end) as unknown as typeof Original.more

const u8_ = (reader: Cursor): number => take(reader, 1).charCodeAt(0) || 0
export const u8 = u8_ as unknown as typeof Original.u8

const u16_ = (reader: Cursor): number => {
  const two = take(reader, 2)
  return two ? two.charCodeAt(0) << 8 | two.charCodeAt(1) : 0
}
export const u16 = u16_ as unknown as typeof Original.u16

export const packetIdentifier = ((reader: Cursor) => {
  const identifier = u16_(reader)
  if (identifier === 0) stop(reader, ProtocolViolation, "MQTT-2.3.1-1")
  return identifier
}) as unknown as typeof Original.packetIdentifier

const binary_ = (reader: Cursor): string => take(reader, u16_(reader))
export const binary = binary_ as unknown as typeof Original.binary

/** Whether bytes are UTF-8 without overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629). */
const isText = (text: string): boolean => {
  let left = 0
  let least = 0x80
  let most = 0xbf
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i)
    if (left > 0) {
      if (byte < least || byte > most) return false
      left--
      least = 0x80
      most = 0xbf
    } else if (byte > 0x7f) {
      if (byte < 0xc2 || byte > 0xf4) return false
      left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
      if (byte === 0xe0) least = 0xa0
      if (byte === 0xf0) least = 0x90
      if (byte === 0xed) most = 0x9f
      if (byte === 0xf4) most = 0x8f
    }
  }
  return left === 0
}

export const text = ((reader: Cursor) => {
  const value = binary_(reader)
  if (!isText(value)) return malformed_(reader, "MQTT-1.5.3-1") ?? ""
  if (value.indexOf("\0") >= 0) malformed_(reader, "MQTT-1.5.3-2")
  return value
}) as unknown as typeof Original.text

export const rest = ((reader: Cursor) => take(reader, reader.end - reader.offset)) as unknown as typeof Original.rest

const end_ = (reader: Cursor): void => {
  if (reader.offset < reader.end) malformed_(reader, "2.2.3")
}
export const end = end_ as unknown as typeof Original.end

export const result = ((reader: Cursor, packet: unknown) => {
  end_(reader)
  return reader.error ? Result.fail(reader.error) : Result.succeed(packet)
}) as unknown as typeof Original.result
