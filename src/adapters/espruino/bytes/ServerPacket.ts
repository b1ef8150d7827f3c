/**
 * The twin of domain/packet/ServerPacket.ts for a board: all that a Server may send, in one module of a few functions,
 * because each of them costs a board half a dozen variables for as long as it is awake.
 *
 * Reads what the board's Framer cuts. The verdict is the original's, without its sentence. Inside, a packet that is refused
 * is the clause it breaks; with a `!` before it the packet could be read, and breaks the protocol.
 */
import type * as Original from "../../../domain/packet/ServerPacket.ts"
import * as Result from "effect/Result"
import { MalformedPacket, ProtocolViolation } from "../../../domain/packet/PacketError.ts"

export type ServerPacket = Original.ServerPacket

/** The packet's length is not what its content needs. */
const lengthClause = "2.2.3"
const identifierClause = "!MQTT-2.3.1-1"

const u16 = (bytes: string, at: number): number => bytes.charCodeAt(at) << 8 | bytes.charCodeAt(at + 1)

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

/** What is wrong with a topic. One native step for what nearly every topic is: a loop over its bytes costs fifty times that. */
const topicFault = (topic: string): string | undefined =>
  /^[ !"$-*,-~]+$/.test(topic) ? undefined
  : topic === "" ? "!MQTT-4.7.3-1"
  : !isText(topic) ? "MQTT-1.5.3-1"
  : topic.indexOf("\0") >= 0 ? "MQTT-1.5.3-2"
  : topic.indexOf("+") >= 0 || topic.indexOf("#") >= 0 ? "!MQTT-3.3.2-2"
  : undefined

/** `at`: where the body begins. */
const publish = (frame: string, flags: number, at: number): object | string => {
  const qos = flags >> 1 & 3
  const dup = flags > 7
  const size = frame.length
  if (qos === 3) return "MQTT-3.3.1-4"
  if (dup && qos === 0) return "!MQTT-3.3.1-2"
  let end = at + 2
  if (end > size) return lengthClause
  end += u16(frame, at)
  if (end > size) return lengthClause
  const topic = frame.substring(at + 2, end)
  const fault = topicFault(topic)
  if (fault !== undefined) return fault
  let packetIdentifier
  if (qos > 0) {
    if (end + 2 > size) return lengthClause
    packetIdentifier = u16(frame, end)
    end += 2
    if (packetIdentifier === 0) return identifierClause
  }
  return qos === 2 ? "!MQTT-3.8.4-6"
    : { _tag: "Publish", topic, payload: frame.substring(end), qos, retain: (flags & 1) === 1, dup, packetIdentifier }
}

const suback = (frame: string, at: number, packetIdentifier: number): object | string => {
  const returnCodes: Array<number> = []
  for (let i = at; i < frame.length; i++) {
    const code = frame.charCodeAt(i)
    if (code > 2 && code !== 0x80) return "!MQTT-3.9.3-2"
    returnCodes.push(code)
  }
  return returnCodes.length > 0 ? { _tag: "Suback", packetIdentifier, returnCodes } : "!MQTT-3.8.4-5"
}

const connack = (flags: number, returnCode: number): object | string =>
  flags > 1 ? "3.2.2.1"
  : returnCode > 5 ? "!3.2.2.3"
  : flags === 1 && returnCode > 0 ? "!MQTT-3.2.2-4"
  : { _tag: "Connack", sessionPresent: flags === 1, returnCode }

/** No decoder for it: its flags are not those of its type, or else nobody may send it to us. */
const refused = (first: number): string => {
  const type = first >> 4
  const isMarked = type === 6 || type === 8 || type === 10
  return type === 0 || type === 15 ? "2.2.1"
    : (first & 15) === (isMarked ? 2 : 0) ? "!2.2.1"
    : isMarked || type === 14 ? "MQTT-3." + type + ".1-1"
    : "MQTT-2.2.2-2"
}

const read = (frame: string, first: number, at: number): object | string => {
  if (first >> 4 === 3) return publish(frame, first & 15, at)
  const size = frame.length - at
  if (first === 0x20) return size === 2 ? connack(frame.charCodeAt(at), frame.charCodeAt(at + 1)) : lengthClause
  if (first === 0xd0) return size > 0 ? lengthClause : { _tag: "Pingresp" }
  if (first !== 0x40 && first !== 0x90 && first !== 0xb0) return refused(first)
  if (size < 2) return lengthClause
  const packetIdentifier = u16(frame, at)
  if (packetIdentifier === 0) return identifierClause
  if (first === 0x90) return suback(frame, at + 2, packetIdentifier)
  return size > 2 ? lengthClause : { _tag: first === 0x40 ? "Puback" : "Unsuback", packetIdentifier }
}

const names = "CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT"

export const decode = ((frame: string, at: number) => {
  const first = frame.charCodeAt(0)
  const found = read(frame, first, at)
  if (typeof found === "object") return Result.succeed(found)
  const packet = names.split(" ")[(first >> 4) - 1] ?? "packet"
  const isViolation = found.charAt(0) === "!"
  const clause = isViolation ? found.substring(1) : found
  const message = packet + " " + clause
  return Result.fail(isViolation ? new ProtocolViolation({ packet, clause, message }) : new MalformedPacket({ packet, clause, message }))
}) as unknown as typeof Original.decode
