/**
 * The events of a DeliveryLog as records of a log, and the log as a whole.
 *
 *     H<JSON>                                   the Client Identifier
 *     P<number> <QoS>[r] <topic> NUL <JSON> NUL <payload>   accepted; r: retained; JSON: properties and expiresAt, or nothing
 *     I<number> <identifier> <QoS>              has this Packet Identifier, and is sent with this QoS
 *     R<number>, A<number>                      has had its PUBREC; was given up, and its identifier is to be freed
 *     L<number> <losses> <strikes>              the Server has closed so many connections on it, and so many on it alone
 *     D<number>                                 is done with
 *     T<identifier>, F<identifier>              somebody has the message that came with it; its PUBREL has come
 *     X                                         the Server has lost the Session
 *     [ ... ]                                   all that counts: what stands before it is done with
 *
 * A record has no byte 10 (line feed) and no byte 255; both, and 27, stand in it as 27 and the byte with bit 6 turned.
 */
import * as Bytes from "../bytes/Bytes.ts"
import type { TopicName } from "../packet/Topic.ts"
import { apply, type Event, inFlight, make, type Message, released, type State } from "./DeliveryLog.ts"

const escape = 27
const isSpecial = (byte: number): boolean => byte === 10 || byte === 255 || byte === escape

const escaped = (bytes: Bytes.Bytes): Bytes.Bytes => {
  let specials = 0
  for (const byte of bytes) if (isSpecial(byte)) specials++
  if (specials === 0) return bytes
  const out = new Uint8Array(bytes.length + specials)
  let at = 0
  for (const byte of bytes) {
    if (isSpecial(byte)) out[at++] = escape
    out[at++] = isSpecial(byte) ? byte ^ 64 : byte
  }
  return out
}

const unescaped = (bytes: Bytes.Bytes): Bytes.Bytes => {
  const out = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const isEscape = bytes[at] === escape
    if (isEscape) at++
    out[length++] = isEscape ? (bytes[at] as number) ^ 64 : bytes[at] as number
  }
  return out.slice(0, length)
}

const letters = { Released: "R", Abandoned: "A", Done: "D", Taken: "T", Freed: "F", SessionLost: "X" } as const

/** JSON has no bytes; Correlation Data are the only ones. */
const propertiesText = ({ expiresAt, properties }: Message): string =>
  properties === undefined ? ""
    : JSON.stringify({
      ...properties,
      correlationData: properties.correlationData === undefined ? undefined : Array.from(properties.correlationData),
      expiresAt
    })

const propertiesOf = (text: string): Pick<Message, "properties" | "expiresAt"> => {
  if (text === "") return {}
  const { correlationData, expiresAt, ...rest } = JSON.parse(text) as Record<string, unknown>
  const properties = {
    ...rest,
    ...(correlationData === undefined ? {} : { correlationData: Uint8Array.from(correlationData as Array<number>) })
  }
  return expiresAt === undefined ? { properties } : { properties, expiresAt: expiresAt as number }
}

const textOf = (event: Exclude<Event, { readonly _tag: "Accepted" }>): string =>
  event._tag === "SessionLost" ? letters.SessionLost
    : event._tag === "Assigned" ? `I${event.number} ${event.packetIdentifier} ${event.qos}`
    : event._tag === "Blamed" ? `L${event.number} ${event.losses} ${event.strikes}`
    : letters[event._tag] + ("number" in event ? event.number : event.packetIdentifier)

/** An event as a record. */
export const encode = (event: Event): Bytes.Bytes => {
  if (event._tag !== "Accepted") return Bytes.fromText(textOf(event))
  const { message, number } = event
  const { payload, qos, retain, topic } = message
  const head = `P${number} ${qos}${retain ? "r" : ""} ${topic}\0${propertiesText(message)}\0`
  return escaped(Bytes.concat([Bytes.fromText(head), payload]))
}

