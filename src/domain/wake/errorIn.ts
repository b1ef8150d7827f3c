/** What went wrong last, for a device's status (`message/Status`). */
import type { WakeEvent } from "./WakeEvent.ts"

/** Bytes are flash and radio time: a message says what went wrong in its first words. */
const longestError = 100

/** Within that, up to a word's end. */
const shortened = (text: string): string => {
  if (text.length <= longestError) return text
  const start = text.slice(0, longestError - 3)
  const end = start.lastIndexOf(" ")
  return (end > 0 ? start.slice(0, end) : start) + "..."
}

/** What an event says went wrong, for a status; undefined: nothing. */
export const errorIn = (event: WakeEvent): string | undefined => {
  switch (event._tag) {
    case "TryFailed":
    case "NotSaved":
    case "Failed":
    case "TimeUnknown":
      return shortened(event.reason)
    case "NotMeasured":
      return shortened(event.sensor + ": " + event.reason)
    case "MemoryLost":
      return shortened(event.what + ": " + event.reason)
    default:
      return undefined
  }
}
