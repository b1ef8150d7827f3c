/**
 * What waits for an acknowledgement: messages of QoS 1, SUBSCRIBE and UNSUBSCRIBE; and the line of the messages for which
 * there is no place in flight yet. Nothing leaves it but by its acknowledgement, or with the Client. Plain code: resuming a
 * waiting fiber runs it at once, so every function resumes last.
 */
import type { ApplicationMessage } from "../../domain/ApplicationMessage.ts"
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import * as Result from "effect/Result"
import * as Outbox from "../../domain/Outbox.ts"
import type { ClientPacket } from "../../domain/packet/ClientPacket.ts"
import { type InvalidPacket, ProtocolViolation } from "../../domain/packet/PacketError.ts"
import * as Publish from "../../domain/packet/Publish.ts"
import type { Suback } from "../../domain/packet/Suback.ts"
import type { Subscribe } from "../../domain/packet/Subscribe.ts"
import type { Unsuback } from "../../domain/packet/Unsuback.ts"
import type { Unsubscribe } from "../../domain/packet/Unsubscribe.ts"
import type { LinkError, PublishError } from "./errors.ts"
import * as InFlight from "./InFlight.ts"

/** Sends nothing and says why when MQTT forbids the packet. */
export type Send = (packet: ClientPacket) => InvalidPacket | undefined

/** A message whose publisher waits. */
export interface Publication extends InFlight.Entry {
  readonly _tag: "Publication"
  readonly message: ApplicationMessage<1>
  readonly resume: (result: Effect.Effect<void, PublishError>) => void
  state: "in line" | "in flight" | "cancelled"
  /** It may have reached the network: the next time it is sent, it must carry DUP 1 (MQTT-3.3.1-1). */
  dup: boolean
}

export type Answer = Suback | Unsuback

/** `undefined`: the connection was lost before the answer came. */
export type Answered = (answer: Answer | undefined) => void

interface Request extends InFlight.Entry {
  readonly _tag: "Request"
  readonly packet: Subscribe | Unsubscribe
  readonly answered: Answered
}

export interface Exchange {
  readonly maximumInFlight: number
  /** Messages in line and in flight together. */
  readonly capacity: number
  readonly inFlight: InFlight.InFlight<Publication | Request>
  /** How many of those in flight are messages. */
  publications: number
  readonly line: MutableList.MutableList<Publication>
  /** How many in the line are not cancelled. */
  inLine: number
}

export const make = (maximumInFlight: number, capacity: number): Exchange => ({
  maximumInFlight,
  capacity,
  inFlight: InFlight.make(),
  publications: 0,
  line: MutableList.make(),
  inLine: 0
})

/** The Server owes us something. */
export const isWaiting = (exchange: Exchange): boolean => exchange.inFlight.size > 0

/** Takes a place in the line; `admit` brings it on its way. */
export const publish = (
  exchange: Exchange,
  message: ApplicationMessage<1>,
  resume: Publication["resume"]
): Result.Result<Publication, Outbox.OutboxFull> => {
  const capacity = exchange.capacity
  if (exchange.inLine + exchange.publications >= capacity) {
    return Result.fail(new Outbox.OutboxFull({ capacity, message: `${capacity} messages already wait for the Server` }))
  }
  const publication: Publication = { _tag: "Publication", message, resume, state: "in line", dup: false, order: 0 }
  MutableList.append(exchange.line, publication)
  exchange.inLine++
  return Result.succeed(publication)
}

/**
 * The publisher waits no more. What is in flight stays owed; what is in line was never sent and will not be. The line is
 * cleared when the greater part of it is cancelled: so it stays short, and a cancellation costs no search.
 */
export const cancel = (exchange: Exchange, publication: Publication): void => {
  if (publication.state === "in line") exchange.inLine--
  publication.state = "cancelled"
  if (exchange.line.length <= 2 * exchange.inLine) return
  MutableList.filter(exchange.line, ({ state }) => state === "in line")
}

const first = (exchange: Exchange): Publication | undefined => {
  while (true) {
    const publication = MutableList.take(exchange.line)
    if (publication === MutableList.Empty) return undefined
    if (publication.state === "cancelled") continue
    exchange.inLine--
    return publication
  }
}

const sendPublish = (send: Send, { dup, message }: Publication, packetIdentifier: number): InvalidPacket | undefined =>
  send(Publish.make(message.topic, message.payload, 1, message.retain, dup, packetIdentifier))

/** Gives the first in line the places that are free, and sends them. */
export const admit = (exchange: Exchange, send: Send): void => {
  const { inFlight } = exchange
  while (exchange.publications < exchange.maximumInFlight) {
    const publication = first(exchange)
    if (publication === undefined) return
    // There is always one: at most half of them are in flight.
    const identifier = InFlight.nextIdentifier(inFlight) as number
    const invalid = sendPublish(send, publication, identifier)
    if (invalid !== undefined) {
      publication.resume(Effect.fail(invalid))
      continue
    }
    InFlight.add(inFlight, identifier, publication)
    exchange.publications++
    publication.state = "in flight"
  }
}

