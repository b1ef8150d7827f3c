/**
 * With `send_interval` nothing pending is kept back longer than that, nor more of it than an interval has, whatever
 * happens to the clock; and nothing that is to go out before. After a try in vain the reconnect policy says when.
 */
import type { Checker } from "../life/Checker.ts"
import * as Sending from "../life/Sending.ts"

export const withheld: Checker = {
  name: "withheld",
  promise: "nothing pending waits longer than send_interval, and the reconnect policy's wait after a try in vain",
  begin: (config) => {
    return Sending.checking(config, (past, seen, facts) => {
      if (seen._tag !== "Slept" || past.hasTried || past.isFree || facts.ledger.pending.size === 0) return undefined
      const [least = 0] = Sending.elapsed(past) ?? []
      const late = least < past.interval * 1_000 ? undefined
        : "something was pending " + least / 1_000 + " s after the last try"
      const reason = Sending.reason(past, facts) ?? late
      return reason === undefined ? undefined : reason + ", and the device slept without a try"
    })
  }
}
