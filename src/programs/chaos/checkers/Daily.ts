/**
 * However long the Server is away, the device continues to try: at least every `max_interval`, which with the defaults
 * is four times a day, or every `send_interval` (`low_send_interval`), where that is longer. A clock that jumps or a power cut may begin that
 * time again, once, and one that is set back makes it longer by as much. If the flash did not store the last try, and a
 * power cut has set the clock back, an older try may look recent: that costs one wait more, or one wake.
 */
import { isSelective } from "../../../domain/config/limits.ts"
import { longestSendInterval } from "../../../domain/config/sendInterval.ts"
import type { Checker } from "../life/Checker.ts"
import { intervalOf, tolerance } from "../life/Sending.ts"

/** The rest of a wait may be waited in the next wake. */
const slackMillis = 2_000

/** What a sensor takes that does not answer. */
const sensorMillis = 5_000

export const daily: Checker = {
  name: "daily",
  promise: "at least one try every max_interval: with the defaults four a day",
  begin: (config) => {
    const { awakeTimeout, mqtt, publishInterval, sensors } = config
    // A device that publishes only what has changed may have nothing to say as long, with the policy off, too.
    const mayBeSilent = mqtt.reconnect.enabled || sensors.every((sensor) => sensor.interval > 0 || isSelective(sensor))
    const least = Math.max(publishInterval, longestSendInterval(config))
    const longest = mayBeSilent ? Math.max(mqtt.reconnect.maxInterval, least) : least
    const wait = mqtt.reconnect.enabled ? mqtt.reconnect.maxInterval * 1_000 : 0
    // Always on it measures in that time, and each sensor may be waited for.
    const measuring = config.deepSleep ? 0 : Math.ceil(longest / publishInterval) * sensors.length * sensorMillis
    const bound = (longest + awakeTimeout) * 1_000 + slackMillis + measuring
    let since = 0
    let isOff = false
    let isStale = false
    // By how much the clock was set back since the last try: the device waits so much longer, and until it wakes.
    let back = 0
    // The same since the wake began: a try counts from then, where it was allowed then.
    let backInWake = 0
    let began = 0
    // The last try began so late in its wake, or a command has set such an interval, that the wake at the end of the time
    // comes a little too early, and the one after it tries.
    let isOffBeat = false
    let last = 0
    return (seen, facts) => {
      const { isUnsaved, line, now } = facts
      const every = intervalOf(facts) * 1_000
      if (seen._tag === "PowerCut") isOff = true
      const isTry = seen._tag === "RadioOn" || seen._tag === "Joining" || line !== undefined
      const isNewTime = (isOff && seen._tag === "Began") ||
        (seen._tag === "Injected" && (seen.kind === "clockJump" || seen.kind === "clockReset"))
      if (seen._tag === "Began") {
        isOff = false
        backInWake = 0
        began = now.at
      }
      if (isUnsaved) isStale = true
      else if (isTry) isStale = false
      const waited = now.at - since
      const ahead = now.clock - now.at
      if (seen._tag === "RadioOn") back = config.deepSleep ? backInWake : 0
      const step = Math.max(0, last - ahead)
      back += step
      backInWake += step
      last = ahead
      if (isTry) isOffBeat = now.at - began > every * tolerance || every !== publishInterval * 1_000
      const more = (isOffBeat ? every : 0) + (back > 0 ? back + every : 0) + (isStale ? Math.max(wait, every) : 0)
      if (isTry || isNewTime) since = now.at
      else if (waited > bound + more && !isOff) {
        return "no try for " + Math.round(waited / 360_000) / 10 + " h"
      }
      return undefined
    }
  }
}
