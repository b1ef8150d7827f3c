/**
 * The twin of domain/packet/Incoming.ts for a board: cutting the stream and reading its packets in one module of a few
 * functions, because each of them costs a board half a dozen variables for as long as it is awake.
 *
 * What has not become a packet yet is one string. A board's packets are small and come in chunks of 536 bytes, so joining
 * them costs little. What a wake usually gets is read on the spot, step by step with as few of them as will do; all else,
 * right or wrong, by `unusual`. A stream that has failed is not to be read again.
 *
 * The verdict is the original's, without its sentence. Inside, a packet that is refused is the clause it breaks; with a `!`
 * before it the packet could be read, and breaks the protocol.
 */
import type * as Original from "../../../domain/packet/Incoming.ts"
import { MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../../domain/packet/PacketError.ts"

export type Incoming = Original.Incoming

interface State {
  readonly maximum: number
  rest: string
}

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

/** What is wrong with a topic. */
const topicFault = (topic: string): string | undefined =>
  topic === "" ? "!MQTT-4.7.3-1"
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

/** Those that can be taken are read without it. */
const connackFault = (flags: number, returnCode: number): string =>
  flags > 1 ? "3.2.2.1"
  : returnCode > 5 ? "!3.2.2.3"
  : "!MQTT-3.2.2-4"

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
  if (first === 0x20) return size === 2 ? connackFault(frame.charCodeAt(at), frame.charCodeAt(at + 1)) : lengthClause
  if (first === 0xd0) return size > 0 ? lengthClause : { _tag: "Pingresp" }
  if (first !== 0x40 && first !== 0x90 && first !== 0xb0) return refused(first)
  if (size < 2) return lengthClause
  const packetIdentifier = u16(frame, at)
  if (packetIdentifier === 0) return identifierClause
  if (first === 0x90) return suback(frame, at + 2, packetIdentifier)
  return size > 2 ? lengthClause : { _tag: "Unsuback", packetIdentifier }
}

const names = "CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT"

/** Any packet but the usual: of `frame`, whole, the first byte and where the body begins. */
const unusual = (frame: string, first: number, at: number): object => {
  const found = read(frame, first, at)
  if (typeof found === "object") return found
  const packet = names.split(" ")[(first >> 4) - 1] ?? "packet"
  const isViolation = found.charAt(0) === "!"
  const clause = isViolation ? found.substring(1) : found
  const message = packet + " " + clause
  return isViolation ? new ProtocolViolation({ packet, clause, message }) : new MalformedPacket({ packet, clause, message })
}

export const make = ((maximum: number): State => ({ maximum, rest: "" })) as unknown as typeof Original.make

export const add = ((state: State, chunk: string) => state.rest += chunk) as unknown as typeof Original.add

/** A packet that would end there has not arrived or is too large; further than 2^28 + 4 leads a length that goes on behind four bytes. */
const unread = ({ maximum }: State, end: number): object | undefined => {
  if (!(end > maximum)) return undefined
  return end < 268_435_461
    ? new PacketTooLarge({ size: end, maximum, message: end + " bytes" })
    : new MalformedPacket({ packet: "packet", clause: lengthClause, message: lengthClause })
}

export const next = ((state: State) => {
  const bytes = state.rest
  if (!bytes) return unread(state, 0)
  // The Remaining Length: seven bits a byte, the lowest first, four bytes at most. NaN when it is not here yet.
  let size = bytes.charCodeAt(1)
  let at = 2
  // A byte with its highest bit set says that another follows, which is worth one less for that.
  if (size > 127) for (; at < 5 && size >> 7 * at - 7 > 0; at++) size += (bytes.charCodeAt(at) - 1) * (1 << 7 * at - 7)
  const end = at + size
  if (!(end <= bytes.length && end <= state.maximum)) return unread(state, end)
  state.rest = bytes.substring(end)
  const first = bytes.charCodeAt(0)
  // A Packet Identifier, the flags and the return code of CONNACK, or the length of a topic.
  const word = bytes.charCodeAt(at) << 8 | bytes.charCodeAt(at + 1)
  if (first === 0x40 && size === 2 && word > 0) return { _tag: "Puback", packetIdentifier: word }
  if (first === 0x20 && size === 2 && (word < 6 || word === 256)) return { _tag: "Connack", sessionPresent: word > 5, returnCode: word & 255 }
  at += 2
  if (first === 0x90 && size === 3 && word > 0 && bytes.charCodeAt(at) < 3) {
    return { _tag: "Suback", packetIdentifier: word, returnCodes: [bytes.charCodeAt(at)] }
  }
  if (first >> 1 !== 0x18) return unusual(bytes.substring(0, end), first, at - 2)
  const to = at + word
  const topic = bytes.substring(at, to)
  // What nearly every topic is, in one native step: a loop over its bytes costs fifty times that.
  return to <= end && /^[ !"$-*,-~]+$/.test(topic)
    ? { _tag: "Publish", topic, payload: bytes.substring(to, end), qos: 0, retain: first > 0x30, dup: false, packetIdentifier: undefined }
    : unusual(bytes.substring(0, end), first, at - 2)
}) as unknown as typeof Original.next
