/**
 * The packets that carry the messages of an Exchange: those that are new, and those that a new connection needs again.
 */
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Publish from "../../domain/packet/Publish.ts"
import * as Pubrel from "../../domain/packet/Pubrel.ts"
import type { MessageExpired } from "./errors.ts"
import * as Expiry from "./Expiry.ts"
import { type Exchange, freeBytes, type Publication, type Send } from "./ExchangeState.ts"
import * as InFlight from "./InFlight.ts"

/** The next in the queue that is not cancelled. */
export const first = (exchange: Exchange): Publication | undefined => {
  while (true) {
    const publication = MutableList.take(exchange.line)
    if (publication === MutableList.Empty) return undefined
    if (publication.state === "cancelled") continue
    exchange.inLine--
    return publication
  }
}

/** What has become of a message that was to be sent; `done`: nothing answers it, because it went out with QoS 0. */
type Sent = "in flight" | "done" | InvalidPacket | MessageExpired

const sendPublish = (exchange: Exchange, send: Send, publication: Publication, packetIdentifier: number): Sent => {
  const expired = Expiry.fault(exchange, publication)
  if (expired !== undefined) return expired
  if (publication.awaited === "PUBREC" && !publication.dup && exchange.maximumQos < 2) publication.awaited = "PUBACK"
  const { awaited, dup, message } = publication
  const { payload, retain, topic } = message
  const properties = Expiry.counted(exchange, message)
  const qos = exchange.maximumQos === 0 ? 0 : awaited === "PUBACK" ? 1 : 2
  const packet = qos === 0 ? Publish.make<0>(topic, payload, qos, retain, false, undefined)
    : Publish.make<1 | 2>(topic, payload, qos, retain, dup, packetIdentifier)
  const invalid = send(properties === undefined ? packet : { ...packet, properties })
  publication.write = exchange.writes.filling
  return invalid ?? (qos === 0 ? "done" : "in flight")
}

/** The Server has the message: it may forget its Packet Identifier (MQTT-4.3.3-1). */
export const sendPubrel = (
  exchange: Exchange,
  send: Send,
  publication: Publication,
  packetIdentifier: number
): Sent => {
  // Nothing in it can be wrong.
  send(Pubrel.make(packetIdentifier))
  publication.write = exchange.writes.filling
  return "in flight"
}

const outcomeOf = (
  sent: Exclude<Sent, "in flight">
): Effect.Effect<void, InvalidPacket | MessageExpired> => sent === "done" ? Effect.void : Effect.fail(sent)

/** A message is about to be sent with this Packet Identifier for the first time in its Session. */
const noteAssigned = (exchange: Exchange, { awaited, number }: Publication, packetIdentifier: number): void =>
  exchange.notes?.note({ _tag: "Assigned", number, packetIdentifier, qos: awaited === "PUBACK" ? 1 : 2 })

/** Gives the first in the queue the places that are free, and sends them. */
export const admit = (exchange: Exchange, send: Send): void => {
  const { inFlight } = exchange
  while (exchange.publications < exchange.maximumInFlight && !exchange.isProbing) {
    const publication = first(exchange)
    if (publication === undefined) return
    if (publication.awaited === "PUBREC" && exchange.exactlyOnce >= exchange.maximumExactlyOnce) {
      MutableList.prepend(exchange.line, publication)
      exchange.inLine++
      return
    }
    // There is always one: at most half of them are in flight.
    const identifier = InFlight.nextIdentifier(inFlight) as number
    const sent = sendPublish(exchange, send, publication, identifier)
    if (sent !== "in flight") {
      // It has left the queue: whoever gives it up later, because its store is full, must not count it again.
      publication.state = "cancelled"
      exchange.notes?.note({ _tag: "Done", number: publication.number })
      freeBytes(exchange, publication.message)
      publication.resume(outcomeOf(sent))
      continue
    }
    InFlight.add(inFlight, identifier, publication)
    noteAssigned(exchange, publication, identifier)
    exchange.publications++
    if (publication.awaited === "PUBREC") exchange.exactlyOnce++
    publication.state = "in flight"
  }
}

