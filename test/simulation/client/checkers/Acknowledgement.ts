/** The Client acknowledges what it has been sent, and only when somebody has taken it. */
import * as Topic from "../../../../src/domain/packet/Topic.ts"
import type { Checker } from "../Checker.ts"
import * as ObservedState from "../ObservedState.ts"

/** Who reads one topic takes what it wanted of all that comes to it meanwhile. */
const isRead = (facts: ObservedState.ObservedState, client: number, topic: string): boolean => {
  for (const call of facts.calls.values()) {
    if (
      call.client === client &&
      call.ask._tag === "Listen" &&
      call.ask.filters.some((filter) => Topic.matches(filter, topic))
    ) {
      return true
    }
  }
  return false
}

/** After these a message of QoS 2 may have the Packet Identifier of another one, for which the Client must take it. */
const liars = ["presentLie", "sessionSwapped", "sessionLost"]

/** Whether it may be acknowledged though nobody has taken it. */
const mayGo = (facts: ObservedState.ObservedState, client: number, message: ObservedState.Received): boolean => {
  const { maximumPacketSize } = facts.options
  return (
    (message.qos === 2 && liars.some((kind) => facts.injected.has(kind))) ||
    message.bytes > maximumPacketSize ||
    isRead(facts, client, message.topic) ||
    ObservedState.isUnwanted(facts, client, message) ||
    ObservedState.isLeft(facts, client, message) ||
    ObservedState.isGivenUp(facts, client, message)
  )
}

/**
 * The first that waits for its PUBACK although it was taken: those after a message that nobody takes have to wait with
 * it.
 */
const forgotten = (facts: ObservedState.ObservedState): string | undefined => {
  const link = facts.client?.link
  const first = link?.received[0]
  if (link === undefined || first === undefined || !ObservedState.isTaken(facts, link.client, first)) return undefined
  // Whoever took it took another packet, or cannot be distinguished from one who did.
  const { number, qos } = first
  if (ObservedState.copies(facts, link.client, number) > 1 || ObservedState.forms(facts, number, qos) > 1) {
    return undefined
  }
  return `message ${first.number} to ${first.topic} was taken, and is not acknowledged`
}

export const acknowledgement: Checker = {
  name: "acknowledgement",
  promise: "a message is acknowledged when somebody has taken it, and not before",
  begin: ({ maximumPacketSize }) => {
    /** Acknowledged before they were here to their end, which only what is too large to be kept may be. */
    const early = new Set<string>()
    const sent = (
      link: ObservedState.Link,
      packetIdentifier: number,
      facts: ObservedState.ObservedState
    ): string | undefined => {
      const message = link.received.find((one) => one.packetIdentifier === packetIdentifier)
      if (message === undefined) return void early.add(`${link.number} ${packetIdentifier}`)
      const isTaken = ObservedState.takenAt(facts, link.client, message.number) >= 0 ||
        (message.qos === 2 && facts.keptTaken.has(packetIdentifier))
      if (isTaken || mayGo(facts, link.client, message)) {
        return undefined
      }
      return `message ${message.number} to ${message.topic} is acknowledged, and nobody has taken it`
    }
    return (seen, facts) => {
      const link = "link" in seen ? facts.links.get(seen.link) : undefined
      switch (seen._tag) {
        case "Sent":
          return link === undefined || (seen.packet?._tag !== "Puback" && seen.packet?._tag !== "Pubrec")
            ? undefined
            : sent(link, seen.packet.packetIdentifier, facts)
        case "Pulled": {
          if (seen.packet?._tag !== "Publish" || !early.delete(`${seen.link} ${seen.packet.packetIdentifier}`)) {
            return undefined
          }
          return seen.bytes > maximumPacketSize
            ? undefined
            : `PUBACK for ${seen.packet.packetIdentifier} comes before its PUBLISH`
        }
        case "Settled": {
          const current = facts.client?.link?.number
          const puback = [...early].find((one) => one.startsWith(`${current} `))
          return puback === undefined ? forgotten(facts) : `PUBACK without PUBLISH: connection and identifier ${puback}`
        }
        default:
          return undefined
      }
    }
  }
}
