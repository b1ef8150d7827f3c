/**
 * Messages that are sent in place: straight from the journal, without coming into the Outbox. In memory and in the
 * snapshot they are three numbers, so that a window of many takes no more of a board's memory than one of a few, and
 * costs one round trip.
 *
 * They are the first in the journal, and have Packet Identifiers that follow one another. A connection that ends before
 * they are acknowledged leaves them in flight there. What is learned from it (`ConnectionEnd`) concerns the first of
 * them, which comes into the Outbox; while a message is suspected, all others do too (`Backlog.take`).
 *
 * A board reads `assign`, `next`, `settle` and `parted` from files of their own.
 */
import * as Result from "effect/Result"
import { type FlightInPlace, flightInPlace, newFlight, noFlight, withFlightInPlace } from "../delivery/flightInPlace.ts"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as Session from "../delivery/Session.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { Bytes } from "../bytes/Bytes.ts"
import type { Reader } from "../state/Journal.ts"
import { isKnown } from "../time/known.ts"
import type { Attempt } from "./Attempt.ts"
import { change, isOver, take } from "./Backlog.ts"
import { datedMessage } from "./dating.ts"
import { isCareful, type Wake } from "./Wake.ts"

/** PUBLISH packets in flight at once, with those of the Outbox. */
export const most = 16

/** So many of them are read and written at once: memory is short. */
export const atOnce = 3

/** A board's bundle may come without it. */
const dating: typeof datedMessage | undefined = datedMessage

/** These are in flight from the journal. */
const fly = (wake: Wake, flight: FlightInPlace): void =>
  change(wake, { session: withFlightInPlace(wake.state.session, flight) })

/**
 * Nothing is held back, no wake died of what it sent, and all in the Outbox goes before them. Nor is anything thinned
 * out, which what is in flight in place would be exempt from.
 */
const isUsual = (wake: Wake): boolean => {
  const { outbox: { entries }, session, suspects } = wake.state
  const { deepSleep, mqtt } = wake.config
  return deepSleep && mqtt.outbox.whenFull !== "thin_older" && suspects.length === 0 && wake.held.length === 0 &&
    !isCareful(wake) &&
    entries.every(({ id }) => Session.isInFlight(session, id))
}

/**
 * What is in the record is what is sent, now and again: it gets no time that it does not have yet. A server may be about
 * to tell it.
 */
const isFinal = ({ config, state }: Wake, now: number, record: Bytes): boolean => {
  if (dating === undefined) return true
  if (!isKnown(now)) return config.time.server === ""
  const message = JournalRecord.decode(record)
  return message.beside === "sent" || dating(state, message).payload === message.payload
}

/** How many of them can be sent in place at `now`, in milliseconds; up to `room`. */
const countOf = (wake: Wake, now: number, room: number, journal: Reader): number => {
  const { journal: from, journaled } = wake.state
  const most = Math.min(room, (wake.restsBefore ?? Infinity) - from)
  for (let count = 0;;) {
    const wanted = Math.min(atOnce, most - count)
    const part = journal.read(from + count, Math.max(0, wanted))
    if (Result.isFailure(part)) return count
    const { next, records } = part.success
    // Where some cannot be read, nobody knows which of them these are; nor which is the last, where none was looked up.
    if (next - from - count !== records.length || count + records.length > journaled) return count
    for (const record of records) {
      if (!isFinal(wake, now, record)) return count
      count++
    }
    if (records.length < atOnce) return count
  }
}

/** It is `now`, in milliseconds: the next of them get their Packet Identifiers, which are to be remembered. */
export const assign = (wake: Wake, now: number, journal: Reader): void => {
  wake.inPlace = undefined
  const { journal: from, journaled, outbox, session } = wake.state
  const before = flightInPlace(session)
  if (from === 0 || !isUsual(wake) || isOver(wake, now) || before && before.count > journaled) return
  if (before === undefined) {
    const count = countOf(wake, now, most - Outbox.size(outbox), journal)
    const { inFlight, lastIdentifier } = session
    const first = lastIdentifier + count > Session.maximumIdentifier ? 1 : lastIdentifier + 1
    const isTaken = inFlight.some((one) => one.packetIdentifier >= first && one.packetIdentifier < first + count)
    if (count <= 0 || isTaken) return
    change(wake, {
      session: { inFlight: inFlight.concat([newFlight(first, count)]), lastIdentifier: first + count - 1 }
    })
  }
  wake.inPlace = { acknowledged: [], early: [] }
}

/** The first `count` of them are done with, as if they had been in the Outbox. */
export const leave = (wake: Wake, count: number): void => {
  const { journal, journaled, outbox: { dropped, entries, lastId }, session } = wake.state
  const flight = flightInPlace(session)
  if (flight === undefined || count === 0) return
  const left = journaled - count
  change(wake, {
    outbox: { entries, lastId: lastId + count, dropped },
    journal: left > 0 ? journal + count : 0,
    journaled: left
  })
  fly(wake, { first: flight.first + count, count: flight.count - count, dup: flight.dup })
}

