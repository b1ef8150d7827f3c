/**
 * What gives way where the Outbox holds all that it may, and more is pending (`Backlog`). Rare, so a board keeps it in a
 * file of its own.
 */
import * as Outbox from "../delivery/Outbox.ts"
import * as Session from "../delivery/Session.ts"
import { thinned } from "../delivery/thinned.ts"
import { patch } from "../state/patch.ts"
import type { Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** A board's bundle may come without it. */
const thinning: typeof thinned | undefined = thinned

/** Of as many messages as may be held back while the Server takes others. */
const maxHeld = Outbox.maxEntries >> 1

/** If more are held back, some go to the journal's end (`loosen`). */
export const crowded = Outbox.maxEntries + maxHeld

/** The Outbox without these, whose Packet Identifiers are given back. Gives how many there were. */
export const remove = (wake: Wake, ids: ReadonlyArray<number>): number => {
  let { session } = wake.state
  const { dropped, entries, lastId } = wake.state.outbox
  for (const id of ids) session = Session.release(session, id)
  const kept = entries.filter(({ id }) => ids.indexOf(id) < 0)
  wake.state = patch(wake.state, { session, outbox: { entries: kept, lastId, dropped } })
  return entries.length - kept.length
}

/** These give way, which is told. */
export const drop = (wake: Wake, evicted: ReadonlyArray<number>): void => {
  const count = remove(wake, evicted)
  const { dropped, entries, lastId } = wake.state.outbox
  wake.state = patch(wake.state, { outbox: { entries, lastId, dropped: dropped + count } })
  emitDropped(wake.emit, count)
}

/** It has a sensor's name before its own. */
const isReading = ({ topic }: Outbox.Entry): boolean => topic.indexOf("/") > 0

/**
 * The order in which they give way if no newer one of their topic is beside them: of readings newer ones lie in the
 * journal, and of an answer there is perhaps no other.
 */
const readingsFirst = (entries: ReadonlyArray<Outbox.Entry>): Array<Outbox.Entry> =>
  entries.filter(isReading).concat(entries.filter((entry) => !isReading(entry)))

/** The Outbox keeps so many messages. */
export const evictTo = (wake: Wake, capacity: number): void => {
  const { held, state: { outbox: { entries }, session } } = wake
  const { whenFull } = wake.config.mqtt.outbox
  if (thinning !== undefined && whenFull === "thin_older") {
    const isFixed = (id: number): boolean => held.indexOf(id) >= 0 || Session.isInFlight(session, id)
    return drop(wake, thinning(entries, capacity, isFixed))
  }
  const all = whenFull === "keep_newest_per_topic" && wake.state.journal > 0 ? readingsFirst(entries) : entries.slice()
  drop(wake, Outbox.evict(all, { capacity, whenFull }).map(({ id }) => id))
}

/** Of what is held back the oldest give way, apart from the suspects themselves. */
export const evictHeld = (wake: Wake, held: ReadonlyArray<number>): void => {
  const { suspects } = wake.state
  const others = held.filter((id) => suspects.every(([entry]) => entry !== id))
  const over = others.slice(0, Math.max(0, held.length - maxHeld))
  wake.held = wake.held.filter((id) => over.indexOf(id) < 0)
  drop(wake, over)
}