const tags = { R: "Released", A: "Abandoned", D: "Done", T: "Taken", F: "Freed" } as const

const accepted = (record: Bytes.Bytes): Event | undefined => {
  const bytes = unescaped(record)
  const topicEnd = Bytes.indexOf(bytes, 0, 0)
  const propertiesEnd = topicEnd < 0 ? -1 : Bytes.indexOf(bytes, 0, topicEnd + 1)
  if (propertiesEnd < 0) return undefined
  const [head = "", flags = "", ...topic] = Bytes.toText(bytes.slice(0, topicEnd)).split(" ")
  const message: Message = {
    topic: topic.join(" ") as TopicName,
    payload: bytes.slice(propertiesEnd + 1),
    qos: flags.startsWith("2") ? 2 : 1,
    retain: flags.endsWith("r"),
    ...propertiesOf(Bytes.toText(bytes.slice(topicEnd + 1, propertiesEnd)))
  }
  return { _tag: "Accepted", number: Number(head.slice(1)), message }
}

/** The inverse of `encode`; undefined: it is no event. */
export const decode = (record: Bytes.Bytes): Event | undefined => {
  if (record[0] === 0x50) return accepted(record)
  const text = Bytes.toText(record)
  const letter = text[0] as keyof typeof tags | "I" | "L" | "X"
  const [first = 0, second = 0, third = 0] = text.slice(1).split(" ").map(Number)
  if (letter === "X") return { _tag: "SessionLost" }
  if (letter === "I") return { _tag: "Assigned", number: first, packetIdentifier: second, qos: third === 2 ? 2 : 1 }
  if (letter === "L") return { _tag: "Blamed", number: first, losses: second, strikes: third }
  const _tag = tags[letter]
  if (_tag === undefined) return undefined
  return _tag === "Taken" || _tag === "Freed" ? { _tag, packetIdentifier: first } : { _tag, number: first }
}

const begins = Bytes.fromText("[")
const ends = Bytes.fromText("]")

/** All that counts, as the records of a new log. */
export const snapshot = (state: State): ReadonlyArray<Bytes.Bytes> => {
  const events: Array<Event> = []
  for (const { message, number } of state.pending.values()) events.push({ _tag: "Accepted", number, message })
  for (const { awaited, number, packetIdentifier = 0 } of inFlight(state)) {
    events.push({ _tag: "Assigned", number, packetIdentifier, qos: awaited === "PUBACK" ? 1 : 2 })
  }
  for (const { isAbandoned, number } of released(state)) {
    events.push({ _tag: isAbandoned ? "Abandoned" : "Released", number })
  }
  for (const { losses, number, strikes } of state.pending.values()) {
    if (losses > 0) events.push({ _tag: "Blamed", number, losses, strikes })
  }
  for (const packetIdentifier of state.taken) events.push({ _tag: "Taken", packetIdentifier })
  const header = escaped(Bytes.fromText("H" + JSON.stringify({ clientId: state.clientId, last: state.lastNumber })))
  return [begins, header, ...events.map(encode), ends]
}

const isMark = (record: Bytes.Bytes, mark: Bytes.Bytes): boolean => record.length === 1 && record[0] === mark[0]

/** Reads a log; undefined: there is none. A snapshot that does not end was never used. */
export const replay = (records: ReadonlyArray<Bytes.Bytes>): State | undefined => {
  let state: State | undefined
  let next: State | undefined
  for (const record of records) {
    if (isMark(record, begins)) next = make("")
    else if (isMark(record, ends)) [state, next] = [next ?? state, undefined]
    else if (record[0] === 0x48 && next !== undefined) {
      const header = JSON.parse(Bytes.toText(unescaped(record.slice(1)))) as { clientId: string; last: number }
      next.clientId = header.clientId
      next.lastNumber = header.last
    } else {
      const event = decode(record)
      const current = next ?? state
      if (event !== undefined && current !== undefined) apply(current, event)
    }
  }
  return state
}
