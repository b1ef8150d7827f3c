/**
 * What is pending and has no room in the snapshot lies in the journal (ports/Journal), behind the Outbox's entries.
 *
 * The snapshot says where the first of it lies. So one write moves messages out of the journal and into the snapshot:
 * no power cut loses or doubles one. What is measured while there is anything in the journal goes to its end, which
 * writes one record and no snapshot.
 *
 * Here is what its steps share: `lookUp` as a wake begins, `spill` when its sensors are read, `refill` when all else is
 * acknowledged, and the rare `makeRoom` and `loosen`. A board reads each from a file of its own when it comes to it.
 */
import * as Result from "effect/Result"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import type * as DeviceState from "../state/DeviceState.ts"
import { flightInPlace, type FlightInPlace, noFlight, withFlightInPlace } from "../delivery/flightInPlace.ts"
import type * as Session from "../delivery/Session.ts"
import type { Reader } from "../state/Journal.ts"
import { patch } from "../state/patch.ts"
import * as Held from "./Held.ts"
import type { Wake } from "./Wake.ts"

/** Messages that are taken out of the journal at once where memory is short. */
export const few = 4

export const change = (wake: Pick<Wake, "state">, fields: Partial<DeviceState.DeviceState>): void => {
  wake.state = patch(wake.state, fields)
}

export const lost = (wake: Pick<Wake, "emit">, reason: string): void =>
  wake.emit({ _tag: "MemoryLost", what: "journal", reason })

/** Whether the time of this wake for what lies in the journal is over at `now`, in milliseconds. */
export const isOver = (wake: Wake, now: number): boolean => {
  const passed = now - (wake.clockMoved ?? 0)
  wake.restsAt ??= passed + wake.config.awakeTimeout * 500
  if (passed >= wake.restsAt) wake.isResting = true
  return wake.isResting === true
}

/** Whether nothing comes out of the journal now, at `now` milliseconds, or later in this wake. */
export const rests = (wake: Wake, now: number): boolean => {
  const { attemptCount } = wake.state.reconnect
  // A try that asks for the configuration finds what mends it first (`Held.begin`).
  const isHeld = wake.held.some((id) => Outbox.find(wake.state.outbox, id) !== undefined)
  if (isHeld && attemptCount >= Held.configurationFirst && attemptCount % 2 === 1) wake.isResting = true
  return isOver(wake, now)
}

/** Nothing up to this entry is dated any more: its bytes stay as they were sent, on another connection. */
const asSent = (wake: Wake, id: number): void => {
  const { clock } = wake.state
  if (clock !== undefined && clock.lost < id) change(wake, { clock: { ...clock, lost: id } })
}

/** The first of what is in flight in place, which come into the Outbox, are in flight as its entries are. */
const takeFlight = (wake: Wake, { count, dup, first }: FlightInPlace, most: number, isLast: boolean): void => {
  const { outbox: { lastId }, session } = wake.state
  const taken = Math.min(count, most)
  const more: Array<Session.InFlight> = []
  for (let index = 0; index < taken; index++) {
    more.push({ packetIdentifier: first + index, entry: lastId + 1 + index, dup })
  }
  const rest = most > 0 && !isLast ? { first: first + taken, count: count - taken, dup } : noFlight
  const { inFlight, lastIdentifier } = withFlightInPlace(session, rest)
  change(wake, { session: { inFlight: inFlight.concat(more), lastIdentifier } })
}

/** Up to `most` messages come from the journal into the Outbox. False: it could not be read. */
export const take = (wake: Wake, most: number, journal: Reader): boolean => {
  const { journal: from, journaled, outbox: { dropped, entries, lastId } } = wake.state
  const part = journal.read(from, most)
  if (Result.isFailure(part)) {
    lost(wake, part.failure.message)
    return false
  }
  const { next, records } = part.success
  let lastSent = 0
  const more = records.map((record, index) => {
    const { beside, payload, topic } = JournalRecord.decode(record)
    const id = lastId + 1 + index
    if (beside === "sent") lastSent = id
    return { id, topic, payload }
  })
  const isLast = records.length < most || next - from === journaled
  const gone = isLast ? journaled : next - from
  // Where some of those in flight cannot be read, nobody knows which of them the others are.
  const flight = flightInPlace(wake.state.session)
  if (flight) takeFlight(wake, flight, next - from === records.length ? records.length : 0, isLast)
  change(wake, {
    outbox: { entries: entries.concat(more), lastId: lastId + more.length, dropped },
    journal: isLast ? 0 : next,
    journaled: Math.max(0, journaled - gone)
  })
  if (lastSent > 0) asSent(wake, lastSent)
  if (gone > records.length) lost(wake, (gone - records.length) + " of the messages in it cannot be read")
  return true
}
