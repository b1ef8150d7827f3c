/**
 * What the flash does not take is told before the device goes on: who reads its log knows that a power cut costs a
 * reading.
 */
import type { Checker } from "../life/Checker.ts"
import * as StoredState from "../life/StoredState.ts"

export const confession: Checker = {
  name: "confession",
  promise: "a state that flash does not take is told",
  begin: () => {
    let isOwed = false
    return (seen) => {
      if (seen._tag === "Began" || (seen._tag === "Told" && seen.event._tag === "NotSaved")) isOwed = false
      if (isOwed && (seen._tag === "Sent" || seen._tag === "Stored" || seen._tag === "Slept")) {
        return "flash did not take the state, and nobody was told"
      }
      if (seen._tag === "Stored" && seen.name === StoredState.stateName && seen.failed) isOwed = true
      return undefined
    }
  }
}
