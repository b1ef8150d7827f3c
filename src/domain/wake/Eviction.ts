/**
 * What gives way where the Outbox holds all that it may, and more is owed (`Backlog`). Rare, so a board keeps it in a
 * file of its own.
 */
import * as Outbox from "../delivery/Outbox.ts"
import * as Session from "../delivery/Session.ts"
import { patch } from "../state/patch.ts"
import * as Held from "./Held.ts"
import * as Quarantine from "./Quarantine.ts"
import type { Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** Of as many messages as may be held back, so that others can pass. */
const maxHeld = Outbox.maxEntries >> 1

/** The Outbox without what was evicted, which gives back its Packet Identifiers, and is told. */
const without = (wake: Wake, evicted: ReadonlyArray<number>): void => {
  let { session } = wake.state
  const { dropped, entries, lastId } = wake.state.outbox
  for (const id of evicted) session = Session.release(session, id)
  const kept = entries.filter(({ id }) => evicted.indexOf(id) < 0)
  const outbox = { entries: kept, lastId, dropped: dropped + entries.length - kept.length }
  wake.state = patch(wake.state, { session, outbox })
  emitDropped(wake.emit, entries.length - kept.length)
}

/** The Outbox keeps so many messages. */
export const evictTo = (wake: Wake, capacity: number): void => {
  const { whenFull } = wake.config.mqtt.outbox
  without(wake, Outbox.evict(wake.state.outbox.entries.slice(), { capacity, whenFull }).map(({ id }) => id))
}

/** Of what is held back the oldest give way, apart from the suspects themselves. */
export const evictHeld = (wake: Wake, held: ReadonlyArray<number>): void => {
  const { suspects } = wake.state
  const others = held.filter((id) => suspects.every(([entry]) => entry !== id))
  const over = others.slice(0, Math.max(0, held.length - maxHeld))
  wake.held = wake.held.filter((id) => over.indexOf(id) < 0)
  without(wake, over)
}

/**
 * Where too much is held back for others to pass, only messages on which two connections have ended are; and where they
 * are several, the Server does not take the topic, and its oldest give way.
 */
export const loosen = (wake: Wake): void => {
  if (wake.held.length <= maxHeld) return
  const last = wake.state.suspects.filter(([, failures]) => failures >= Quarantine.lastFrom)
  if (last.length < 2) return Held.release(wake, 0)
  evictHeld(wake, wake.held)
}
