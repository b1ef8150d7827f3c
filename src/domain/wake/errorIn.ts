/** What went wrong last, for a device's status (`message/Status`). */
import type { WakeEvent } from "./WakeEvent.ts"

/** Bytes are flash and radio time: a message says what went wrong in its first words. */
const longestError = 100

/** What an event says went wrong, for a status; undefined: nothing. */
export const errorIn = (event: WakeEvent): string | undefined => {
  switch (event._tag) {
    case "TryFailed":
    case "NotSaved":
    case "Failed":
    case "TimeUnknown":
      return event.reason.slice(0, longestError)
    case "NotMeasured":
      return (event.sensor + ": " + event.reason).slice(0, longestError)
    case "MemoryLost":
      return (event.what + ": " + event.reason).slice(0, longestError)
    default:
      return undefined
  }
}
