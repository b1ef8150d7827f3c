/** So much is held back that little else has room beside it (`Backlog`). */
import * as Outbox from "../delivery/Outbox.ts"
import type { Appender } from "../state/Journal.ts"
import { rests } from "./Backlog.ts"
import * as Eviction from "./Eviction.ts"
import * as Held from "./Held.ts"
import { put } from "./spill.ts"
import type { Wake } from "./Wake.ts"

/**
 * Only messages on which two connections have ended are held back, and the oldest of them go to the journal's end; they
 * give way where it has no room. It is `now`, in milliseconds.
 */
export const loosen = (wake: Wake, now: number, journal: Appender): void => {
  if (rests(wake, now)) return
  Held.release(wake, 0)
  while (wake.held.length > Outbox.maxEntries) {
    const id = wake.held[0] as number
    const entry = Outbox.find(wake.state.outbox, id)
    const position = entry ? put(wake, entry, "sent", journal) : 1
    if (position === 0) return
    wake.held = wake.held.slice(1)
    wake.restsBefore ??= wake.state.journal + wake.state.journaled - 1
    if (position < 0) Eviction.drop(wake, [id])
    else Eviction.remove(wake, [id])
  }
}
