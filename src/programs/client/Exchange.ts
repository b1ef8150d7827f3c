/**
 * What waits for an acknowledgement: messages of QoS 1, SUBSCRIBE and UNSUBSCRIBE.
 *
 * Outbox and Session say what is owed and under which Packet Identifier; this adds who waits for it, and the line of those
 * for whom there is no place in flight yet. Only what is in flight is in the Outbox, so both stay small. Plain code:
 * resuming a waiting fiber runs it at once, so every function resumes last.
 */
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import * as Result from "effect/Result"
import * as Outbox from "../../domain/Outbox.ts"
import type { Bytes } from "../../domain/packet/Bytes.ts"
import * as ClientPacket from "../../domain/packet/ClientPacket.ts"
import { type InvalidPacket, ProtocolViolation } from "../../domain/packet/PacketError.ts"
import type { Suback } from "../../domain/packet/Suback.ts"
import type { Subscribe } from "../../domain/packet/Subscribe.ts"
import type { Unsuback } from "../../domain/packet/Unsuback.ts"
import type { Unsubscribe } from "../../domain/packet/Unsubscribe.ts"
import * as Session from "../../domain/Session.ts"
import type { LinkError, PublishError } from "./errors.ts"

export type Send = (bytes: Bytes) => void

/** A message whose publisher waits. */
export interface Publication {
  readonly message: Outbox.Owed
  readonly resume: (result: Effect.Effect<void, PublishError>) => void
  state: "in line" | "in flight" | "cancelled"
}

export type Answer = Suback | Unsuback

/** `undefined`: the connection was lost before the answer came. */
export type Answered = (answer: Answer | undefined) => void

interface Request {
  readonly packet: Subscribe | Unsubscribe
  readonly answered: Answered
}

export interface Exchange {
  readonly maximumInFlight: number
  /** Messages in line and in flight together. */
  readonly capacity: number
  session: Session.Session
  outbox: Outbox.Outbox
  readonly line: MutableList.MutableList<Publication>
  /** How many in the line are not cancelled. */
  inLine: number
  /** By the id of their Outbox entry. */
  publications: Map<number, Publication>
  /** By Packet Identifier. */
  requests: Map<number, Request>
}

export const make = (maximumInFlight: number, capacity: number): Exchange => ({
  maximumInFlight,
  capacity,
  session: Session.empty,
  outbox: Outbox.empty,
  line: MutableList.make(),
  inLine: 0,
  publications: new Map(),
  requests: new Map()
})

/** The Server owes us something. */
export const isWaiting = (exchange: Exchange): boolean =>
  Outbox.size(exchange.outbox) > 0 || exchange.requests.size > 0

