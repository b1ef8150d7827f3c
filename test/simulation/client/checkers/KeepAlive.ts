/** The Client keeps to its Keep Alive, and finds a dead connection by it. */
import type { Checker } from "../Checker.ts"

const toleranceMillis = 1_000

export const keepAlive: Checker = {
  name: "keep alive",
  promise:
    "the Client sends something in every Keep Alive interval, and gives up a connection on which nothing arrives",
  begin: (options) => {
    /** When the Client last sent, and last pulled, on each connection. */
    const sent = new Map<number, number>()
    const pulled = new Map<number, number>()
    return (seen, facts) => {
      if (!("link" in seen)) return undefined
      const link = facts.links.get(seen.link)
      const keepAlive = link?.limits.serverKeepAlive ?? options.keepAlive
      if (keepAlive === 0) return undefined
      const interval = keepAlive * 1_000
      const silence = 0.75 * interval + 2 * options.replyMillis + toleranceMillis
      if (seen._tag === "Opened") pulled.set(seen.link, facts.now)
      if (seen._tag === "Pulled" || seen._tag === "Heard") pulled.set(seen.link, facts.now)
      // With MQTT 5 the interval is known with the CONNACK, for which there is a deadline anyway.
      const isAgreed = options.version === 5 && seen._tag === "Pulled" && seen.packet?._tag === "Connack"
      if (isAgreed) sent.set(seen.link, facts.now)
      if (link === undefined || link.isOver) return undefined
      const quiet = facts.now - (pulled.get(seen.link) ?? facts.now)
      if (seen._tag === "Closed" && quiet > silence && link.received.length === 0) {
        return `connection ${seen.link} was kept for ${quiet} ms in silence`
      }
      // A packet may take its time.
      if (seen._tag === "Written") sent.set(seen.link, facts.now)
      if (seen._tag !== "Sent") return undefined
      const before = sent.get(seen.link)
      sent.set(seen.link, facts.now)
      const gap = facts.now - (before ?? facts.now)
      return link.isAccepted && !link.isWriting && gap > interval
        ? `nothing was sent for ${gap} ms, with a Keep Alive of ${keepAlive} s`
        : undefined
    }
  }
}
