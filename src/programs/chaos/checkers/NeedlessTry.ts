/**
 * With `send_interval` a wake turns on the radio only where it has to: because the interval is over, because of what is
 * pending, or because the reconnect policy, an update or a flash that fails wants a try.
 */
import type { Checker } from "../life/Checker.ts"
import * as Sending from "../life/Sending.ts"

export const needlessTry: Checker = {
  name: "needless try",
  promise: "with send_interval the radio is never on in a wake that need not send",
  begin: (config) => {
    return Sending.checking(config, (past, seen, facts) => {
      if (seen._tag !== "RadioOn" && seen._tag !== "Joining" || past.hasTried || past.isFree) return undefined
      const early = (past.interval - Sending.intervalOf(facts) * Sending.tolerance) * 1_000
      const elapsed = Sending.elapsed(past)
      if (
        elapsed === undefined || elapsed[1] >= early || Sending.reason(past, facts, Sending.atMost(facts)) !== undefined
      ) {
        return undefined
      }
      return "turned on " + elapsed[1] / 1_000 + " s after the last try, with " + facts.ledger.pending.size +
        " messages pending"
    })
  }
}
