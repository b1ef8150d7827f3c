/** The end of a connection on which the Server sends what is no MQTT. */
import type { Checker } from "../Checker.ts"
import type { Link, ObservedState } from "../ObservedState.ts"

/** A Server that does not read may take so long to hear of it, in milliseconds; and how long a write may take then. */
const farewellMillis = 1_000 + 100

/** Who leaves reads on until DISCONNECT is out, and heeds nothing. */
const isExcused = (facts: ObservedState, link: Link): boolean =>
  link.hasParted || facts.clients.get(link.client)?.isLeaving === true

export const closing: Checker = {
  name: "closing",
  promise: "the Client closes a connection on which it gets what is no MQTT, and in MQTT 5 says so with DISCONNECT",
  begin: ({ version }) => {
    /** Connections that were open and accepted when it came, and on which nothing was being written. */
    const owing = new Set<number>()
    return (seen, facts) => {
      if (!("link" in seen)) return undefined
      const link = facts.links.get(seen.link)
      if (link === undefined) return undefined
      if (seen._tag === "Pulled" && seen.packet === undefined && !isExcused(facts, link)) {
        if (link.isAccepted && !link.isWriting && !link.isDismissed) owing.add(seen.link)
        return undefined
      }
      const { unreadableAt } = link
      if (unreadableAt === undefined) return undefined
      if (seen._tag === "Broken") return void owing.delete(seen.link)
      const late = facts.now - unreadableAt - farewellMillis
      if (late > 0 && !link.isOver && !isExcused(facts, link) && seen._tag !== "Closed" && seen._tag !== "Reached") {
        return `connection ${seen.link} goes on ${late} ms after what cannot be read: ${seen._tag}`
      }
      if (seen._tag !== "Closed" || !owing.delete(seen.link)) return undefined
      return version === 5 && !isExcused(facts, link) && facts.now - unreadableAt < farewellMillis - 200
        ? `connection ${seen.link} is closed without DISCONNECT after what cannot be read` : undefined
    }
  }
}
