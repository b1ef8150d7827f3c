/**
 * However long the Server stays away, the device goes on trying: at least every `max_interval`, which with the defaults
 * is four times a day, or every `send_interval`, where that is longer. A clock that jumps or a power cut may begin that time anew, once. Where the flash did not take
 * when the last try was, a clock that the power cut has set back may make an older one look recent: that costs one wait
 * more.
 */
import type { Checker } from "../life/Checker.ts"

/** What is left of a wait may be waited in the next wake. */
const slackMillis = 2_000

export const daily: Checker = {
  name: "daily",
  promise: "at least one try every max_interval: with the defaults four a day",
  begin: (config) => {
    const { awakeTimeout, mqtt, publishInterval } = config
    const least = Math.max(publishInterval, mqtt.sendInterval)
    const longest = mqtt.reconnect.enabled ? Math.max(mqtt.reconnect.maxInterval, least) : least
    const wait = mqtt.reconnect.enabled ? mqtt.reconnect.maxInterval * 1_000 : 0
    const bound = (longest + awakeTimeout) * 1_000 + slackMillis
    let since = 0
    let isOff = false
    let isStale = false
    return (seen, { isUnsaved, line, now }) => {
      if (seen._tag === "PowerCut") isOff = true
      const isTry = seen._tag === "RadioOn" || seen._tag === "Joining" || line !== undefined
      const isNewTime = (isOff && seen._tag === "Began") ||
        (seen._tag === "Struck" && (seen.kind === "clockJump" || seen.kind === "clockReset"))
      if (seen._tag === "Began") isOff = false
      if (isUnsaved) isStale = true
      else if (isTry) isStale = false
      const waited = now.at - since
      if (isTry || isNewTime) since = now.at
      else if (waited > bound + (isStale ? wait : 0) && !isOff) {
        return "no try for " + Math.round(waited / 360_000) / 10 + " h"
      }
      return undefined
    }
  }
}
