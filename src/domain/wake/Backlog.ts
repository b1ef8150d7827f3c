/**
 * What is pending and has no room in the snapshot lies in the journal (ports/Journal), behind the Outbox's entries.
 *
 * The snapshot says where the first of it lies. So one write moves messages out of the journal and into the snapshot:
 * no power cut loses or doubles one. What is measured while there is anything in the journal goes to its end, which
 * writes one record and no snapshot. Rare, so a board keeps it in a file of its own.
 */
import * as Result from "effect/Result"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as DeviceState from "../state/DeviceState.ts"
import type { Journal } from "../state/Journal.ts"
import { patch } from "../state/patch.ts"
import * as Eviction from "./Eviction.ts"
import * as Held from "./Held.ts"
import * as Journaled from "./Journaled.ts"
import { datedMessage } from "./dating.ts"
import * as Quarantine from "./Quarantine.ts"
import type { Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** What of the platform is needed. */
export interface Access {
  readonly journal: Journal
  /** Writes the snapshot, if it has changed. False: Storage has not taken it. */
  readonly save: () => boolean
}

/** A board's bundle may come without it. */
const dating: typeof datedMessage | undefined = datedMessage

/** Messages that are taken out of the journal at once where memory is short. */
const few = 5

const change = (wake: Wake, fields: Partial<DeviceState.DeviceState>): void => {
  wake.state = patch(wake.state, fields)
}

const lost = (wake: Wake, reason: string): void => wake.emit({ _tag: "MemoryLost", what: "journal", reason })

/** Nothing up to this entry is dated any more: its bytes stay as they were sent, on another connection. */
const asSent = (wake: Wake, id: number): void => {
  const { clock } = wake.state
  if (clock !== undefined && clock.lost < id) change(wake, { clock: { ...clock, lost: id } })
}

/** Up to `most` messages come from the journal into the Outbox. False: it could not be read. */
const take = (wake: Wake, most: number, { journal }: Access): boolean => {
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
  change(wake, {
    outbox: { entries: entries.concat(more), lastId: lastId + more.length, dropped },
    journal: isLast ? 0 : next,
    journaled: Math.max(0, journaled - gone)
  })
  if (lastSent > 0) asSent(wake, lastSent)
  if (gone > records.length) lost(wake, (gone - records.length) + " of the messages in it cannot be read")
  return true
}

/** All before position `upTo` comes into the Outbox, and what then has no room there gives way. False: it cannot. */
const makeRoom = (wake: Wake, upTo: number, access: Access): boolean => {
  const capacity = Math.min(Outbox.maxEntries, wake.config.mqtt.outbox.capacity)
  while (wake.state.journal > 0 && wake.state.journal < upTo) {
    if (!take(wake, Math.min(few, upTo - wake.state.journal), access)) return false
    Eviction.evictTo(wake, capacity)
  }
  return true
}

/** True: there is a journal. Its beginning comes into Storage with all else that the wake changes. */
const begin = (wake: Wake, { journal }: Access): boolean => {
  if (wake.isUnsaved) return false
  if (wake.state.journal > 0) return true
  const end = journal.end()
  if (Result.isFailure(end)) {
    wake.emit({ _tag: "NotSaved", reason: end.failure.message })
    return false
  }
  change(wake, { journal: end.success, journaled: 0 })
  return true
}

/** A new message gives way. */
const refuse = (wake: Wake): boolean => {
  const { dropped, entries, lastId } = wake.state.outbox
  change(wake, { outbox: { entries, lastId, dropped: dropped + 1 } })
  emitDropped(wake.emit, 1)
  return true
}

/** One message goes to the end of the journal, or gives way. False: neither could be done. */
const put = (
  wake: Wake,
  message: Outbox.Message,
  beside: JournalRecord.Beside | undefined,
  access: Access
): boolean => {
  const { bytes, capacity, whenFull } = wake.config.mqtt.outbox
  const isRefusing = whenFull === "drop_newest"
  if (isRefusing && DeviceState.pending(wake.state) >= capacity) return refuse(wake)
  const record = JournalRecord.encode(message, beside)
  while (begin(wake, access)) {
    const from = wake.state.journal
    const appended = access.journal.append(record, from, bytes)
    if (Result.isFailure(appended)) {
      wake.emit({ _tag: "NotSaved", reason: appended.failure.message })
      return false
    }
    const position = appended.success
    if (position > 0) {
      change(wake, { journaled: position + 1 - from })
      return true
    }
    if (isRefusing) return refuse(wake)
    if (!makeRoom(wake, -position, access) || !access.save()) return false
  }
  return false
}

/** New entries that have no place in the snapshot. They are taken out, and their ids are free. */
const takeOut = (wake: Wake): ReadonlyArray<Outbox.Entry> => {
  const { outbox: { dropped, entries }, journal, session } = wake.state
  const isPlaced = ({ id }: Outbox.Entry): boolean =>
    id <= (wake.placed ?? 0) || session.inFlight.some(({ entry }) => entry === id)
  let first = entries.length
  const least = journal > 0 ? 0 : Outbox.maxEntries
  while (first > least && !isPlaced(entries[first - 1] as Outbox.Entry)) first--
  const rest = entries.slice(first)
  const [oldest] = rest
  if (oldest) change(wake, { outbox: { entries: entries.slice(0, first), lastId: oldest.id - 1, dropped } })
  return rest
}

/** What the journal has not taken stays in the Outbox while there is room; but nothing overtakes what is in the journal. */
const putBack = (wake: Wake, rest: ReadonlyArray<Outbox.Entry>): void => {
  if (wake.state.journal > 0) return rest.forEach(() => refuse(wake))
  const { dropped, entries, lastId } = wake.state.outbox
  const back = rest.map(({ payload, topic }, index) => ({ id: lastId + 1 + index, topic, payload }))
  change(wake, { outbox: { entries: entries.concat(back), lastId: lastId + back.length, dropped } })
  Eviction.evictTo(wake, Outbox.maxEntries)
}

/** The last wake reached the Server, and connections have ended on one message again and again. */
const isForbidden = ({ state }: Wake): boolean =>
  state.reconnect.attemptCount < 2 && state.suspects.some(([, failures]) => failures >= Quarantine.lastFrom)

/** What was measured goes where there is room for it. */
export const spill = (wake: Wake, access: Access): void => {
  const { capacity } = wake.config.mqtt.outbox
  if (wake.state.journal === 0) {
    if (capacity <= Outbox.maxEntries) Eviction.evictTo(wake, capacity)
    // The Server takes other messages, so no outage fills the Outbox: what it does not take must not lie before them.
    else if (isForbidden(wake)) Eviction.evictHeld(wake, Quarantine.held(wake.state))
  }
  // What Storage knows to be in the journal must not be written over. With all that is pending, for now.
  if (wake.isUnsaved) access.save()
  const rest = takeOut(wake)
  const { outbox: { dropped } } = wake.state
  const beside = rest.length > 0 && Journaled.isNew(wake) ? Journaled.times(wake.state) : undefined
  const isInRecord = beside !== undefined && Journaled.isKept(wake)
  let index = 0
  for (const entry of rest) {
    index++
    const message = dating ? dating(wake.state, entry) : entry
    // In each of them: the power may be cut before the next.
    if (put(wake, message, beside, access)) continue
    putBack(wake, rest.slice(index - 1))
    break
  }
  const { entries, lastId } = wake.state.outbox
  if (isInRecord && wake.state.outbox.dropped === dropped && lastId < (rest[0] as Outbox.Entry).id) Journaled.keep(wake)
  // Several at once: each time costs a snapshot. Not all, for some may be missing.
  const over = entries.length + wake.state.journaled - capacity
  if (wake.state.journal > 0 && over >= Outbox.maxEntries) makeRoom(wake, wake.state.journal + over - few, access)
  Journaled.known(wake)
  wake.placed = wake.state.outbox.lastId
}

/** Where too much is held back, only messages on which two connections have ended are: the oldest go to the journal's end. */
const loosen = (wake: Wake, access: Access): void => {
  if (wake.held.length > Eviction.maxHeld) Held.release(wake, 0)
  while (wake.held.length > Eviction.maxHeld) {
    const id = wake.held[0] as number
    const entry = Outbox.find(wake.state.outbox, id)
    wake.held = wake.held.slice(1)
    if (entry && !put(wake, entry, "sent", access)) return
    wake.restsBefore ??= wake.state.journal + wake.state.journaled - 1
    Eviction.remove(wake, [id])
  }
}

/** As many as there is room for come out of the journal. False: it could not be read. */
const fill = (wake: Wake, access: Access): boolean => {
  const { entries, lastId } = wake.state.outbox
  const left = (wake.restsBefore ?? Infinity) - wake.state.journal
  if (left <= 0) wake.isResting = true
  else if (entries.length < Outbox.maxEntries) {
    if (!take(wake, Math.min(left, Outbox.maxEntries - entries.length), access)) return false
  }
  // Where only messages are held back, and no topics, others of their topic pass.
  const { suspects } = wake.state
  const isTopic = wake.held.some((id) => !suspects.some(([entry, failures]) => entry === id && failures > 1))
  if (isTopic) Held.follow(wake, lastId)
  return true
}

const isAllHeld = ({ held, state }: Wake): boolean => state.journal > 0 && !state.outbox.entries[held.length]

/** What comes next out of the journal, when all else is acknowledged at `now` (milliseconds); it is to be remembered. */
export const refill = (wake: Wake, now: number, access: Access): void => {
  const { attemptCount } = wake.state.reconnect
  // A try that asks for the configuration finds what mends it first (`Held.begin`).
  const isHeld = wake.held.some((id) => Outbox.find(wake.state.outbox, id) !== undefined)
  const isFirst = isHeld && attemptCount >= Held.configurationFirst && attemptCount % 2 === 1
  wake.restsAt ??= now + wake.config.awakeTimeout * 500
  if (isFirst || now >= wake.restsAt) {
    wake.isResting = true
    return
  }
  // Until there is something that goes now.
  for (let isMore = true; isMore && !wake.isResting; isMore = isAllHeld(wake)) {
    loosen(wake, access)
    if (fill(wake, access)) continue
    wake.isResting = true
    wake.restsAt = 0
    break
  }
  wake.placed = wake.state.outbox.lastId
}

/** The last record that can be read, and is none that was sent before, has them, or else no later one has. */
const recallTimes = (wake: Wake, end: number, journal: Journal): void => {
  for (let position = end - 1; position >= wake.state.journal && position >= end - Outbox.maxEntries; position--) {
    const last = journal.read(position, 1)
    const record = Result.isSuccess(last) ? last.success.records[0] : undefined
    const beside = record && JournalRecord.decode(record).beside
    if (beside && beside !== "sent") return Journaled.recall(wake, beside)
  }
}

/** How much is in the journal, as a wake begins; and what of the state is only there. */
export const lookUp = (wake: Wake, { journal }: Access): void => {
  wake.placed = wake.state.outbox.lastId
  Journaled.known(wake)
  const { journal: from } = wake.state
  const end = journal.end()
  if (Result.isFailure(end)) return lost(wake, end.failure.message)
  const journaled = end.success - from
  if (journaled < 0) lost(wake, "nothing is left of it")
  if (journaled <= 0) return change(wake, { journal: 0 })
  change(wake, { journaled })
  if (wake.state.clock === undefined && wake.config.sensors.every(({ interval }) => interval === 0)) return
  recallTimes(wake, end.success, journal)
}
