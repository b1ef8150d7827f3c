/** The board tries no more often than the reconnect policy allows, in a wake and from one wake to the next. */
import type { ReconnectPolicy } from "../../../src/domain/config/DeviceConfig.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import type { Checker } from "../Checker.ts"
import { events, lived } from "../ObservedState.ts"

/**
 * What is left of a wait may be waited in the wake; and a busy machine makes a board's seconds uncertain. Milliseconds.
 */
const slackMillis = 120_000

const waitMillis = (policy: ReconnectPolicy, count: number): number =>
  1_000 * (1 - policy.jitter) *
  Math.min(policy.maxInterval, policy.minInterval * policy.backoffFactor ** (count - policy.maxAttempts))

/**
 * How many tries had been made when one follows another in a wake that may not. Where messages are taken they start
 * over.
 */
const withoutWait = (events: ReadonlyArray<WakeEvent>, before: number, allowed: number): number | undefined => {
  let made = before
  let isFirst = true
  for (const event of events) {
    if (event._tag === "Delivered" && event.count > 0) made = 0
    if (event._tag !== "Trying") continue
    if (!isFirst && made >= allowed) return made
    isFirst = false
    made++
  }
  return undefined
}

export const tries: Checker = {
  name: "tries",
  promise: "never more tries than the reconnect policy allows",
  begin: () => {
    let last: number | undefined
    return (wake) => {
      const { clock, ended } = wake
      const { deepSleep, mqtt: { reconnect } } = lived(wake)
      const count = events(wake, "Trying").length
      const woke = events(wake, "Woke")[0]
      if (!deepSleep || woke === undefined) return undefined
      const isBack = events(wake, "ConfigRolledBack").length > 0 || events(wake, "MemoryLost").length > 0
      if (!wake.isClockSteady || isBack) last = undefined
      const known = last
      if (count > 0) last = clock
      if (count === 0 || isBack) return undefined
      if (!reconnect.enabled) return count > 1 ? count + " tries in a wake without a reconnect policy" : undefined
      const made = withoutWait(wake.ended.events, woke.attemptCount, reconnect.maxAttempts)
      if (made !== undefined) {
        return "a try follows " + made + " others without a wait, " + reconnect.maxAttempts + " are allowed"
      }
      if (known === undefined || woke.attemptCount < reconnect.maxAttempts || ended.end !== "slept") return undefined
      const wait = waitMillis(reconnect, woke.attemptCount)
      if (clock - known < 0 || clock - known >= wait - slackMillis) return undefined
      return "a try " + Math.round((clock - known) / 1_000) + " s behind the one before, the policy asks for " +
        wait / 1_000 + " s after " + woke.attemptCount + " tries"
    }
  }
}
