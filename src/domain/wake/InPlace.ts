/**
 * Messages that are sent in place: straight from the journal, without coming into the Outbox. In memory and in the
 * snapshot they are three numbers, so that a window of many takes no more of a board's memory than one of a few, and
 * costs one round trip.
 *
 * They are the first in the journal, and have Packet Identifiers that follow one another. A connection that ends before
 * they are acknowledged leaves them in flight there. What is learned from it (`ConnectionEnd`) concerns the first of
 * them, which comes into the Outbox; while a message is suspected, all others do too (`Backlog.take`).
 *
 * A board reads `assign`, `next` and `parted` from files of their own.
 */
import * as Result from "effect/Result"
import { type FlightInPlace, flightInPlace, noFlight, withFlightInPlace } from "../delivery/flightInPlace.ts"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as Session from "../delivery/Session.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { Bytes } from "../bytes/Bytes.ts"
import type { Reader } from "../state/Journal.ts"
import { isKnown } from "../time/known.ts"
import type { Attempt } from "./Attempt.ts"
import { change, few, rests, take } from "./Backlog.ts"
import { datedMessage } from "./dating.ts"
import { isCareful, type Wake } from "./Wake.ts"

/** PUBLISH packets in flight at once, with those of the Outbox. */
export const most = 16

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
  const part = journal.read(from, Math.min(room, (wake.restsBefore ?? Infinity) - from))
  if (Result.isFailure(part)) return 0
  const { next, records } = part.success
  // Where some cannot be read, nobody knows which of them these are; nor which is the last, where none was looked up.
  if (next - from !== records.length || records.length > journaled) return 0
  let count = 0
  while (count < records.length && isFinal(wake, now, records[count] as Bytes)) count++
  return count
}

/** It is `now`, in milliseconds: the next of them get their Packet Identifiers, which are to be remembered. */
export const assign = (wake: Wake, now: number, journal: Reader): void => {
  wake.inPlace = undefined
  const { journal: from, journaled, outbox, session } = wake.state
  const before = flightInPlace(session)
  if (from === 0 || rests(wake, now) || !isUsual(wake) || before && before.count > journaled) return
  if (before === undefined) {
    const count = countOf(wake, now, most - Outbox.size(outbox), journal)
    const { inFlight, lastIdentifier } = session
    const first = lastIdentifier + count > Session.maximumIdentifier ? 1 : lastIdentifier + 1
    const isTaken = inFlight.some((one) => one.packetIdentifier >= first && one.packetIdentifier < first + count)
    if (count <= 0 || isTaken) return
    change(wake, { session: { inFlight, lastIdentifier: first + count - 1 } })
    fly(wake, { first, count, dup: false })
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

/** Takes the acknowledgements that have come for them. */
const settle = (attempt: Attempt): void => {
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
}

/** As many from position `from` on, as packets; none where some of them are damaged; undefined: flash did not answer. */
const packetsOf = (wake: Wake, flight: FlightInPlace, from: number, wanted: number, journal: Reader) => {
  let packets = Outgoing.none
  const part = journal.read(from, wanted)
  if (Result.isFailure(part)) return undefined
  if (part.success.records.length < wanted || part.success.next - from !== wanted) return packets
  let packetIdentifier = flight.first + from - wake.state.journal
  for (const record of part.success.records) {
    const { payload, topic } = JournalRecord.decode(record)
    const name = wake.config.mqtt.topicDataPrefix + "/" + topic
    packets = Outgoing.join(packets, Outgoing.publish(name, payload, flight.dup, packetIdentifier))
    packetIdentifier++
  }
  return packets
}

/**
 * The next few that were not yet written on this connection, after the acknowledgements were taken that have come. They
 * count as written. None: all were; then, if `wake.inPlace` is undefined, none is in flight.
 */
export const next = (attempt: Attempt, journal: Reader): Outgoing.Outgoing => {
  const { wake } = attempt
  settle(attempt)
  const { inPlace, state: { journal: from, session } } = wake
  const flight = flightInPlace(session)
  if (inPlace === undefined || flight === undefined) {
    wake.inPlace = undefined
    return Outgoing.none
  }
  const position = inPlace.written ?? from
  const wanted = Math.min(few, from + flight.count - position)
  if (wanted <= 0) return Outgoing.none
  const packets = packetsOf(wake, flight, position, wanted, journal)
  if (packets !== undefined && !Outgoing.isNone(packets)) {
    inPlace.written = position + wanted
    return packets
  }
  // Flash may answer when those are through that were written; and what may have been sent keeps its identifier.
  if (packets !== undefined) fly(wake, { ...flight, count: position - from })
  if (position === from) {
    wake.inPlace = undefined
    wake.isResting = packets === undefined
  }
  return Outgoing.none
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
