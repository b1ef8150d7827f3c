/** The memory of the Client is bounded in bytes, in both directions. */
import type { Checker } from "../Checker.ts"
import * as ObservedState from "../ObservedState.ts"
import { largestRead } from "../Link.ts"

/** Bytes of messages with QoS 1 or 2 that were pulled, and that nobody has taken. Those that are too large are not kept. */
const heldBytes = (facts: ObservedState.ObservedState, link: ObservedState.Link): number => {
  let held = 0
  for (const one of link.received) {
    const isKept = !one.isDropped && one.bytes <= facts.options.maximumPacketSize
    if (isKept && !ObservedState.isTaken(facts, link.client, one)) held += one.bytes
  }
  return held
}

/** What waits to be sent, of one QoS. */
const waiting = (
  facts: ObservedState.ObservedState,
  client: number,
  qos: 0 | 1 | 2
): { readonly count: number; readonly bytes: number } => {
  let count = 0
  let bytes = 0
  for (const { ask, call } of facts.publications.values()) {
    if (call.client !== client || ask.qos !== qos || call.exit !== undefined) continue
    count++
    bytes += ask.bytes
  }
  return { count, bytes }
}

export const memory: Checker = {
  name: "memory",
  promise:
    "the Client limits the bytes that it holds: messages that nobody has taken, and messages that wait to be sent",
  begin: ({ maximumPacketSize, outboxBytes, receiveBufferBytes }) => {
    let pulledBytes = 0
    return (seen, facts) => {
      if (seen._tag === "Asked" && seen.ask._tag === "Publish") {
        const { bytes, count } = waiting(facts, seen.client, seen.ask.qos)
        return count > 1 && bytes > outboxBytes
          ? `${bytes} bytes in ${count} messages wait to be sent, with room for ${outboxBytes}`
          : undefined
      }
      if (seen._tag !== "Pulled" || seen.packet?._tag !== "Publish") return undefined
      pulledBytes += seen.bytes
      // Now and then is often enough.
      if (pulledBytes < largestRead / 2) return undefined
      pulledBytes = 0
      const link = facts.links.get(seen.link)
      // Who leaves reads on, and keeps nothing.
      if (link === undefined || facts.clients.get(link.client)?.isLeaving === true) return undefined
      const held = heldBytes(facts, link)
      const most = receiveBufferBytes + maximumPacketSize + 2 * largestRead
      return held > most
        ? `${held} bytes of messages are held that nobody has taken, with room for ${receiveBufferBytes}`
        : undefined
    }
  }
}
