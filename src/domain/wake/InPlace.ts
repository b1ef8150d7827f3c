/**
 * Messages that are sent in place: straight from the journal, without coming into the Outbox. In memory and in the
 * snapshot they are three numbers, so that a window of many takes no more of a board's memory than one of a few, and
 * costs one round trip.
 *
 * They are the first in the journal, and have Packet Identifiers that follow one another. A connection that ends before
 * they are acknowledged leaves them in flight there. What is learned from it (`ConnectionEnd`) concerns the first of
 * them, which comes into the Outbox; while a message is suspected, all others do too (`Backlog.take`).
 */
import * as Result from "effect/Result"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as Session from "../delivery/Session.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { Bytes } from "../bytes/Bytes.ts"
import { inPlaceOf, noneInPlace } from "../state/inPlace.ts"
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

/** Nothing is held back, no wake died of what it sent, and all in the Outbox goes before them. */
const isUsual = (wake: Wake): boolean => {
  const { outbox: { entries }, session: { inFlight }, suspects } = wake.state
  return wake.config.deepSleep && suspects.length === 0 && wake.held.length === 0 && !isCareful(wake) &&
    entries.every(({ id }) => inFlight.some(({ entry }) => entry === id))
}

/** What is in the record is what is sent, now and again: it gets no time that it does not have yet. */
const isFinal = ({ state }: Wake, now: number, record: Bytes): boolean => {
  if (dating === undefined || !isKnown(now)) return true
  const message = JournalRecord.decode(record)
  return message.beside === "sent" || dating(state, message).payload === message.payload
}

/** How many of them can be sent in place at `now`, in milliseconds; up to `room`. */
const countOf = (wake: Wake, now: number, room: number, journal: Reader): number => {
  const { journal: from } = wake.state
  const part = journal.read(from, Math.min(room, (wake.restsBefore ?? Infinity) - from))
  if (Result.isFailure(part)) return 0
  const { next, records } = part.success
  // Where some cannot be read, nobody knows which of them these are.
  if (next - from !== records.length) return 0
  let count = 0
  while (count < records.length && isFinal(wake, now, records[count] as Bytes)) count++
  return count
}

/** It is `now`, in milliseconds: the next of them get their Packet Identifiers, which are to be remembered. */
export const assign = (wake: Wake, now: number, journal: Reader): void => {
  const { journaled, outbox, session } = wake.state
  const before = inPlaceOf(wake.state)
  // Where it could not be looked up how many there are, none is sent in place: the last of them would not be known.
  wake.isInPlace = isUsual(wake) && before !== undefined && before[1] <= journaled
  const pending = Outbox.size(outbox)
  if (before !== undefined || !isUsual(wake) || rests(wake, now)) return
  const count = countOf(wake, now, most - pending, journal)
  const { inFlight, lastIdentifier } = session
  const first = lastIdentifier + count > Session.maximumIdentifier ? 1 : lastIdentifier + 1
  const isTaken = inFlight.some(({ packetIdentifier }) => packetIdentifier >= first && packetIdentifier < first + count)
  if (count <= 0 || count > journaled || isTaken) return
  change(wake, { inPlace: [first, count, false], session: { inFlight, lastIdentifier: first + count - 1 } })
  wake.isInPlace = true
}

/** The first `count` of them are done with, as if they had been in the Outbox. */
export const leave = (wake: Wake, count: number): void => {
  const { journal, journaled, outbox: { dropped, entries, lastId } } = wake.state
  const inPlace = inPlaceOf(wake.state)
  if (inPlace === undefined || count === 0) return
  const [first, all, dup] = inPlace
  const left = journaled - count
  change(wake, {
    outbox: { entries, lastId: lastId + count, dropped },
    journal: left > 0 ? journal + count : 0,
    journaled: left,
    inPlace: all > count ? [first + count, all - count, dup] : noneInPlace
  })
}

/** Takes the acknowledgements that have come for them. */
const settle = (attempt: Attempt): void => {
  const { wake } = attempt
  const { journal: from } = wake.state
  const inPlace = inPlaceOf(wake.state)
  const written = (attempt.written ?? from) - from
  const early = attempt.early ?? []
  for (const packetIdentifier of attempt.acknowledged ?? []) {
    const at = packetIdentifier - (inPlace ? inPlace[0] : 0)
    if (inPlace === undefined || at < 0 || at >= written || early.indexOf(from + at) >= 0) {
      attempt.unexpected ??= { _tag: "Puback", packetIdentifier }
    } else {
      early.push(from + at)
      attempt.delivered++
    }
  }
  attempt.acknowledged = []
  let done = 0
  while (early.indexOf(from + done) >= 0) done++
  attempt.early = early.filter((position) => position >= from + done)
  leave(wake, done)
}

/**
 * The next few that were not yet written on this connection, after the acknowledgements were taken that have come. They
 * count as written. None: all were; then, if none is in flight, something else can be sent.
 */
export const next = (attempt: Attempt, journal: Reader): Outgoing.Outgoing => {
  const { wake } = attempt
  settle(attempt)
  const { journal: from } = wake.state
  const inPlace = inPlaceOf(wake.state)
  let packets = Outgoing.none
  if (inPlace === undefined) return packets
  const [first, count, dup] = inPlace
  const position = attempt.written ?? from
  const wanted = Math.min(few, from + count - position)
  const part = wanted > 0 ? journal.read(position, wanted) : undefined
  if (part === undefined) return packets
  const records = Result.isSuccess(part) && part.success.next - position === wanted ? part.success.records : []
  if (records.length < wanted) {
    // Those behind it find out what it is, when these are through.
    change(wake, { inPlace: position > from ? [first, position - from, dup] : noneInPlace })
    return packets
  }
  let packetIdentifier = first + position - from
  for (const record of records) {
    const { payload, topic } = JournalRecord.decode(record)
    const name = wake.config.mqtt.topicDataPrefix + "/" + topic
    packets = Outgoing.join(packets, Outgoing.publish(name, payload, dup, packetIdentifier))
    packetIdentifier++
  }
  attempt.written = position + wanted
  return packets
}

/** The first in the journal comes into the Outbox. Gives its id; undefined: it cannot be read. */
const takeOne = (wake: Wake, journal: Reader): number | undefined => {
  const id = wake.state.outbox.lastId + 1
  return take(wake, 1, journal) && wake.state.outbox.lastId === id ? id : undefined
}

/** Those that were acknowledged before others, which no Server may do (MQTT-4.6.0-2), leave the Outbox. */
const leaveEarly = ({ early = [], wake }: Attempt, journal: Reader): void => {
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
  const { journal: from } = wake.state
  const inPlace = inPlaceOf(wake.state)
  const written = attempt.written === undefined ? 0 : attempt.written - from
  wake.isInPlace = false
  if (inPlace === undefined) return
  const [first, count, dup] = inPlace
  const left = dup ? count : written
  change(wake, { inPlace: left > 0 ? [first, left, true] : noneInPlace })
  leaveEarly(attempt, journal)
  if (!attempt.accepted || written <= 0 || attempt.sent.length > 0 || !inPlaceOf(wake.state)) return
  const id = takeOne(wake, journal)
  if (id !== undefined) attempt.sent = [id]
}
