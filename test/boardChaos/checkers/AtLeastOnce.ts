/**
 * Every reading that was taken is at the Server or still pending, unless the board reported that it was dropped or
 * abandoned. A power cut may take what was not yet in flash.
 */
import type { Checker } from "../Checker.ts"
import { events } from "../ObservedState.ts"

export const atLeastOnce: Checker = {
  name: "at least once",
  promise: "a reading that was taken is delivered, or still pending, or reported as dropped",
  begin: () => (wake, book) => {
    const dropped = events(wake, "Dropped").reduce((sum, { count }) => sum + count, 0) +
      events(wake, "MessageAbandoned").length
    const isUnsaved = events(wake, "NotSaved").length > 0
    if (book.vanished.length > dropped) {
      return book.vanished.length + " pending and lost, " + dropped + " reported as dropped: " +
        book.vanished.slice(0, 3).map(({ key }) => key).join(", ")
    }
    if (book.missing.length <= dropped - book.vanished.length || wake.ended.end !== "slept" || isUnsaved) {
      return undefined
    }
    return "measured, and neither at the Server nor in flash: " + book.missing.slice(0, 3).join(", ")
  }
}