/** Takes a place in the line; `admit` brings it on its way. */
export const publish = (
  exchange: Exchange,
  message: Outbox.Owed,
  resume: Publication["resume"]
): Result.Result<Publication, Outbox.OutboxFull> => {
  const capacity = exchange.capacity
  if (exchange.inLine + Outbox.size(exchange.outbox) >= capacity) {
    return Result.fail(new Outbox.OutboxFull({ capacity, message: `${capacity} messages already wait for the Server` }))
  }
  const publication: Publication = { message, resume, state: "in line" }
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

const encode = (message: Outbox.Owed, packetIdentifier: number, dup: boolean): Result.Result<Bytes, InvalidPacket> => {
  const { payload, retain, topic } = message
  return ClientPacket.encode({ _tag: "Publish", topic, payload, qos: 1, retain, dup, packetIdentifier })
}

/** Gives the first in line the places that are free, and sends them. */
export const admit = (exchange: Exchange, send: Send): void => {
  const policy = { capacity: exchange.maximumInFlight, whenFull: "drop_oldest" } as const
  while (Outbox.size(exchange.outbox) < exchange.maximumInFlight) {
    const publication = first(exchange)
    if (publication === undefined) return
    const { entry, outbox } = Outbox.append(exchange.outbox, publication.message, policy)
    // There is always one: at most half of them are in flight.
    const assigned = Session.publish(exchange.session, entry.id) as NonNullable<ReturnType<typeof Session.publish>>
    const bytes = encode(publication.message, assigned.packetIdentifier, false)
    if (Result.isFailure(bytes)) {
      publication.resume(Effect.fail(bytes.failure))
      continue
    }
    exchange.outbox = outbox
    exchange.session = assigned.session
    exchange.publications.set(entry.id, publication)
    publication.state = "in flight"
    send(bytes.success)
  }
}

/**
 * A new connection was accepted. With Session Present the Server is sent what it has not acknowledged as it was, with
 * DUP 1 (MQTT-4.4.0-1); without, it knows nothing any more and is told anew.
 */
export const resume = (exchange: Exchange, sessionPresent: boolean, send: Send): void => {
  if (!sessionPresent) {
    exchange.session = Session.lost(exchange.session)
    for (const entry of exchange.outbox.entries) {
      exchange.session = Session.publish(exchange.session, entry.id)?.session ?? exchange.session
    }
  }
  for (const known of exchange.session.inFlight) {
    const entry = Outbox.find(exchange.outbox, known.entry)
    if (entry === undefined) continue
    // It could be encoded before, so it can be again.
    send(Result.getOrThrow(encode(entry.message, known.packetIdentifier, known.dup)))
  }
  admit(exchange, send)
}

/** A PUBACK: its publisher goes on, and the next in line gets the place. */
export const acknowledge = (exchange: Exchange, packetIdentifier: number, send: Send): ProtocolViolation | undefined => {
  const acknowledged = Session.acknowledge(exchange.session, "PUBACK", packetIdentifier)
  if (Result.isFailure(acknowledged)) return acknowledged.failure
  const { entry, session } = acknowledged.success
  const publication = exchange.publications.get(entry)
  exchange.session = session
  exchange.outbox = Outbox.remove(exchange.outbox, entry)
  exchange.publications.delete(entry)
  if (exchange.inLine > 0) admit(exchange, send)
  publication?.resume(Effect.void)
  return undefined
}

/** Sends a SUBSCRIBE or UNSUBSCRIBE, made with the Packet Identifier that is lent to it. */
export const ask = (
  exchange: Exchange,
  make: (packetIdentifier: number) => Subscribe | Unsubscribe,
  send: Send,
  answered: Answered
): InvalidPacket | undefined => {
  const borrowed = Session.borrow(exchange.session)
  // A Server that never answers one of 32,768 requests gets no more of them.
  if (borrowed === undefined) return undefined
  const packet = make(borrowed.packetIdentifier)
  const bytes = ClientPacket.encode(packet)
  if (Result.isFailure(bytes)) return bytes.failure
  exchange.session = borrowed.session
  exchange.requests.set(borrowed.packetIdentifier, { packet, answered })
  send(bytes.success)
  return undefined
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
  const { packetIdentifier } = packet
  const name = packet._tag === "Suback" ? "SUBACK" : "UNSUBACK"
  const acknowledged = Session.acknowledge(exchange.session, name, packetIdentifier)
  if (Result.isFailure(acknowledged)) return acknowledged.failure
  const request = exchange.requests.get(packetIdentifier) as Request
  const fault = mismatch(request, packet)
  if (fault !== undefined) return fault
  exchange.session = acknowledged.success.session
  exchange.requests.delete(packetIdentifier)
  request.answered(packet)
  return undefined
}

/** The connection is gone: everything in flight may have been sent, and requests were made in vain. */
export const disconnected = (exchange: Exchange): void => {
  const requests = exchange.requests
  exchange.session = Session.sent(Session.disconnected(exchange.session))
  exchange.requests = new Map()
  for (const request of requests.values()) request.answered(undefined)
}

/** There will be no other connection. */
export const end = (exchange: Exchange, error: LinkError): void => {
  const failed = Array.from(exchange.publications.values())
  for (let next = first(exchange); next !== undefined; next = first(exchange)) failed.push(next)
  exchange.publications = new Map()
  exchange.outbox = Outbox.empty
  disconnected(exchange)
  for (const publication of failed) publication.resume(Effect.fail(error))
}
