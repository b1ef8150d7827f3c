/**
 * What waits for an acknowledgement: messages of QoS 1 and 2, SUBSCRIBE and UNSUBSCRIBE; and the queue of the messages for
 * which there is no place in flight yet. Nothing leaves it except by its acknowledgement, or with the Client. Plain
 * code: resuming a waiting fiber runs it at once, so every function resumes last.
 */
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import * as Result from "effect/Result"
import * as Handshake from "../../domain/delivery/Handshake.ts"
import type * as Outbox from "../../domain/delivery/Outbox.ts"
import { type LinkError, publishLowered, publishRejected, type PublishRefused } from "./errors.ts"
import {
  type Exchange,
  full,
  freeBytes,
  type Message,
  type Notes,
  type Publication,
  type Request,
  type Send,
  sizeOf,
  type Writes
} from "./ExchangeState.ts"
import * as Expiry from "./Expiry.ts"
import * as InFlight from "./InFlight.ts"
import { abandon, admit, first, isSuspect, release, sendOn, sendPubrel, take } from "./Sending.ts"

export { admit, sendOn } from "./Sending.ts"

export const make = (
  maximumInFlight: number,
  capacity: number,
  capacityBytes: number,
  notes?: Notes,
  now: Exchange["now"] = Date.now
): Exchange => ({
  now,
  nextExpiry: Infinity,
  notes,
  maximumInFlight,
  maximumExactlyOnce: Infinity,
  maximumQos: 2,
  capacity,
  capacityBytes,
  bytes: 0,
  emptied: new Set(),
  writes: { filling: 0, begun: 0 },
  isProbing: false,
  isHeldBack: false,
  inFlight: InFlight.make(),
  publications: 0,
  exactlyOnce: 0,
  line: MutableList.make(),
  released: 0,
  inLine: 0
})

/** An answer of the Server is missing. */
export const isWaiting = (exchange: Exchange): boolean => exchange.inFlight.size > 0

/** This Packet Identifier stands for something. */
export const isInUse = (exchange: Exchange, packetIdentifier: number): boolean =>
  InFlight.get(exchange.inFlight, packetIdentifier) !== undefined

/** A message was sent on this connection that the Server has not acknowledged. */
export const hasSent = (exchange: Exchange): boolean =>
  exchange.publications > 0 &&
  InFlight.all(exchange.inFlight).some(([, entry]) => entry._tag === "Publication" && entry.write > 0)

/** Takes a place in the queue; `admit` sends it when there is room. */
export const publish = (
  exchange: Exchange,
  message: Message,
  resume: Publication["resume"]
): Result.Result<Publication, Outbox.OutboxFull> => {
  let isFull = full(exchange, message)
  if (isFull !== undefined) {
    Expiry.dropExpired(exchange)
    isFull = full(exchange, message)
    if (isFull !== undefined) return Result.fail(isFull)
  }
  const publication: Publication = {
    _tag: "Publication",
    message,
    number: exchange.notes?.nextNumber() ?? 0,
    resume,
    state: "in line",
    awaited: Handshake.begin(message.qos),
    released: 0,
    dup: false,
    order: 0,
    write: 0,
    losses: 0,
    strikes: 0
  }
  MutableList.append(exchange.line, publication)
  Expiry.awaitExpiry(exchange, message)
  exchange.inLine++
  exchange.bytes += sizeOf(message)
  exchange.notes?.note({ _tag: "Accepted", number: publication.number, message })
  return Result.succeed(publication)
}

/**
 * The publisher does not wait any more. What is in flight stays pending; what is in the queue was never sent and will
 * not be. The queue is cleaned when more than half of it is cancelled: so it stays short, and a cancellation needs no
 * search.
 */
export const cancel = (exchange: Exchange, publication: Publication): void => {
  if (publication.state === "in line") {
    exchange.inLine--
    freeBytes(exchange, publication.message)
    exchange.notes?.note({ _tag: "Done", number: publication.number })
  }
  publication.state = "cancelled"
  if (exchange.line.length <= 2 * exchange.inLine) return
  MutableList.filter(exchange.line, ({ state }) => state === "in line")
}

/**
 * After so many lost connections when it was sent alone, a message is the cause. A cluster that has lost a node closes
 * connections on messages for some seconds, too.
 */
const maxStrikes = 5

