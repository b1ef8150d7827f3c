/**
 * A device with several Servers does not stay away because one of them does: after a try that failed the next one goes to
 * another Server, also behind a deep sleep.
 *
 * It stays where it was if the Server took something, if there was no network, or to send CONNECT alone after a
 * connection on which nothing came back. What flash did not store is not known in the next wake.
 */
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { Checker } from "../life/Checker.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Observation } from "../life/Observation.ts"
import * as Scene from "../life/Scene.ts"

const isExcuse = (seen: Observation, { isMemoryLost, isUnsaved }: ObservedState): boolean =>
  seen._tag === "PowerCut" || isMemoryLost || seen._tag === "Slept" && isUnsaved

/** From here on it is another list, or the Server took something. */
const isOver = ({ _tag }: WakeEvent): boolean =>
  _tag === "ConfigAccepted" || _tag === "ConfigRolledBack" || _tag === "Delivered" || _tag === "ConnectAlone"

export const failover: Checker = {
  name: "failover",
  promise: "with several Servers, a try that failed is followed by one at another Server",
  begin: (config) => {
    if (Scene.others(config).length === 0) return () => undefined
    /** Where the present try goes, and where the last one failed. */
    let present: string | undefined
    let failed: string | undefined
    /** The Server took something on this connection. */
    let hasTaken = false
    return (seen, facts) => {
      if (isExcuse(seen, facts)) present = failed = undefined
      if (seen._tag === "Joining") present = undefined
      if (seen._tag === "Pulled" && facts.line !== undefined && facts.line.sent.size > facts.line.unacknowledged.size) {
        hasTaken = true
      }
      if (seen._tag === "Emitted" && isOver(seen.event)) present = failed = undefined
      if (seen._tag === "Emitted" && seen.event._tag === "TryFailed") failed = hasTaken ? undefined : present
      if (seen._tag !== "Connecting") return undefined
      const isAgain = seen.server === failed
      present = seen.server
      failed = undefined
      hasTaken = false
      return isAgain ?
        "tried " + seen.server + " again after a try that failed there, though another Server has its turn"
        : undefined
    }
  }
}