/**
 * A new connection was accepted. With Session Present the Server is sent what it has not acknowledged as it was, with
 * DUP 1 (MQTT-4.4.0-1); without, it knows nothing any more and is told anew.
 */
export const resume = (exchange: Exchange, sessionPresent: boolean, send: Send): void => {
  if (!sessionPresent) InFlight.renumber(exchange.inFlight)
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Request") continue
    if (!sessionPresent) entry.dup = false
    sendPublish(send, entry, identifier)
  }
  admit(exchange, send)
}

const clauses = { PUBACK: "MQTT-4.3.2-1", SUBACK: "MQTT-3.8.4-2", UNSUBACK: "MQTT-3.10.4-4" } as const
const asked = { PUBACK: "PUBLISH", SUBACK: "SUBSCRIBE", UNSUBACK: "UNSUBSCRIBE" } as const

/** An acknowledgement for nothing, or of the wrong kind, is the Server's fault. */
const uncalledFor = (packet: keyof typeof clauses, identifier: number): ProtocolViolation => {
  const message = `${packet} for Packet Identifier ${identifier}, which no ${asked[packet]} is waiting for`
  return new ProtocolViolation({ packet, clause: clauses[packet], message })
}

/** A PUBACK: its publisher goes on, and the next in line gets the place. */
export const acknowledge = (exchange: Exchange, packetIdentifier: number, send: Send): ProtocolViolation | undefined => {
  const entry = InFlight.get(exchange.inFlight, packetIdentifier)
  if (entry?._tag !== "Publication") return uncalledFor("PUBACK", packetIdentifier)
  InFlight.remove(exchange.inFlight, packetIdentifier)
  exchange.publications--
  if (exchange.inLine > 0) admit(exchange, send)
  entry.resume(Effect.void)
  return undefined
}

/** Sends a SUBSCRIBE or UNSUBSCRIBE, made with the Packet Identifier that is lent to it. */
export const ask = (
  exchange: Exchange,
  make: (packetIdentifier: number) => Subscribe | Unsubscribe,
  send: Send,
  answered: Answered
): InvalidPacket | undefined => {
  const identifier = InFlight.nextIdentifier(exchange.inFlight)
  // A Server that never answers one of 32,768 requests gets no more of them.
  if (identifier === undefined) return undefined
  const packet = make(identifier)
  const invalid = send(packet)
  if (invalid === undefined) InFlight.add(exchange.inFlight, identifier, { _tag: "Request", packet, answered, order: 0 })
  return invalid
}

const mismatch = (request: Request, answer: Answer): ProtocolViolation | undefined => {
  const { packet } = request
  if ((packet._tag === "Subscribe") !== (answer._tag === "Suback")) {
    const name = answer._tag.toUpperCase()
    const message = `${name} answers the ${packet._tag.toUpperCase()} with Packet Identifier ${packet.packetIdentifier}`
    return new ProtocolViolation({ packet: name, clause: answer._tag === "Suback" ? "MQTT-3.8.4-2" : "MQTT-3.10.4-4", message })
  }
  if (packet._tag === "Unsubscribe" || answer._tag === "Unsuback" || packet.subscriptions.length === answer.returnCodes.length) {
    return undefined
  }
  const message = `SUBACK has ${answer.returnCodes.length} return codes for ${packet.subscriptions.length} Topic Filters`
  return new ProtocolViolation({ packet: "SUBACK", clause: "MQTT-3.8.4-5", message })
}

/** A SUBACK or UNSUBACK. */
export const answer = (exchange: Exchange, packet: Answer): ProtocolViolation | undefined => {
  const request = InFlight.get(exchange.inFlight, packet.packetIdentifier)
  if (request?._tag !== "Request") return uncalledFor(packet._tag === "Suback" ? "SUBACK" : "UNSUBACK", packet.packetIdentifier)
  const fault = mismatch(request, packet)
  if (fault !== undefined) return fault
  InFlight.remove(exchange.inFlight, packet.packetIdentifier)
  request.answered(packet)
  return undefined
}

/** The connection is gone: everything in flight may have been sent, and requests were made in vain. */
export const disconnected = (exchange: Exchange): void => {
  const requests: Array<Request> = []
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Publication") {
      entry.dup = true
      continue
    }
    InFlight.remove(exchange.inFlight, identifier)
    requests.push(entry)
  }
  for (const request of requests) request.answered(undefined)
}

/** There will be no other connection. */
export const end = (exchange: Exchange, error: LinkError): void => {
  const failed: Array<Publication> = []
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Request") continue
    InFlight.remove(exchange.inFlight, identifier)
    failed.push(entry)
  }
  exchange.publications = 0
  for (let next = first(exchange); next !== undefined; next = first(exchange)) failed.push(next)
  disconnected(exchange)
  for (const publication of failed) publication.resume(Effect.fail(error))
}
