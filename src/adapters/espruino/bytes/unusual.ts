/**
 * What seldom comes to a board, right or wrong: every packet that bytes/Incoming does not read itself.
 *
 * The verdict is that of domain/packet/Incoming.ts, without its sentence. Inside, a packet that is refused is the
 * clause that it breaks. A `!` before the clause means that the packet could be read, and breaks the protocol.
 */
import { isText } from "./isText.ts"
import { MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../../domain/packet/PacketError.ts"

/** The packet's length does not fit its content. */
const lengthClause = "2.2.3"
const identifierClause = "!MQTT-2.3.1-1"

const u16 = (bytes: string, at: number): number => bytes.charCodeAt(at) << 8 | bytes.charCodeAt(at + 1)

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

/** There is no decoder for it: its flags are not those of its type, or nobody may send it to us. */
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

const names =
  "CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT"

/** The packet, or what is wrong with it: from `frame`, whole, its first byte, and where the body begins. */
export const unusual = (frame: string, first: number, at: number): object => {
  const found = read(frame, first, at)
  if (typeof found === "object") return found
  return refusal(names.split(" ")[(first >> 4) - 1] ?? "packet", found)
}

const refusal = (packet: string, found: string): object => {
  const isViolation = found.charAt(0) === "!"
  const clause = isViolation ? found.substring(1) : found
  const message = packet + " " + clause
  return isViolation ? new ProtocolViolation({ packet, clause, message })
    : new MalformedPacket({ packet, clause, message })
}

/** What has arrived and is not read yet (bytes/Incoming); of a PUBLISH that is skipped only the beginning. */
interface Stream {
  readonly maximum: number
  rest: string
  /** Bytes of a PUBLISH that were skipped, beside those in `rest`; undefined: none is being skipped. */
  gone?: number | undefined
}

/** The head of a PUBLISH of `size` bytes, whose body begins at `at`; undefined while too little of it has arrived. */
const headOf = ({ maximum, rest }: Stream, size: number, at: number): object | string | undefined => {
  const flags = rest.charCodeAt(0) & 15
  if (rest.length < Math.min(size, at + 2)) return undefined
  // One without room for a topic, or with a topic longer than itself, is refused for this reason.
  const head = size < at + 2 ? size : at + 2 + u16(rest, at) + (flags & 6 ? 2 : 0)
  if (head > size) return publish(rest.substring(0, at + 2), flags, at)
  const isLong = head > maximum && size >= at + 2
  if (!isLong && rest.length < head) return undefined
  const found = publish(isLong ? rest.substring(0, at) + "\0\x01a\0\x01" : rest.substring(0, head), flags, at)
  if (typeof found === "string") return found
  const { packetIdentifier, topic } = found as { readonly packetIdentifier: number | undefined; readonly topic: string }
  return isLong
    ? { _tag: "Oversized", size, maximum, topic: undefined, packetIdentifier: undefined }
    : { _tag: "Oversized", size, maximum, topic, packetIdentifier }
}

/** Drops what has arrived of a PUBLISH of `size` bytes, except its first `at` bytes. False: all of it was skipped. */
const letGo = (stream: Stream, size: number, at: number): false | undefined => {
  const { rest } = stream
  const here = rest.length + (stream.gone ?? 0)
  if (here < size) {
    stream.rest = rest.substring(0, at)
    stream.gone = here - at
    return undefined
  }
  stream.rest = rest.substring(rest.length - here + size)
  stream.gone = undefined
  return false
}

/**
 * A packet larger than the board can take. A PUBLISH is skipped, and its head is given once; any other packet ends the
 * stream. `size` bytes in all, of which those before `at` are its fixed header. False: it was skipped, and another
 * packet may be here.
 */
export const oversized = (stream: Stream, size: number, at: number): object | false | undefined => {
  // A Remaining Length that goes on after four bytes gives more than 2^28 + 4.
  if (size >= 268_435_461) return new MalformedPacket({ packet: "packet", clause: lengthClause, message: lengthClause })
  if (stream.rest.charCodeAt(0) >> 4 !== 3) {
    return new PacketTooLarge({ size, maximum: stream.maximum, message: size + " bytes" })
  }
  if (stream.gone !== undefined) return letGo(stream, size, at)
  const found = headOf(stream, size, at)
  if (found === undefined) return undefined
  if (typeof found === "string") return refusal("PUBLISH", found)
  letGo(stream, size, at)
  return found
}

/**
 * A Fixed Header with three bytes of Remaining Length, as only a CONNECT with very long credentials has: no board has
 * memory for more.
 */
export const longHeader = (first: number, size: number): string =>
  String.fromCharCode(first, size & 127 | 128, size >> 7 & 127 | 128, size >> 14)
