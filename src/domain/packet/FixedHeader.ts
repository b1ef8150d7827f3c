/**
 * The fixed header of every Control Packet (MQTT 3.1.1, section 2.2).
 *
 *     byte 1   | type (4 bits) | flags (4 bits) |
 *     byte 2.. | Remaining Length: seven bits a byte, least significant first, bit 7 set while more follow; 1 to 4
 *     bytes |
 */
import * as Bytes from "../bytes/Bytes.ts"
import * as Reader from "./Reader.ts"

/** First byte of CONNECT (2.2.1, 2.2.2). */
export const connect = 0x10
/** First byte of CONNACK (2.2.1, 2.2.2). */
export const connack = 0x20
/** First byte of PUBLISH, to which its own flags are added (2.2.1, 2.2.2). */
export const publish = 0x30
/** First byte of PUBACK (2.2.1, 2.2.2). */
export const puback = 0x40
/** First byte of PUBREC (2.2.1, 2.2.2). */
export const pubrec = 0x50
/** First byte of PUBREL; its flags are 2 (2.2.1, 2.2.2). */
export const pubrel = 0x62
/** First byte of PUBCOMP (2.2.1, 2.2.2). */
export const pubcomp = 0x70
/** First byte of SUBSCRIBE; its flags are 2 (2.2.1, 2.2.2). */
export const subscribe = 0x82
/** First byte of SUBACK (2.2.1, 2.2.2). */
export const suback = 0x90
/** First byte of UNSUBSCRIBE; its flags are 2 (2.2.1, 2.2.2). */
export const unsubscribe = 0xa2
/** First byte of UNSUBACK (2.2.1, 2.2.2). */
export const unsuback = 0xb0
/** First byte of PINGREQ (2.2.1, 2.2.2). */
export const pingreq = 0xc0
/** First byte of PINGRESP (2.2.1, 2.2.2). */
export const pingresp = 0xd0
/** First byte of DISCONNECT (2.2.1, 2.2.2). */
export const disconnect = 0xe0

/** By type. 0 and 15 are forbidden (2.2.1). */
const names = [
  "",
  "CONNECT",
  "CONNACK",
  "PUBLISH",
  "PUBACK",
  "PUBREC",
  "PUBREL",
  "PUBCOMP",
  "SUBSCRIBE",
  "SUBACK",
  "UNSUBSCRIBE",
  "UNSUBACK",
  "PINGREQ",
  "PINGRESP",
  "DISCONNECT",
  ""
]

const flagsClause = (type: number): string =>
  type === 6 ? "MQTT-3.6.1-1"
    : type === 8 ? "MQTT-3.8.1-1"
    : type === 10 ? "MQTT-3.10.1-1"
    : type === 14 ? "MQTT-3.14.1-1"
    : "MQTT-2.2.2-2"

/**
 * The size in bytes, fixed header included, of the packet that begins at `offset`: 0 while its header has not wholly
 * arrived, -1 when its Remaining Length has more than four bytes (2.2.3).
 *
 * A longer form than needed (0x80 0x00 for 0) is accepted: only MQTT 5 forbids it, and the algorithm in 2.2.3 reads it.
 */
export const packetSize = (bytes: Bytes.Bytes, offset: number): number => {
  const end = Bytes.length(bytes)
  let remaining = 0
  let unit = 1
  for (let i = 1; i <= 4; i++) {
    if (offset + i >= end) return 0
    const digit = Bytes.at(bytes, offset + i)
    remaining += (digit & 0x7f) * unit
    if (digit < 0x80) return 1 + i + remaining
    unit *= 128
  }
  return -1
}

/** Reads and checks the header of a whole packet. Returns its first byte; the reader is then at the body. */
export const read = (reader: Reader.Reader): number => {
  const frame = reader.bytes
  const size = packetSize(frame, 0)
  const first = Reader.u8(reader)
  const type = first >> 4
  const name = names[type] as string
  if (name === "") {
    Reader.malformed(reader, "2.2.1", `has the forbidden type ${type}`)
    return first
  }
  reader.packet = name
  if (size !== reader.end) {
    Reader.malformed(reader, "2.2.3", "has a Remaining Length that is not the number of bytes that follow")
    return first
  }
  while (Reader.u8(reader) >= 0x80);
  return first
}

/**
 * Refuses a packet for which there is no decoder. Either its flags are not the fixed ones of its type (MQTT-2.2.2-2),
 * or nobody may send it to us (`clause` and `fault` then say why).
 */
export const refuse = (reader: Reader.Reader, first: number, clause: string, fault: string): undefined => {
  const type = first >> 4
  const flags = type === 6 || type === 8 || type === 10 ? 2 : 0
  return type !== 3 && (first & 15) !== flags
    ? Reader.malformed(reader, flagsClause(type), `has the flags ${first & 15}; they must be ${flags}`)
    : Reader.violation(reader, clause, fault)
}
