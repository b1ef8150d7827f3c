/** A board sleeps for as long as its configuration says at most, and then wakes. */
import type { Checker } from "../Checker.ts"
import { events } from "../ObservedState.ts"

export const sleeps: Checker = {
  name: "deep sleep",
  promise: "no sleep is longer than the interval",
  begin: () => (wake) => {
    const { after, before, ended } = wake
    if (ended.end !== "slept" || !before.config.deepSleep || events(wake, "NotSaved").length > 0) return undefined
    const set = Math.max(before.state?.commands?.[0] ?? 0, after.state?.commands?.[0] ?? 0)
    const longest = Math.max(before.config.publishInterval, after.config.publishInterval, set) * 1_000
    return ended.sleptMillis >= 0 && ended.sleptMillis <= longest ? undefined
      : "it sleeps for " + ended.sleptMillis / 1_000 + " s"
  }
}
