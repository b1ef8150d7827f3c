/**
 * A PUBLISH that is larger than the maximum that this program keeps in memory.
 *
 * Its payload is skipped. Its head is kept until it is complete, so that the message can be named and, with
 * QoS 1, acknowledged: a Server that never gets the acknowledgement sends the message again on every connection.
 *
 *     byte 1   | 0011 | DUP | QoS (2 bits) | RETAIN |  \
 *     byte 2.. | Remaining Length                   |   |  the head
 *     then     | Topic Name (UTF-8)                 |   |
 *              | Packet Identifier, if QoS > 0      |  /
 *              | payload                            |
 */
import * as Result from "effect/Result"
import type { TopicName } from "./Topic.ts"
import * as Bytes from "../bytes/Bytes.ts"
import type { DecodeError } from "./PacketError.ts"
import * as Publish from "./Publish.ts"
import * as Reader from "./Reader.ts"

/** What is known of a PUBLISH that was skipped. Sizes in bytes. */
export interface Oversized {
  readonly _tag: "Oversized"
  /** Of the whole packet, in bytes, fixed header included. */
  readonly size: number
  readonly maximum: number
  /** Undefined: the head alone is larger than the maximum. */
  readonly topic: TopicName | undefined
  /** With QoS 1 and 2 (MQTT-2.3.1-1); undefined with QoS 0, and when the head alone is larger than the maximum. */
  readonly packetIdentifier: number | undefined
  /** That it has QoS 2. A device gets no such message. */
  readonly qos?: 2
}

/** A fixed header has at most five bytes; the length of the Topic Name follows it. */
export const startBytes = 7

const bodyAt = (start: Bytes.Bytes): number => {
  let at = 1
  while (Bytes.at(start, at) >= 0x80) at++
  return at + 1
}

/** The size of the head in bytes, calculated from the length of the Topic Name. */
const announced = (start: Bytes.Bytes, at: number): number => {
  const isIdentified = (Bytes.at(start, 0) & 6) > 0
  return at + 2 + (Bytes.at(start, at) << 8 | Bytes.at(start, at + 1)) + (isIdentified ? 2 : 0)
}

/**
 * How many of the packet's first bytes must be kept to read it; 0: too few are here to know. `start` has the first
 * bytes of the packet: `startBytes` of them, or as many as are here, its fixed header among them. Sizes in bytes.
 */
export const headSize = (start: Bytes.Bytes, size: number, maximum: number): number => {
  const at = bodyAt(start)
  if (size < at + 2) return size
  if (Bytes.length(start) < at + 2) return 0
  const head = announced(start, at)
  return head <= maximum ? head : at + 2
}

/** A PUBLISH with this first byte, and `body` after its fixed header. */
const frame = (first: number, body: Bytes.Bytes): Bytes.Bytes => {
  const size = Bytes.length(body)
  const header = String.fromCharCode(first, size & 127 | 128, size >> 7 & 127 | 128, size >> 14)
  return Bytes.concat([Bytes.fromBinary(header), body])
}

const anyTopic = Bytes.fromBinary("\0\x01a")
const anyTopicAndIdentifier = Bytes.fromBinary("\0\x01a\0\x01")

/**
 * Reads the first bytes of the packet, `headSize` of them. `decode` reads one whole packet: if it refuses the packet
 * with an empty payload, it would refuse it with any payload.
 */
export const read = (
  start: Bytes.Bytes,
  size: number,
  maximum: number,
  decode: (frame: Bytes.Bytes) => Result.Result<unknown, DecodeError>
): Result.Result<Oversized, DecodeError> => {
  const at = bodyAt(start)
  const first = Bytes.at(start, 0)
  const head = size < at + 2 ? Infinity : announced(start, at)
  const isTooLong = head > maximum && head <= size
  const any = (first & 6) > 0 ? anyTopicAndIdentifier : anyTopic
  const body = isTooLong ? any : Bytes.slice(start, at, Bytes.length(start))
  return Result.map(decode(frame(first, body)), () => {
    const { packetIdentifier, qos, topic } = Publish.decode(first & 15, Reader.make(body))
    if (isTooLong) return { _tag: "Oversized", size, maximum, topic: undefined, packetIdentifier: undefined }
    return { _tag: "Oversized", size, maximum, topic, packetIdentifier, ...(qos === 2 ? { qos } : {}) }
  })
}
