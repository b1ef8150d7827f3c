/**
 * Keeps the facts of a story: what each thing that was seen changes in them.
 */
import { aliasesOf } from "./Story.ts"
import {
  type Call,
  type ClientFacts,
  copies,
  type ObservedState,
  isGivenUp,
  type Link,
  type Publication
} from "./ObservedState.ts"
import * as Notes from "./Notes.ts"
import * as Payload from "./Payload.ts"
import type { Observation } from "./Observation.ts"
import type { Publish, Seen } from "./Seen.ts"

const openLink = (number: number, client: number): Link => ({
  number,
  client,
  isAccepted: false,
  acceptedAt: 0,
  isSessionPresent: false,
  session: 0,
  isDubious: false,
  isDismissed: false,
  isOver: false,
  isWriting: false,
  hasParted: false,
  packets: 0,
  hasRepeated: false,
  isClean: false,
  limits: {},
  unreadableAt: undefined,
  unacknowledged: new Map(),
  asked: new Map(),
  received: [],
  early: new Set(),
  open: new Set(),
  pings: 0
})

const newClient = (number: number, before: ClientFacts | undefined): ClientFacts => ({
  number,
  isMade: false,
  isLeaving: false,
  hasLeft: false,
  hasGivenUp: false,
  drops: [],
  isKilled: false,
  link: undefined,
  connections: 0,
  // With a store the Session goes on where the Client before has left it.
  sessions: before?.sessions ?? 0,
  lost: new Map(),
  identifiers: new Map(),
  session: new Map(before?.session)
})

/** Whether an answer fits the request that waits for it. */
const fits = (request: Seen | undefined, answer: Seen): boolean =>
  answer._tag === "Unsuback"
    ? request?._tag === "Unsubscribe" &&
      request.topicFilters.length === (answer.returnCodes?.length ?? request.topicFilters.length)
    : answer._tag === "Suback" &&
      request?._tag === "Subscribe" &&
      request.subscriptions.length === answer.returnCodes.length

/**
 * A SUBACK or UNSUBACK that nobody waits for breaks no rule that a Client must mind; one that fits only in part does.
 */
const isWrongAnswer = (request: Seen | undefined, answer: Seen): boolean =>
  request !== undefined && !fits(request, answer)

/** Whether the Server breaks the rules with this packet so that the Client has reason to close the connection. */
const breaksRules = (link: Link, packet: Seen | undefined): boolean => {
  if (packet === undefined || link.isAccepted === (packet._tag === "Connack")) return true
  switch (packet._tag) {
    case "Connack":
      return packet.returnCode !== 0
    case "Suback":
    case "Unsuback":
      return isWrongAnswer(link.asked.get(packet.packetIdentifier), packet)
    case "Publish":
    case "Pingresp":
    case "Puback":
    case "Pubrec":
    case "Pubrel":
    case "Pubcomp":
      return false
    default:
      return true
  }
}

/** The publication that this Packet Identifier stands for, on this connection or in its Session. */
const publicationOf = (facts: ObservedState, link: Link, packetIdentifier: number): Publication | undefined => {
  const client = facts.clients.get(link.client)
  const number = link.unacknowledged.get(packetIdentifier) ?? client?.session.get(packetIdentifier)
  return number === undefined ? undefined : facts.publications.get(number)
}

/**
 * With MQTT 5: the Server sends more than the Client allows, which it has said in CONNECT; or a message again on the same
 * connection, which counts once more (MQTT-4.4.0-1).
 */
const isTooMuch = ({ options }: ObservedState, link: Link, packet: Publish, bytes: number): boolean => {
  const { packetIdentifier } = packet
  if (options.version === 4) return false
  if (packetIdentifier !== undefined && link.open.has(packetIdentifier)) return true
  if (packetIdentifier !== undefined) link.open.add(packetIdentifier)
  return bytes > options.maximumPacketSize || link.open.size > (options.receiveMaximum ?? Infinity) ||
    (packet.properties?.topicAlias ?? 0) > aliasesOf(options)
}

