/**
 * What the flash does not store is reported before the device continues: so a reader of its log knows that a power cut
 * costs a reading.
 */
import type { Checker } from "../life/Checker.ts"
import * as StoredState from "../life/StoredState.ts"

export const confession: Checker = {
  name: "confession",
  promise: "a state that flash does not store is reported",
  begin: () => {
    let isPending = false
    return (seen) => {
      if (seen._tag === "Began" || (seen._tag === "Emitted" && seen.event._tag === "NotSaved")) isPending = false
      if (isPending && (seen._tag === "Sent" || seen._tag === "Stored" || seen._tag === "Slept")) {
        return "flash did not store the state, and no event reported it"
      }
      if (seen._tag === "Stored" && seen.name === StoredState.stateName && seen.failed) isPending = true
      return undefined
    }
  }
}
