/** No wake of a board that sleeps lasts longer than `awake_timeout`, and what a command asks for, whatever the world does. */
import type { Checker } from "../Checker.ts"
import { events } from "../ObservedState.ts"

/**
 * Time for what is stored after the limit; and for a machine that does not run the process, which is no board that
 * stays awake. Milliseconds.
 */
const slackMillis = 15_000

export const awakeTime: Checker = {
  name: "awake time",
  promise: "a wake ends within awake_timeout",
  begin: () => (wake) => {
    const { before, ended } = wake
    if (!before.config.deepSleep || ended.end === "cut") return undefined
    const staying = events(wake, "Staying").reduce((sum, { millis }) => sum + millis, 0)
    const bound = before.config.awakeTimeout * 1_000 + staying + slackMillis
    return ended.awakeMillis <= bound ? undefined
      : "awake for " + Math.round(ended.awakeMillis / 1_000) + " s, awake_timeout is " + before.config.awakeTimeout +
        " s"
  }
}
