/** Whenever the power goes, what lies in flash can be read, and the program is there. */
import type { Checker } from "../Checker.ts"
import { events } from "../ObservedState.ts"

export const readable: Checker = {
  name: "readable",
  promise: "flash can be read after every power cut, and holds the program",
  begin: () => {
    let hasState = false
    return (wake) => {
      if (!wake.after.hasProgram) return "the program is gone"
      if (wake.after.isUnreadable) return "the state in flash cannot be read"
      if (wake.after.state === undefined && hasState) return "the state is gone from flash"
      hasState ||= wake.after.state !== undefined
      const lost = events(wake, "MemoryLost")[0]
      return lost === undefined ? undefined : lost.what + " could not be read: " + lost.reason
    }
  }
}
