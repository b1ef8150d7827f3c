/**
 * A board with several Servers does not stay away because one of them does: after a try that failed the next one goes to
 * another Server, also behind a deep sleep.
 *
 * It stays where it was if the Server took something, if there was no network, or to send CONNECT alone. What flash did
 * not store is not known in the next wake.
 */
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import type { Checker } from "../Checker.ts"
import type { Wake } from "../ObservedState.ts"

/** From here on it is another list, another state, or the Server took something. */
const over: ReadonlyArray<WakeEvent["_tag"]> = ["ConfigAccepted", "ConfigRolledBack", "Delivered", "ConnectAlone",
  "MemoryLost", "NotSaved"]

/** The Server has acknowledged a message in this wake. */
const hasTaken = ({ notes }: Wake): boolean =>
  notes.some((note) => note._tag === "Sent" && note.packet._tag === "Puback")

export const failover: Checker = {
  name: "failover",
  promise: "with several Servers, a try that failed is followed by one at another Server",
  begin: () => {
    /** Where the last try failed. */
    let failed: string | undefined
    return (wake) => {
      if (wake.ended.end !== "slept") {
        failed = undefined
        return undefined
      }
      let present: string | undefined
      let wrong: string | undefined
      for (const event of wake.ended.events) {
        if (over.includes(event._tag)) present = failed = undefined
        if (event._tag === "TryFailed") failed = event.error === "WifiError" || hasTaken(wake) ? undefined : present
        if (event._tag !== "Trying") continue
        if (event.server !== undefined && event.server === failed) wrong ??= event.server
        present = event.server
        failed = undefined
      }
      return wrong === undefined ? undefined
        : "tried " + wrong + " again after a try that failed there, though another Server has its turn"
    }
  }
}
