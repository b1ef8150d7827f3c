/**
 * A cursor over one Control Packet.
 *
 * Errors are sticky: the first fault is kept, later reads return 0, "" or nothing, and the decoder checks once, at the
 * end (`result`). So a decoder is a simple list of fields, without a Result for each. Like Bytes, this file has a twin
 * on platforms whose bytes are not a `Uint8Array`: other files of the domain read packets only through its functions.
 */
import * as Result from "effect/Result"
import * as Bytes from "../bytes/Bytes.ts"
import { type DecodeError, MalformedPacket, ProtocolViolation } from "./PacketError.ts"

/** A cursor and its first fault. It belongs to one packet. */
export interface Reader {
  readonly bytes: Bytes.Bytes
  offset: number
  /** One past the last byte of the packet. */
  readonly end: number
  /** For errors: the Control Packet's name, `PUBLISH` for one. */
  packet: string
  error: DecodeError | undefined
}

/** A reader at the beginning of one whole packet, fixed header included. */
export const make = (frame: Bytes.Bytes): Reader => ({
  bytes: frame,
  offset: 0,
  end: Bytes.length(frame),
  packet: "packet",
  error: undefined
})

const describe = (reader: Reader, clause: string, fault: string) => ({
  packet: reader.packet,
  clause,
  message: `${reader.packet} ${fault} (MQTT 3.1.1, ${clause})`
})

const stop = (reader: Reader, error: DecodeError): undefined => {
  if (reader.error === undefined) reader.error = error
  // Nothing is left to read, so a decoder that loops over the rest ends.
  reader.offset = reader.end
  return undefined
}

/** These bytes are not such a Control Packet. `fault` completes a sentence that begins with the packet's name. */
export const malformed = (reader: Reader, clause: string, fault: string): undefined =>
  stop(reader, new MalformedPacket(describe(reader, clause, fault)))

/** These bytes can be read, but may not be sent. `fault` completes a sentence that begins with the packet's name. */
export const violation = (reader: Reader, clause: string, fault: string): undefined =>
  stop(reader, new ProtocolViolation(describe(reader, clause, fault)))

const tooShort = (reader: Reader): number => {
  malformed(reader, "2.2.3", "ends before its last field")
  return 0
}

/** Whether bytes are left to read. */
export const more = (reader: Reader): boolean => reader.offset < reader.end

/** 8 bits. After the last byte: 0, and a MalformedPacket is kept (2.2.3). */
export const u8 = (reader: Reader): number =>
  reader.offset < reader.end ? reader.bytes[reader.offset++] as number : tooShort(reader)

/** 16 bits, big-endian (1.5.2). */
export const u16 = (reader: Reader): number => {
  const offset = reader.offset
  if (offset + 2 > reader.end) return tooShort(reader)
  reader.offset = offset + 2
  return (reader.bytes[offset] as number) << 8 | reader.bytes[offset + 1] as number
}

/** A Packet Identifier, 1 to 65,535 (MQTT-2.3.1-1). */
export const packetIdentifier = (reader: Reader): number => {
  const identifier = u16(reader)
  if (identifier === 0) violation(reader, "MQTT-2.3.1-1", "has Packet Identifier 0")
  return identifier
}

/** Up to this number of bytes a loop is faster than the platform's decoder. */
const shortText = 12

// ignoreBOM keeps U+FEFF as a character (MQTT-1.5.3-3); fatal refuses surrogates and overlong forms (MQTT-1.5.3-1).
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decodeText = (reader: Reader, start: number, end: number): string => {
  try {
    return decoder.decode(Bytes.slice(reader.bytes, start, end))
  } catch {
    malformed(reader, "MQTT-1.5.3-1", "holds text that is not UTF-8")
    return ""
  }
}

/** A UTF-8 string after its 16-bit length in bytes (1.5.3), without U+0000 (MQTT-1.5.3-2). */
export const text = (reader: Reader): string => {
  const size = u16(reader)
  const start = reader.offset
  const end = start + size
  if (end > reader.end) {
    tooShort(reader)
    return ""
  }
  reader.offset = end
  let value = ""
  let at = start
  if (size <= shortText) {
    for (; at < end; at++) {
      const byte = reader.bytes[at] as number
      if (byte > 0x7f) break
      value += String.fromCharCode(byte)
    }
  }
  if (at < end) value = decodeText(reader, start, end)
  if (value.indexOf("\0") >= 0) malformed(reader, "MQTT-1.5.3-2", "holds text with U+0000")
  return value
}

/** Bytes after their 16-bit length, as a view. */
export const binary = (reader: Reader): Bytes.Bytes => {
  const size = u16(reader)
  const start = reader.offset
  if (start + size > reader.end) {
    tooShort(reader)
    return Bytes.empty
  }
  reader.offset = start + size
  return Bytes.slice(reader.bytes, start, reader.offset)
}

/** All bytes that are left, as a view. */
export const rest = (reader: Reader): Bytes.Bytes => {
  const start = reader.offset
  reader.offset = reader.end
  return Bytes.slice(reader.bytes, start, reader.end)
}

/** Refuses bytes after the last field: then the Remaining Length was wrong. */
export const end = (reader: Reader): void => {
  if (reader.offset < reader.end) {
    malformed(reader, "2.2.3", `has ${reader.end - reader.offset} bytes after its last field`)
  }
}

/** What was read, or the first fault. `undefined` stands for a packet whose reader has already been stopped. */
export const result = <A>(reader: Reader, packet: A | undefined): Result.Result<A, DecodeError> => {
  end(reader)
  return reader.error === undefined ? Result.succeed(packet as A) : Result.fail(reader.error)
}
