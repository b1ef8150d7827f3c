/** DUP and Packet Identifiers say what they should. */
import type { Checker } from "../Checker.ts"
import type { ObservedState, Link, Publication } from "../ObservedState.ts"
import * as Payload from "../Payload.ts"
import type { Publish } from "../Seen.ts"

/** Sent before, and now again. */
const again = (link: Link, publication: Publication, packet: Publish): string | undefined => {
  const { number, sends } = publication
  if (publication.acknowledged === "yes") return `publication ${number} is sent again after its PUBACK`
  const last = sends[sends.length - 1]
  if (publication.receivedIn === link.session && publication.releases > 0) {
    return `publication ${number} is sent again after its PUBREL`
  }
  if (last?.link === link.number) return `publication ${number} is sent twice on one connection`
  if (last?.session !== link.session) {
    const isNew = packet.dup && publication.assignedIn !== link.session
    return isNew ? `publication ${number} has DUP 1 in a new Session` : undefined
  }
  if (!packet.dup) return `publication ${number} is sent again in the same Session with DUP 0`
  return packet.packetIdentifier === last?.packetIdentifier
    ? undefined
    : `publication ${number} is sent again with another Packet Identifier: ${packet.packetIdentifier}`
}

const publishFault = (facts: ObservedState, link: Link, packet: Publish): string | undefined => {
  const identifier = packet.packetIdentifier
  const number = Payload.number(packet.payload)
  const publication = facts.publications.get(number)
  if (publication === undefined || identifier === undefined) return undefined
  const user = facts.clients.get(link.client)?.session.get(identifier)
  if ((user !== undefined && user !== number) || link.asked.has(identifier)) {
    return `Packet Identifier ${identifier} is in use, and publication ${number} takes it`
  }
  if (publication.sends.length > 0) return again(link, publication, packet)
  if (packet.dup && !link.isSessionPresent) return `publication ${number} has DUP 1 the first time`
  const most = facts.options.maximumInFlight
  return link.unacknowledged.size >= most ? `more than ${most} messages are in flight` : undefined
}

/** A PUBREL that the connection before has not brought to its PUBCOMP goes before each PUBLISH that is sent again. */
const pubrelFault = (facts: ObservedState, link: Link, packetIdentifier: number): string | undefined => {
  const number = facts.clients.get(link.client)?.session.get(packetIdentifier)
  const publication = number === undefined ? undefined : facts.publications.get(number)
  if (publication === undefined) return undefined
  // One that has had no PUBREC is given up just now: the Server takes such messages no more.
  const { receivedIn, receivedOn } = publication
  return receivedIn === link.session && receivedOn !== link.number && link.hasRepeated
    ? `the PUBREL of publication ${number} is overtaken by a PUBLISH` : undefined
}

export const identifiers: Checker = {
  name: "identifiers",
  promise:
    "DUP and Packet Identifiers are right, CONNECT comes first, no PUBLISH overtakes a PUBREL, and no more messages are in flight than allowed",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Sent" || seen.packet === undefined) return undefined
    const link = facts.links.get(seen.link)
    if (link === undefined) return undefined
    const { packet } = seen
    if ((packet._tag === "Connect") !== (link.packets === 0)) {
      return `${packet._tag} is packet ${link.packets + 1} of its connection`
    }
    if (packet._tag === "Pubrel") return pubrelFault(facts, link, packet.packetIdentifier)
    if (packet._tag === "Publish") return publishFault(facts, link, packet)
    if (packet._tag !== "Subscribe" && packet._tag !== "Unsubscribe") return undefined
    const { packetIdentifier } = packet
    const isTaken = link.asked.has(packetIdentifier) ||
      facts.clients.get(link.client)?.session.has(packetIdentifier) === true
    return isTaken ? `Packet Identifier ${packetIdentifier} is in use, and ${packet._tag} takes it` : undefined
  }
}
