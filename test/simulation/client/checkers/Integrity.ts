/** What reaches the Server is what was published, and with QoS 0 once. */
import type { Checker } from "../Checker.ts"
import type { Publication } from "../ObservedState.ts"
import * as Payload from "../Payload.ts"
import type { Publish } from "../Seen.ts"

/** Writes on a connection, one right after the other, and how long what the last has may have waited. Milliseconds. */
interface Write {
  begunAt: number
  endedAt: number
  waited: number
}

/** The seconds that a message has to live are counted down, and what has expired is not sent for the first time. */
const expiryFault = (
  { ask, call, sends }: Publication,
  { dup, properties }: Publish,
  now: number,
  { waited }: Write,
  acceptedAt: number
): string | undefined => {
  if (ask.expiry === undefined) return undefined
  const left = ask.expiry - (now - call.at) / 1_000
  const interval = properties?.messageExpiryInterval ?? Infinity
  // What was handed to a connection before is sent again with a second at least, whether or not that had taken it.
  if (interval === 1 && (sends.length > 0 || dup || call.at < acceptedAt)) return undefined
  return interval >= left - 1 && interval <= left + 1 + waited / 1_000 ? undefined
    : `publication ${ask.number} is sent with ${interval} s to live, and has ${left}`
}

export const integrity: Checker = {
  name: "integrity",
  promise: "the Client sends only what its user has published, and nothing that has expired; with QoS 0 at most once",
  begin: () => {
    const writes = new Map<number, Write>()
    return (seen, facts) => {
      if (seen._tag !== "Sent" && seen._tag !== "Written") return undefined
      const write = writes.get(seen.link) ?? { begunAt: 0, endedAt: -1, waited: 0 }
      writes.set(seen.link, write)
      if (seen._tag === "Written") {
        write.endedAt = facts.now
        return undefined
      }
      // What is written now may have been ready since the write before began, or the first in a row of them.
      if (facts.links.get(seen.link)?.isWriting !== true) {
        if (write.endedAt !== facts.now) write.begunAt = facts.now
        write.waited = facts.now - write.begunAt
      }
      const { packet } = seen
      if (packet === undefined) return "the Client has sent bytes that are no Control Packet"
      if (packet._tag !== "Publish") return undefined
      const publication = facts.publications.get(Payload.number(packet.payload))
      if (publication === undefined) return `a PUBLISH to ${packet.topic} that nobody has asked for`
      const { ask } = publication
      const isSame = packet.topic === ask.topic &&
        packet.qos === ask.qos &&
        packet.retain === ask.retain &&
        packet.payload.length === ask.bytes
      if (!isSame) {
        return (
          `publication ${ask.number} is sent as ${packet.topic}, QoS ${packet.qos}, ` +
          `retain ${packet.retain}, ${packet.payload.length} bytes`
        )
      }
      const expired = expiryFault(publication, packet, facts.now, write, facts.links.get(seen.link)?.acceptedAt ?? 0)
      if (expired !== undefined) return expired
      return ask.qos === 0 && publication.sends.length > 0
        ? `publication ${ask.number} has QoS 0 and is sent twice`
        : undefined
    }
  }
}
