/** The end of a Client: DISCONNECT is the last that it sends. */
import type { Checker } from "../Checker.ts"

export const parting: Checker = {
  name: "parting",
  promise: "a Client that leaves sends DISCONNECT as its last packet, so the Server does not publish its Will",
  begin: () => {
    /** Connections that were fine when their Client was asked to leave. */
    const owing = new Map<number, number>()
    return (seen, facts) => {
      const link = "link" in seen ? facts.links.get(seen.link) : undefined
      switch (seen._tag) {
        case "Sent": {
          if (link?.hasParted === true) return `${seen.packet?._tag ?? "bytes"} behind DISCONNECT`
          const isReproach = seen.packet?._tag === "Disconnect" && (seen.packet.reasonCode ?? 0) >= 0x80
          if (isReproach && link?.isDubious === true) return undefined
          if (seen.packet?._tag === "Disconnect" && facts.clients.get(link?.client ?? 0)?.isLeaving !== true) {
            return "DISCONNECT from a Client that stays"
          }
          return undefined
        }
        case "Leaving": {
          const current = facts.clients.get(seen.client)?.link
          if (current !== undefined && !current.isDubious) owing.set(seen.client, current.number)
          return undefined
        }
        case "Broken":
          return void owing.delete(link?.client ?? 0)
        case "Closed": {
          const isExcused = link === undefined || link.isDubious || link.isWriting || link.hasParted
          return owing.get(link?.client ?? 0) !== link?.number || isExcused
            ? undefined
            : "the connection is closed without DISCONNECT"
        }
        default:
          return undefined
      }
    }
  }
}
