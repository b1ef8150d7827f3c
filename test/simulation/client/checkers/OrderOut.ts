/** Messages to one topic leave in the order in which they were published, repetitions aside. */
import type { Checker } from "../Checker.ts"
import * as Payload from "../Payload.ts"

export const orderOut: Checker = {
  name: "order out",
  promise:
    "messages of one QoS to one topic are sent in the order in which they were published, except for repetitions",
  begin: ({ hasStore }) => {
    const last = new Map<string, number>()
    /** On one connection repetitions have their order, too. */
    const lastOfLink = new Map<string, number>()
    return (seen, facts) => {
      if (seen._tag !== "Sent" || seen.packet?._tag !== "Publish") return undefined
      const { packet } = seen
      const number = Payload.number(packet.payload)
      const publication = facts.publications.get(number)
      if (publication === undefined) return undefined
      // With a store the messages of all its Clients are one row.
      const key = `${hasStore ? "store" : publication.call.client} ${packet.qos} ${packet.topic}`
      const onLink = `${seen.link} ${key}`
      const before = Math.max(publication.sends.length > 0 ? 0 : (last.get(key) ?? 0), lastOfLink.get(onLink) ?? 0)
      last.set(key, Math.max(last.get(key) ?? 0, number))
      lastOfLink.set(onLink, number)
      return number < before ? `publication ${number} to ${packet.topic} is sent behind ${before}` : undefined
    }
  }
}
