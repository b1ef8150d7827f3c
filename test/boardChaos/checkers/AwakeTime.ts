/** No wake of a board that sleeps lasts longer than `awake_timeout`, whatever the world does. */
import { machineMillis } from "../Board.ts"
import type { Checker } from "../Checker.ts"

export const awakeTime: Checker = {
  name: "awake time",
  promise: "a wake ends within awake_timeout",
  begin: () => ({ before, ended, speed }) => {
    if (!before.config.deepSleep || ended.end === "cut") return undefined
    // A process that this machine does not let run is no board that stays awake.
    const bound = before.config.awakeTimeout * 1_000 + machineMillis * speed
    return ended.awakeMillis <= bound ? undefined : "awake for " + Math.round(ended.awakeMillis / 1_000) + " s, awake_timeout is " + before.config.awakeTimeout + " s"
  }
}
