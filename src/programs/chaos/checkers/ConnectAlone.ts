/**
 * After a connection that ended without a byte from the Server, CONNECT goes alone on the next one, because some
 * Servers close if packets arrive before their CONNACK. The device remembers this across deep sleep.
 */
import type { Checker } from "../life/Checker.ts"

export const connectAlone: Checker = {
  name: "connect alone",
  promise: "CONNECT goes alone after a connection that ended before CONNACK",
  begin: () => {
    let isDue = false
    /** Packets in the first write on this connection. */
    let first = 0
    let hasAnswered = false
    return (seen, { isMemoryLost, isUnsaved, packets }) => {
      // What flash did not store is not known in the next wake.
      if (seen._tag === "PowerCut" || isMemoryLost || (seen._tag === "Slept" && isUnsaved)) isDue = false
      if (seen._tag === "Opened") {
        first = 0
        hasAnswered = false
      }
      if (seen._tag === "Pulled") hasAnswered = true
      if (seen._tag === "Closed") isDue = first > 1 && !hasAnswered
      if (seen._tag !== "Sent" || first > 0) return undefined
      first = packets?.length ?? 1
      return isDue && first > 1 ?
        "CONNECT was sent together with other packets, after a connection that ended before CONNACK"
        : undefined
    }
  }
}
