/**
 * The packets that carry the messages of an Exchange: those that are new, and those that a new connection needs again.
 */
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Publish from "../../domain/packet/Publish.ts"
import { type Exchange, type Publication, type Send, sizeOf } from "./ExchangeState.ts"
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

const sendPublish = (
  exchange: Exchange,
  send: Send,
  publication: Publication,
  packetIdentifier: number
): InvalidPacket | undefined => {
  const { dup, message: { payload, properties, retain, topic } } = publication
  const packet = Publish.make<1>(topic, payload, 1, retain, dup, packetIdentifier)
  const invalid = send(properties === undefined ? packet : { ...packet, properties })
  publication.write = exchange.writes.filling
  return invalid
}

/** Gives the first in the queue the places that are free, and sends them. */
export const admit = (exchange: Exchange, send: Send): void => {
  const { inFlight } = exchange
  while (exchange.publications < exchange.maximumInFlight && !exchange.isProbing) {
    const publication = first(exchange)
    if (publication === undefined) return
    // There is always one: at most half of them are in flight.
    const identifier = InFlight.nextIdentifier(inFlight) as number
    const invalid = sendPublish(exchange, send, publication, identifier)
    if (invalid !== undefined) {
      exchange.bytes -= sizeOf(publication.message)
      publication.resume(Effect.fail(invalid))
      continue
    }
    InFlight.add(inFlight, identifier, publication)
    exchange.publications++
    publication.state = "in flight"
  }
}

/** After so many lost connections a message in flight may be the cause of it. */
export const suspectLosses = 2

/** Takes a message out that is in flight. */
export const take = (exchange: Exchange, packetIdentifier: number, { message }: Publication): void => {
  InFlight.remove(exchange.inFlight, packetIdentifier)
  exchange.publications--
  exchange.bytes -= sizeOf(message)
}

/** Sends these, as many as the Server takes; one that it does not take at all (any more) fails. */
const sendAgain = (
  exchange: Exchange,
  send: Send,
  publications: ReadonlyArray<readonly [number, Publication]>,
  sent: number
): void => {
  const failed: Array<() => void> = []
  let room = exchange.maximumInFlight - sent
  for (const [identifier, publication] of publications) {
    if (publication.write > 0) continue
    exchange.isHeldBack = room <= 0
    if (exchange.isHeldBack) break
    const invalid = sendPublish(exchange, send, publication, identifier)
    if (invalid === undefined) room--
    else {
      take(exchange, identifier, publication)
      failed.push(() => publication.resume(Effect.fail(invalid)))
    }
  }
  for (const fail of failed) fail()
}

/** Sends what was not yet sent on this connection: the first suspect alone, or everything if there is no suspect. */
export const sendOn = (exchange: Exchange, send: Send): void => {
  const publications: Array<readonly [number, Publication]> = []
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Publication") publications.push([identifier, entry])
  }
  const suspect = publications.find(([, { losses }]) => losses >= suspectLosses)
  exchange.isProbing = suspect !== undefined
  exchange.isHeldBack = false
  const sent = publications.filter(([, { write }]) => write > 0).length
  sendAgain(exchange, send, suspect === undefined ? publications : [suspect], sent)
  admit(exchange, send)
}
