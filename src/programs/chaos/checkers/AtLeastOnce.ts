/**
 * Every reading that was taken reaches the Server or is still pending. It may leave the device's flash if the Server
 * has acknowledged it, or if it was evicted from a full Outbox and the device has reported this.
 */
import type { Checker } from "../life/Checker.ts"

export const atLeastOnce: Checker = {
  name: "at least once",
  promise: "a reading that was taken is delivered, or still pending, or reported as dropped or abandoned",
  begin: () => (seen, facts) => {
    const { vanished } = facts.ledger
    const reported = facts.dropped + facts.abandoned
    if (vanished.length > reported) {
      const names = vanished.slice(0, 3).map((one) => one.key).join(", ")
      return vanished.length + " pending and lost, " + reported + " reported as dropped or abandoned: " + names
    }
    if (seen._tag !== "Pulled") return undefined
    const false_ = [...facts.ledger.pending.values()].find((one) =>
      one.isAcknowledged && one.arrivals === 0 && !one.isDoubtful
    )
    return false_ === undefined ? undefined : "acknowledged and never arrived: " + false_.key
  }
}
