/** The journal has no room for what was measured, or more is pending than the capacity allows (`Backlog`). */
import * as Outbox from "../delivery/Outbox.ts"
import type { Reader, Sheets } from "../state/Journal.ts"
import * as Backlog from "./Backlog.ts"
import * as Eviction from "./Eviction.ts"
import { thin } from "./thin.ts"
import type { Wake } from "./Wake.ts"

/** A board's bundle may come without it. */
const thinning: typeof thin | undefined = thin

/**
 * All before position `upTo` comes into the Outbox, and what then has no room there gives way. The snapshot is to be
 * written. With `thin_older` what lies in the journal is thinned out, if it can be.
 */
export const makeRoom = (wake: Wake, upTo: number, journal: Reader, sheets: Sheets): void => {
  if (thinning !== undefined && wake.config.mqtt.outbox.whenFull === "thin_older") {
    if (thinning(wake, upTo, journal, sheets)) return
  }
  // Beside what is held back there are more in it than usual, which need not give way.
  const size = Math.max(Outbox.maxEntries, Outbox.size(wake.state.outbox))
  const capacity = Math.min(size, wake.config.mqtt.outbox.capacity)
  while (wake.state.journal > 0 && wake.state.journal < upTo) {
    if (!Backlog.take(wake, Math.min(Backlog.few, upTo - wake.state.journal), journal)) {
      wake.isStuck = true
      return
    }
    Eviction.evictTo(wake, capacity)
  }
}