/** The Server does not take it: the handshake is over. */
const refused = (facts: ObservedState, link: Link, packetIdentifier: number): void => {
  const publication = publicationOf(facts, link, packetIdentifier)
  if (publication === undefined || !link.unacknowledged.has(packetIdentifier)) return
  publication.isRefused = true
  settled(facts, link, packetIdentifier, publication)
}

/** A PUBACK for a message with QoS 2, which no PUBREC has answered. */
const isLowered = (
  facts: ObservedState,
  link: Link,
  { _tag, packetIdentifier }: { readonly _tag: string; readonly packetIdentifier: number }
): boolean => {
  const publication = publicationOf(facts, link, packetIdentifier)
  return _tag === "Puback" && publication?.ask.qos === 2 && publication.receivedOn !== link.number
}

/** A PUBREC: from now on the message may not be published again. */
const received = (facts: ObservedState, link: Link, packetIdentifier: number): void => {
  const publication = publicationOf(facts, link, packetIdentifier)
  if (publication?.ask.qos !== 2 || !link.unacknowledged.has(packetIdentifier)) return
  publication.receivedOn = link.number
  publication.receivedIn = link.session
}

/** A PUBACK, or a PUBCOMP, which answers a PUBREL. */
const acknowledged = (facts: ObservedState, link: Link, packetIdentifier: number, qos: 1 | 2): void => {
  const publication = publicationOf(facts, link, packetIdentifier)
  if (publication?.ask.qos !== qos || (qos === 2 && publication.releasedOn !== link.number)) return
  settled(facts, link, packetIdentifier, publication)
}

/** An answer after which nothing more is to be sent for it. */
const settled = (facts: ObservedState, link: Link, packetIdentifier: number, publication: Publication): void => {
  const client = facts.clients.get(link.client)
  const isSure = link.unacknowledged.has(packetIdentifier) && !link.isDubious && client?.isLeaving !== true
  publication.acknowledged = isSure ? "yes" : publication.acknowledged === "yes" ? "yes" : "may"
  link.unacknowledged.delete(packetIdentifier)
  client?.session.delete(packetIdentifier)
}

const accepted = (facts: ObservedState, link: Link, sessionPresent: boolean): void => {
  const client = facts.clients.get(link.client)
  link.isAccepted = true
  link.acceptedAt = facts.now
  link.isSessionPresent = sessionPresent && !link.isClean
  if (client === undefined) return
  client.connections++
  client.link = link
  // With a store that is so when it is noted: a process that is killed before does not know of it, nor the next one.
  if (!link.isSessionPresent && !facts.options.hasStore) {
    client.sessions++
    client.session.clear()
  }
  link.session = client.sessions
}

const countCopy = (facts: ObservedState, client: number, number: number): void =>
  void facts.copies.set(`${client} ${number}`, copies(facts, client, number) + 1)

const cameAt = ({ cameAt, now }: ObservedState, client: number, number: number, qos: 1 | 2): number => {
  const key = `${client} ${number}`
  if (qos === 2 && !cameAt.has(key)) cameAt.set(key, now)
  return cameAt.get(key) ?? now
}