/** What `next` could not read: flash does not answer now, or some of it is damaged. */
const settleUnread = (wake: Wake, inPlace: NonNullable<Wake["inPlace"]>): void => {
  const isDamaged = inPlace.unread === "damaged"
  const { journal: from, session } = wake.state
  const written = (inPlace.written ?? from) - from
  const { dup, first } = flightInPlace(session) ?? noFlight
  // Flash may answer when those are through that were written; and what may have been sent keeps its identifier.
  if (isDamaged) fly(wake, { first, count: written, dup })
  inPlace.isWritten = isDamaged
  inPlace.unread = undefined
  if (written === 0) {
    wake.inPlace = undefined
    wake.isResting = !isDamaged
  }
}

/**
 * Takes the acknowledgements that have come for them, and what could not be read. Where none is left in flight,
 * `wake.inPlace` is undefined.
 */
export const settle = (attempt: Attempt): void => {
  const { wake } = attempt
  const { inPlace, state: { journal: from, session } } = wake
  if (inPlace === undefined) return
  const first = flightInPlace(session)?.first ?? 0
  const written = (inPlace.written ?? from) - from
  const early = inPlace.early.slice()
  for (const packetIdentifier of inPlace.acknowledged) {
    const at = packetIdentifier - first
    if (at < 0 || at >= written || early.indexOf(from + at) >= 0) {
      attempt.unexpected ??= { _tag: "Puback", packetIdentifier }
    } else {
      early.push(from + at)
      attempt.delivered++
    }
  }
  let done = 0
  while (early.indexOf(from + done) >= 0) done++
  wake.inPlace = {
    ...inPlace,
    acknowledged: [],
    early: early.filter((position) => position >= from + done)
  }
  leave(wake, done)
  if (inPlace.unread) settleUnread(wake, wake.inPlace)
  if (!flightInPlace(wake.state.session)) wake.inPlace = undefined
}

/**
 * The next few that were not yet written on this connection. They count as written; of the last `inPlace.isWritten`
 * says so. None: they cannot be read, which is to be settled.
 */
export const next = (wake: Wake, journal: Reader): Outgoing.Outgoing => {
  const { config: { mqtt }, inPlace, state: { journal: from, session } } = wake
  const flight = flightInPlace(session)
  let packets = Outgoing.none
  if (inPlace === undefined || flight === undefined) return packets
  const position = inPlace.written ?? from
  let packetIdentifier = flight.first + position - from
  const wanted = Math.min(atOnce, from + flight.count - position)
  const part = journal.read(position, wanted)
  const records = Result.isFailure(part) || part.success.next - position !== wanted ? [] : part.success.records
  if (records.length !== wanted) {
    inPlace.unread = Result.isFailure(part) ? "failing" : "damaged"
    return packets
  }
  for (const record of records) {
    const { payload, topic } = JournalRecord.decode(record)
    const name = mqtt.topicDataPrefix + "/" + topic
    packets = Outgoing.join(packets, Outgoing.publish(name, payload, flight.dup, packetIdentifier++))
  }
  inPlace.written = position + wanted
  inPlace.isWritten = position + wanted === from + flight.count
  return packets
}

/** The first in the journal comes into the Outbox. Gives its id; undefined: it cannot be read. */
const takeOne = (wake: Wake, journal: Reader): number | undefined => {
  const id = wake.state.outbox.lastId + 1
  return take(wake, 1, journal) && wake.state.outbox.lastId === id ? id : undefined
}

/** Those that were acknowledged before others, which no Server may do (MQTT-4.6.0-2), leave the Outbox. */
const leaveEarly = (wake: Wake, early: ReadonlyArray<number>, journal: Reader): void => {
  for (let position = wake.state.journal; early.some((one) => one >= position); position++) {
    const id = takeOne(wake, journal)
    if (id === undefined) return
    if (early.indexOf(position) < 0) continue
    const { outbox, session: { inFlight, lastIdentifier } } = wake.state
    const session = { inFlight: inFlight.filter(({ entry }) => entry !== id), lastIdentifier }
    change(wake, { outbox: Outbox.remove(outbox, id), session })
  }
}

/** The connection has ended. The first that it leaves unacknowledged comes into the Outbox. */
export const parted = (attempt: Attempt, journal: Reader): void => {
  const { wake } = attempt
  settle(attempt)
  const { inPlace, state: { journal: from, session } } = wake
  const flight = flightInPlace(session)
  wake.inPlace = undefined
  if (flight === undefined) return
  const written = inPlace?.written === undefined ? 0 : inPlace.written - from
  if (!flight.dup) fly(wake, written > 0 ? { first: flight.first, count: written, dup: true } : noFlight)
  leaveEarly(wake, inPlace?.early ?? [], journal)
  if (!attempt.accepted || written <= 0 || attempt.sent.length > 0 || !flightInPlace(wake.state.session)) return
  const id = takeOne(wake, journal)
  if (id !== undefined) attempt.sent = [id]
}