/** The Server knows nothing of what is in flight, which gets new Packet Identifiers. */
const restart = (exchange: Exchange): void => {
  exchange.notes?.note({ _tag: "SessionLost" })
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Publication" && entry.state === "abandoned") take(exchange, identifier, entry)
  }
  InFlight.renumber(exchange.inFlight)
  // Noted when they are sent with their new ones: some may have to wait.
  for (const [, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Request") continue
    entry.dup = false
    entry.awaited = Handshake.restarted(entry.awaited)
  }
}

/**
 * A new connection was accepted. With Session Present the Server gets what it has not acknowledged as it was, with DUP
 * 1, or the PUBREL (MQTT-4.4.0-1); without, it knows nothing any more and gets it as new: `sendOn` sends it. True: not
 * before the connection has shown that it stays, so that no message is blamed for another one's fault.
 */
export const resume = (exchange: Exchange, sessionPresent: boolean, writes: Writes): boolean => {
  exchange.writes = writes
  if (!sessionPresent) restart(exchange)
  exchange.isProbing = false
  for (const [, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Request") continue
    entry.write = 0
    if (isSuspect(entry)) exchange.isProbing = true
  }
  return exchange.isProbing
}

/**
 * A PUBACK, PUBREC or PUBCOMP: the handshake goes on, or its publisher continues, or fails if the Server has not taken
 * the message (`refused`), and the next in the queue gets the place. False: nobody waits for it.
 */
export const acknowledge = (
  exchange: Exchange,
  answer: Handshake.Awaited,
  packetIdentifier: number,
  send: Send,
  refused?: (topic: string) => PublishRefused
): boolean => {
  const entry = InFlight.get(exchange.inFlight, packetIdentifier)
  // A message that was not sent on this connection cannot have been acknowledged: it is sent later, or not at all while
  // another one is sent alone.
  if (entry?._tag !== "Publication" || entry.write === 0 || entry.write > exchange.writes.begun) return false
  const step = Handshake.step(entry.awaited, answer, refused !== undefined)
  if (step === undefined) return false
  if (step === "released") {
    release(exchange, entry)
    exchange.notes?.note({ _tag: "Released", number: entry.number })
    sendPubrel(exchange, send, entry, packetIdentifier)
    return true
  }
  take(exchange, packetIdentifier, entry)
  if (exchange.isProbing || exchange.isHeldBack) sendOn(exchange, send)
  else if (exchange.inLine > 0) admit(exchange, send)
  const why = refused ?? (step === "lowered" ? publishLowered : undefined)
  entry.resume(why === undefined ? Effect.void : Effect.fail(why(entry.message.topic)))
  return true
}

/**
 * The Server has closed the connection while these were in flight. Returns the one on which it closes whenever it is
 * sent, if that is clear.
 */
const blame = (exchange: Exchange, sent: ReadonlyArray<Publication>): Publication | undefined => {
  const probe = sent.find(isSuspect)
  for (const publication of sent) publication.losses++
  const isFound = exchange.isProbing && probe !== undefined && ++probe.strikes >= maxStrikes
  for (const [identifier, entry] of isFound ? InFlight.all(exchange.inFlight) : []) {
    if (entry === probe) abandon(exchange, identifier, probe)
    else if (entry._tag === "Publication") entry.losses = 0
  }
  // So a program that is started again for each connection finds it, too.
  for (const { losses, number, strikes } of sent) exchange.notes?.note({ _tag: "Blamed", number, losses, strikes })
  return isFound ? probe : undefined
}

/**
 * The connection has ended: what was sent on it may have arrived, and requests have failed. `byServer`: it was the
 * Server that closed.
 */
export const disconnected = (exchange: Exchange, byServer: boolean): void => {
  const requests: Array<Request> = []
  const sent: Array<Publication> = []
  for (const [identifier, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Publication") {
      if (entry.write === 0) continue
      entry.dup = true
      sent.push(entry)
      continue
    }
    InFlight.remove(exchange.inFlight, identifier)
    requests.push(entry)
  }
  const rejected = byServer ? blame(exchange, sent) : undefined
  for (const request of requests) request.answered(undefined)
  if (rejected === undefined) return
  rejected.resume(Effect.fail(publishRejected(rejected.message, rejected.losses)))
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
  exchange.bytes = 0
  for (let next = first(exchange); next !== undefined; next = first(exchange)) failed.push(next)
  disconnected(exchange, false)
  for (const publication of failed) publication.resume(Effect.fail(error))
}