const pulled = (facts: ObservedState, link: Link, seen: Extract<Observation, { readonly _tag: "Pulled" }>): void => {
  const { bytes, packet } = seen
  if (breaksRules(link, packet)) link.isDubious = true
  if (packet === undefined) {
    link.unreadableAt ??= facts.now
    return
  }
  switch (packet._tag) {
    case "Connack":
      if (link.isAccepted || packet.returnCode !== 0) return
      link.limits = packet.properties ?? {}
      return accepted(facts, link, packet.sessionPresent)
    case "Puback":
    case "Pubrec":
      if ((packet.reasonCode ?? 0) >= 0x80 || isLowered(facts, link, packet)) {
        return refused(facts, link, packet.packetIdentifier)
      }
      return packet._tag === "Pubrec" ? received(facts, link, packet.packetIdentifier)
        : acknowledged(facts, link, packet.packetIdentifier, 1)
    case "Pubcomp":
      return acknowledged(facts, link, packet.packetIdentifier, 2)
    case "Suback":
    case "Unsuback":
      if (fits(link.asked.get(packet.packetIdentifier), packet)) link.asked.delete(packet.packetIdentifier)
      return
    case "Publish": {
      const { packetIdentifier, payload, qos, topic } = packet
      const number = Payload.number(payload)
      if (isTooMuch(facts, link, packet, bytes)) link.isDubious = true
      const all = facts.cameAs.get(number) ?? new Set()
      facts.cameAs.set(number, all.add(`${qos} ${link.client} ${link.session} ${packetIdentifier}`))
      // To send it again on the same connection is another copy, whatever it says.
      if (!packet.dup || link.received.some((one) => one.number === number)) countCopy(facts, link.client, number)
      if (qos === 0 || packetIdentifier === undefined || link.early.delete(packetIdentifier)) return
      link.received.push({
        packetIdentifier,
        number,
        qos,
        topic,
        bytes,
        identifiers: packet.properties?.subscriptionIdentifiers ?? [],
        at: cameAt(facts, link.client, number, qos),
        isDropped: false
      })
      return
    }
    case "Disconnect":
      link.isDismissed = true
      return
    case "Pingresp":
      link.pings--
      return
    default:
  }
}

const published = (
  facts: ObservedState,
  link: Link,
  packet: Publish
): void => {
  const publication = facts.publications.get(Payload.number(packet.payload))
  const { packetIdentifier } = packet
  if (publication !== undefined && publication.sends.length > 0) link.hasRepeated = true
  publication?.sends.push({ link: link.number, session: link.session, packetIdentifier })
  if (publication === undefined || packetIdentifier === undefined) return
  link.unacknowledged.set(packetIdentifier, publication.number)
  facts.clients.get(link.client)?.session.set(packetIdentifier, publication.number)
}

const identified = (
  facts: ObservedState,
  { client }: Link,
  { properties, subscriptions }: Extract<Seen, { readonly _tag: "Subscribe" }>
): void => {
  const { subscriptionIdentifier } = properties ?? {}
  if (subscriptionIdentifier === undefined) return
  for (const { topicFilter } of subscriptions) {
    facts.clients.get(client)?.identifiers.set(topicFilter, subscriptionIdentifier)
  }
}

const sent = (facts: ObservedState, link: Link, packet: Seen | undefined): void => {
  link.packets++
  link.isWriting = true
  switch (packet?._tag) {
    case "Connect":
      link.isClean = packet.cleanSession
      return
    case "Pubcomp":
      return void link.open.delete(packet.packetIdentifier)
    case "Publish":
      return published(facts, link, packet)
    case "Pubrel": {
      const publication = publicationOf(facts, link, packet.packetIdentifier)
      if (publication === undefined) return
      publication.releasedOn = link.number
      publication.releases++
      link.unacknowledged.set(packet.packetIdentifier, publication.number)
      return
    }
    case "Puback":
    case "Pubrec": {
      if (packet._tag === "Puback") link.open.delete(packet.packetIdentifier)
      const index = link.received.findIndex(({ packetIdentifier }) => packetIdentifier === packet.packetIdentifier)
      if (index >= 0) link.received.splice(index, 1)
      else link.early.add(packet.packetIdentifier)
      return
    }
    case "Subscribe":
    case "Unsubscribe":
      if (packet._tag === "Subscribe") identified(facts, link, packet)
      link.asked.set(packet.packetIdentifier, packet)
      return
    case "Pingreq":
      link.pings++
      return
    case "Disconnect":
      link.hasParted = true
      return
    default:
  }
}

const over = (facts: ObservedState, link: Link): void => {
  link.isOver = true
  const client = facts.clients.get(link.client)
  if (client?.link === link) client.link = undefined
}

