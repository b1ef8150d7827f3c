/** What was measured goes where there is room for it (`Backlog`). */
import * as Result from "effect/Result"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as DeviceState from "../state/DeviceState.ts"
import type { Appender } from "../state/Journal.ts"
import { overtaken } from "../state/overtaken.ts"
import { change, few } from "./Backlog.ts"
import { datedMessage } from "./dating.ts"
import * as Eviction from "./Eviction.ts"
import * as Journaled from "./Journaled.ts"
import * as Quarantine from "./Quarantine.ts"
import type { Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** A board's bundle may come without it. */
const dating: typeof datedMessage | undefined = datedMessage

/** True: there is a journal. Its beginning comes into Storage with all else that the wake changes. */
const begin = (wake: Wake, journal: Appender): boolean => {
  if (wake.isUnsaved) return false
  if (wake.state.journal > 0) return true
  const first = journal.end()
  // Flash that did not answer once may do so now.
  const end = Result.isFailure(first) ? journal.end() : first
  if (Result.isFailure(end)) {
    wake.emit({ _tag: "NotSaved", reason: end.failure.message })
    return false
  }
  change(wake, { journal: end.success, journaled: 0 })
  return true
}

/** A new message gives way. */
const refuse = (wake: Wake): number => {
  wake.state = overtaken(wake.state)
  const { dropped, entries, lastId } = wake.state.outbox
  change(wake, { outbox: { entries, lastId: lastId + 1, dropped: dropped + 1 } })
  emitDropped(wake.emit, 1)
  return 1
}

/**
 * One message goes to the end of the journal, or gives way: a positive number. 0: neither could be done. Negative: all
 * before that position, as a positive one, must be done with first.
 */
export const put = (
  wake: Wake,
  message: Outbox.Message,
  beside: JournalRecord.Beside | undefined,
  journal: Appender
): number => {
  const { bytes, capacity, whenFull } = wake.config.mqtt.outbox
  const isRefusing = whenFull === "drop_newest"
  if (isRefusing && DeviceState.pending(wake.state) >= capacity) return refuse(wake)
  if (!begin(wake, journal)) return 0
  const from = wake.state.journal
  const appended = journal.append(JournalRecord.encode(message, beside), from, bytes)
  if (Result.isFailure(appended)) {
    wake.emit({ _tag: "NotSaved", reason: appended.failure.message })
    return 0
  }
  const position = appended.success
  if (position < 0) return isRefusing ? refuse(wake) : position
  change(wake, { journaled: position + 1 - from })
  return position
}

/**
 * How many stay where nothing is in the journal yet: all of one wake, as far as there is memory for them; all that have
 * room, where the Server may not take some of them.
 */
const leastOf = ({ config: { mqtt: { outbox }, sensors }, state: { suspects } }: Wake): number =>
  outbox.capacity <= Outbox.maxEntries || suspects.length > 0 ? Outbox.maxEntries
    : Math.min(Outbox.maxEntries, sensors.length * Outbox.fewEntries)

/** New entries that have no place in the snapshot. They are taken out, and their ids are free. */
const takeOut = (wake: Wake): ReadonlyArray<Outbox.Entry> => {
  const { outbox: { dropped, entries }, journal, session } = wake.state
  const isPlaced = ({ id }: Outbox.Entry): boolean =>
    id <= (wake.placed ?? 0) || session.inFlight.some(({ entry }) => entry === id)
  let first = entries.length
  const least = journal > 0 ? 0 : leastOf(wake)
  while (first > least && !isPlaced(entries[first - 1] as Outbox.Entry)) first--
  const rest = entries.slice(first)
  const [oldest] = rest
  if (oldest) change(wake, { outbox: { entries: entries.slice(0, first), lastId: oldest.id - 1, dropped } })
  return rest
}

/** What the journal has not taken stays in the Outbox while there is room; but nothing overtakes what is in the journal. */
const putBack = (wake: Wake, rest: ReadonlyArray<Outbox.Entry>): void => {
  if (wake.state.journal > 0) {
    for (let left = rest.length; left > 0; left--) refuse(wake)
    return
  }
  change(wake, { outbox: Outbox.add(wake.state.outbox, rest.map(({ payload, topic }) => ({ topic, payload }))) })
  Eviction.evictTo(wake, Outbox.maxEntries)
}

/** The last wake reached the Server, and connections have ended on one message again and again. */
const isForbidden = ({ state }: Wake): boolean =>
  state.reconnect.attemptCount < 2 && state.suspects.some(([, failures]) => failures >= Quarantine.lastFrom)

/** Before anything has gone to the journal. */
const evict = (wake: Wake): void => {
  const { capacity } = wake.config.mqtt.outbox
  if (capacity <= Outbox.maxEntries) Eviction.evictTo(wake, capacity)
  // The Server takes other messages, so no outage fills the Outbox: what it does not take must not lie before them.
  else if (Outbox.size(wake.state.outbox) > Outbox.maxEntries && isForbidden(wake)) {
    Eviction.evictHeld(wake, Quarantine.held(wake.state))
  }
}

/** It is from before the clock was lost, and came out of the journal once. */
const isTimeLost = ({ state: { clock } }: Wake, { id }: Outbox.Entry): boolean =>
  clock !== undefined && id <= clock.lost

/** These messages have their place. What they are short of: see `spill`. */
const putAll = (wake: Wake, rest: ReadonlyArray<Outbox.Entry>, journal: Appender): number => {
  const { outbox: { dropped } } = wake.state
  const beside = rest.length > 0 && Journaled.isNew(wake) ? Journaled.times(wake.state) : undefined
  const isInRecord = beside !== undefined && Journaled.isKept(wake)
  let index = 0
  for (const entry of rest) {
    // The times in each of them: the power may be cut before the next.
    const position = put(wake, dating !== undefined && !isTimeLost(wake, entry) ? dating(wake.state, entry) : entry,
      beside, journal)
    if (position < 0 && !wake.isStuck) {
      wake.unplaced = rest.slice(index)
      return -position
    }
    if (position <= 0) {
      putBack(wake, rest.slice(index))
      return 0
    }
    index++
  }
  if (isInRecord && wake.state.outbox.dropped === dropped) Journaled.keep(wake)
  return 0
}

/**
 * What was measured goes where there is room for it. 0: all of it has its place. Else `makeRoom` is to be called for
 * that position, and then this again.
 *
 * What Storage knows to be in the journal must not be written over, so a snapshot that is not saved is to be saved before.
 */
export const spill = (wake: Wake, journal: Appender): number => {
  if (wake.unplaced === undefined) {
    wake.isStuck = false
    if (wake.state.journal === 0) evict(wake)
  }
  const rest = wake.unplaced ?? takeOut(wake)
  wake.unplaced = undefined
  const upTo = putAll(wake, rest, journal)
  if (upTo > 0) return upTo
  const { entries } = wake.state.outbox
  // Several at once: each time costs a snapshot. Not all, for some may be missing.
  const over = entries.length + wake.state.journaled - wake.config.mqtt.outbox.capacity
  if (wake.state.journal > 0 && over >= Outbox.maxEntries && !wake.isStuck) {
    wake.unplaced = []
    return wake.state.journal + over - few
  }
  Journaled.known(wake)
  wake.placed = wake.state.outbox.lastId
  return 0
}
