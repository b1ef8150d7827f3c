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
    // What a command asks for last, in milliseconds: a clock that is set back makes it up to twice as long.
    let stay = 0
    let last = 0
    return (seen, { now }) => {
      const ahead = now.clock - now.at
      allowed += Math.min(stay, Math.max(0, last - ahead))
      last = ahead
      if (seen._tag === "Began") {
        since = now.at
        allowed = config.awakeTimeout * 1_000
        stay = 0
      }
      // Each command that comes meanwhile may make it longer; at its end the Server may be slow once more.
      if (seen._tag === "Emitted" && seen.event._tag === "Command" && seen.event.command === "stay_awake") {
        stay = (seen.event.seconds ?? 0) * 1_000
        allowed = Math.max(allowed, now.at - (since ?? now.at) + stay) +
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