const asked = (facts: ObservedState, { ask, call, client }: Extract<Observation, { readonly _tag: "Asked" }>): void => {
  const begun: Call = { call, client, ask, at: facts.now, exit: undefined, endedAt: undefined }
  facts.calls.set(call, begun)
  if (ask._tag !== "Publish") return
  facts.publications.set(ask.number, {
    number: ask.number,
    call: begun,
    ask,
    sends: [],
    acknowledged: "no",
    arrivals: 0,
    receivedOn: 0,
    receivedIn: 0,
    releasedOn: 0,
    releases: 0,
    isRefused: false,
    isKept: false,
    doneAt: undefined,
    assignedIn: undefined,
    isGivenUp: false
  })
}

const aboutClient = (facts: ObservedState, seen: Extract<Observation, { readonly client: number }>): void => {
  const client = facts.clients.get(seen.client)
  switch (seen._tag) {
    case "Making":
      Notes.forgotten(facts)
      facts.client = newClient(seen.client, facts.options.hasStore ? facts.client : undefined)
      facts.clients.set(seen.client, facts.client)
      return
    case "Made":
      if (client !== undefined) client.isMade = seen.exit._tag === "Success"
      return
    case "Leaving":
      if (client !== undefined) client.isLeaving = true
      return
    case "Left":
      if (client !== undefined) client.hasLeft = true
      return
    case "Killed":
      if (client === undefined) return
      client.isKilled = true
      if (client.link !== undefined) over(facts, client.link)
      return
    case "Kept":
      return Notes.kept(facts, seen.client, seen.events)
    case "Noticed":
      if (seen.what === "SubscriptionLost" && seen.topic !== undefined) client?.lost.set(seen.topic, facts.now)
      if (seen.what !== "MessagesDropped") return
      if (client !== undefined && seen.topic !== undefined) client.drops.push(facts.now)
      for (const one of client?.link?.received ?? []) one.isDropped = isGivenUp(facts, seen.client, one)
      return
    case "GaveUp":
      if (client !== undefined) client.hasGivenUp = true
      return
    case "Opened":
      facts.links.set(seen.link, openLink(seen.link, seen.client))
      return
    default:
  }
}

const aboutLink = (facts: ObservedState, link: Link, seen: Extract<Observation, { readonly link: number }>): void => {
  switch (seen._tag) {
    case "Sent":
      return sent(facts, link, seen.packet)
    case "Pulled":
      return pulled(facts, link, seen)
    case "Written":
      link.isWriting = false
      return
    case "Broken":
    case "Closed":
      return over(facts, link)
    case "Reached": {
      const publication = seen.packet._tag === "Publish" ? facts.publications.get(Payload.number(seen.packet.payload))
        : undefined
      if (publication !== undefined) publication.arrivals++
      return
    }
    default:
  }
}

/** Takes in what was seen. */
export const see = (facts: ObservedState, seen: Observation): void => {
  const link = "link" in seen ? facts.links.get(seen.link) : undefined
  if (link !== undefined) return aboutLink(facts, link, seen as Extract<Observation, { readonly link: number }>)
  switch (seen._tag) {
    case "Asked":
      return asked(facts, seen)
    case "Answered": {
      const call = facts.calls.get(seen.call)
      if (call !== undefined) Object.assign(call, { exit: seen.exit, endedAt: facts.now })
      return
    }
    case "Handling":
      return void facts.taken.set(`${facts.calls.get(seen.call)?.client} ${seen.number}`, facts.now)
    case "Took":
      return void facts.taken.set(`${seen.client} ${seen.number}`, facts.now)
    case "Injected":
      return void facts.injected.set(seen.kind, (facts.injected.get(seen.kind) ?? 0) + 1)
    case "Healed":
      facts.isHealed = true
      return
    default:
      if ("client" in seen) aboutClient(facts, seen)
  }
}
