/**
 * No wake of a device that sleeps is longer than `awake_timeout`, whatever the world does, and the time for which a command keeps it awake.
 */
import type { Checker } from "../life/Checker.ts"

export const awakeTime: Checker = {
  name: "awake time",
  promise: "a wake ends within awake_timeout",
  begin: (config) => {
    let since: number | undefined
    let allowed = config.awakeTimeout * 1_000
    return (seen, { now }) => {
      if (seen._tag === "Began") {
        since = now.at
        allowed = config.awakeTimeout * 1_000
      }
      // Each command that comes meanwhile may make it longer; at its end the Server may be slow once more.
      if (seen._tag === "Emitted" && seen.event._tag === "Command" && seen.event.command === "stay_awake") {
        allowed = Math.max(allowed, now.at - (since ?? now.at) + (seen.event.seconds ?? 0) * 1_000) +
          config.awakeTimeout * 1_000
      }
      if (since === undefined || !config.deepSleep) return undefined
      const awake = now.at - since
      if (awake > allowed) {
        return "awake for " + awake / 1_000 + " s, where " + allowed / 1_000 + " s are allowed"
      }
      if (seen._tag === "Slept" || seen._tag === "PowerCut") since = undefined
      return undefined
    }
  }
}
