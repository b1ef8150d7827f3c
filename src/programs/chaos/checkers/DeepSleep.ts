/**
 * Every wake ends in deep sleep, not for longer than the interval, and no input makes the program fail: only its own
 * time limit may end a wake early. If flash did not store that the device must wait, it sleeps through the whole wait.
 */
import type { Checker } from "../life/Checker.ts"

/** How the program reports that it reached its time limit. */
const late = "the wake took longer"

export const deepSleep: Checker = {
  name: "deep sleep",
  promise: "every wake ends in deep sleep; no input crashes the device",
  begin: (config) => (seen, { isUnsaved }) => {
    if (seen._tag === "Emitted" && seen.event._tag === "Failed" && !seen.event.reason.startsWith(late)) {
      return "the program failed: " + seen.event.reason
    }
    if (seen._tag !== "Slept") return undefined
    const longest = Math.max(config.publishInterval, isUnsaved ? config.mqtt.reconnect.maxInterval : 0)
    return seen.millis >= 0 && seen.millis <= longest * 1_000 ? undefined : "asked to sleep for " + seen.millis + " ms"
  }
}