/** After so many lost connections a message in flight may be the cause of it. */
export const suspectLosses = 2

/** A message has had its PUBREC, or is to be treated so. */
export const release = (exchange: Exchange, publication: Publication): void => {
  publication.awaited = "PUBCOMP"
  publication.released = exchange.released++
}

/**
 * Gives up a message that is in flight. One of QoS 2 that was sent keeps its place until the Server has forgotten its
 * Packet Identifier: it would take another message with this identifier for a repetition. True: PUBREL is to be sent.
 */
export const abandon = (exchange: Exchange, packetIdentifier: number, publication: Publication): boolean => {
  const isKnown = publication.awaited === "PUBREC" && publication.dup
  if (!isKnown) take(exchange, packetIdentifier, publication)
  else {
    publication.state = "abandoned"
    exchange.notes?.note({ _tag: "Abandoned", number: publication.number })
    release(exchange, publication)
  }
  return isKnown
}

/** Takes a message out that is in flight. */
export const take = (exchange: Exchange, packetIdentifier: number, publication: Publication): void => {
  const { awaited, message, number } = publication
  if (awaited !== "PUBACK") exchange.exactlyOnce--
  exchange.notes?.note({ _tag: "Done", number })
  InFlight.remove(exchange.inFlight, packetIdentifier)
  exchange.publications--
  freeBytes(exchange, message)
}

type Identified = readonly [packetIdentifier: number, publication: Publication]

/** Sends these, as many as the Server takes; one that it does not take at all (any more) fails. */
const sendAgain = (exchange: Exchange, send: Send, publications: ReadonlyArray<Identified>, sent: number): void => {
  const over: Array<() => void> = []
  let room = exchange.maximumInFlight - sent
  for (const [identifier, publication] of publications) {
    if (publication.write > 0) continue
    // No PUBLISH, so it needs no place.
    if (publication.awaited === "PUBCOMP") {
      sendPubrel(exchange, send, publication, identifier)
      continue
    }
    exchange.isHeldBack = room <= 0
    if (exchange.isHeldBack) break
    const outcome = sendPublish(exchange, send, publication, identifier)
    if (outcome === "in flight") {
      room--
      if (!publication.dup) noteAssigned(exchange, publication, identifier)
    } else {
      if (abandon(exchange, identifier, publication)) sendPubrel(exchange, send, publication, identifier)
      over.push(() => publication.resume(outcomeOf(outcome)))
    }
  }
  for (const end of over) end()
}

/**
 * Everything in flight, in the order in which it is sent again: each PUBREL before each PUBLISH, so that none overtakes
 * it, and both in their own order (MQTT-4.6.0-1, MQTT-4.6.0-4).
 */
const inOrder = (exchange: Exchange): { readonly released: Array<Identified>; readonly others: Array<Identified> } => {
  const released: Array<Identified> = []
  const others: Array<Identified> = []
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Publication") (entry.awaited === "PUBCOMP" ? released : others).push([identifier, entry])
  }
  released.sort(([, a], [, b]) => a.released - b.released)
  return { released, others }
}

/** Whether connections were lost on it. A PUBREL has nothing on which a Server would close. */
export const isSuspect = ({ awaited, losses }: Publication): boolean => losses >= suspectLosses && awaited !== "PUBCOMP"

/**
 * Sends what was not yet sent on this connection: each PUBREL, and the first suspect alone, or everything if there is no
 * suspect.
 */
export const sendOn = (exchange: Exchange, send: Send): void => {
  const { others, released } = inOrder(exchange)
  const suspect = others.find(([, publication]) => isSuspect(publication))
  exchange.isProbing = suspect !== undefined
  exchange.isHeldBack = false
  // A PUBREL that waits for its PUBCOMP has its place, whether or not it was sent on this connection.
  const sent = released.length + others.filter(([, { write }]) => write > 0).length
  sendAgain(exchange, send, released.concat(suspect === undefined ? others : [suspect]),
    suspect === undefined ? sent : 0)
  admit(exchange, send)
}
