/**
 * No wake of a device that sleeps is longer than `awake_timeout`, whatever the world does.
 */
import type { Checker } from "../life/Checker.ts"

export const awakeTime: Checker = {
  name: "awake time",
  promise: "a wake ends within awake_timeout",
  begin: (config) => {
    let since: number | undefined
    return (seen, { now }) => {
      if (seen._tag === "Began") since = now.at
      if (since === undefined || !config.deepSleep) return undefined
      const awake = now.at - since
      if (awake > config.awakeTimeout * 1_000) {
        return "awake for " + awake / 1_000 + " s, awake_timeout is " + config.awakeTimeout + " s"
      }
      if (seen._tag === "Slept" || seen._tag === "PowerCut") since = undefined
      return undefined
    }
  }
}
