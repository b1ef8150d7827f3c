/**
 * A connection begins with CONNECT, has one only, holds nothing but packets, and nothing follows DISCONNECT
 * (MQTT-3.1.0-1, 3.1.0-2, 3.14.4-2).
 */
import type { Checker } from "../life/Checker.ts"

export const parting: Checker = {
  name: "parting",
  promise: "CONNECT first, and nothing after DISCONNECT",
  begin: () => {
    let isFirst = true
    return (seen, { line, packets }) => {
      if (seen._tag === "Opened") isFirst = true
      if (seen._tag !== "Sent") return undefined
      if (line === undefined) return "bytes were sent without a connection"
      if (packets === undefined) return "bytes were sent that are not packets"
      let hasParted = line.hasParted
      for (const packet of packets) {
        if (hasParted) return packet._tag.toUpperCase() + " was sent after DISCONNECT"
        if (isFirst !== (packet._tag === "Connect")) {
          return packet._tag.toUpperCase() + (isFirst ? " was sent first" : " was sent twice")
        }
        isFirst = false
        hasParted = packet._tag === "Disconnect"
      }
      return undefined
    }
  }
}
