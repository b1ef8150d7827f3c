/**
 * What is known of a story so far: every publication, every connection, every Client, as seen from outside.
 */
import * as Exit from "effect/Exit"
import type { Properties } from "../../../src/domain/packet/v5/PropertyTable.ts"
import * as Topic from "../../../src/domain/packet/Topic.ts"
import type { Ask, Observation } from "./Observation.ts"
import type { Seen } from "./Seen.ts"
import { isSessionShort, type Options } from "./Story.ts"

export interface Call {
  readonly call: number
  readonly client: number
  readonly ask: Ask
  readonly at: number
  exit: Exit.Exit<unknown, unknown> | undefined
  /** When it ended, in milliseconds. */
  endedAt: number | undefined
}

export interface Publication {
  readonly number: number
  readonly call: Call
  readonly ask: Extract<Ask, { readonly _tag: "Publish" }>
  /** Every time that it was handed to the network. */
  readonly sends: Array<{
    readonly link: number
    readonly session: number
    readonly packetIdentifier: number | undefined
  }>
  /** Its PUBACK was pulled; `may`: one that the Client may have taken for it, or may not have heeded. */
  acknowledged: "no" | "may" | "yes"
  arrivals: number
  /** The connection on which its last PUBREC was pulled, and the Session; 0: none was, of the last Session. */
  receivedOn: number
  receivedIn: number
  /** The connection on which its PUBREL was last sent, and how many were sent. */
  releasedOn: number
  releases: number
  /** The Server has said that it does not take it. */
  isRefused: boolean
  /** It is in the store; until when, if it is not any more: the Client is done with it. */
  isKept: boolean
  doneAt: number | undefined
  /** The last Session in which the store says that it is sent: it may not have left before its Client ended. */
  assignedIn: number | undefined
  /** The store says that it was given up. */
  isGivenUp: boolean
}

/** A message of QoS 1 or 2 that the Client has pulled and not acknowledged. */
export interface Received {
  readonly packetIdentifier: number
  readonly number: number
  readonly qos: 1 | 2
  readonly topic: string
  readonly bytes: number
  /** With MQTT 5: the Subscription Identifiers that it comes for. */
  readonly identifiers: ReadonlyArray<number>
  /** When it was pulled; with QoS 2, for the first time. */
  readonly at: number
  /**
   * The Client has reported that it dropped messages, and this may have been one of them. Its PUBACK may wait for those
   * before it.
   */
  isDropped: boolean
}

export interface Link {
  readonly number: number
  readonly client: number
  isAccepted: boolean
  acceptedAt: number
  /** What the Client has reason to believe: of a Clean Session nothing is left. */
  isSessionPresent: boolean
  /** The number of its Session: another when nothing is left of the one before. */
  session: number
  /** The Server has broken the rules: the Client may close it, and need not heed what follows. */
  isDubious: boolean
  /** The Server has sent DISCONNECT. */
  isDismissed: boolean
  /** One of the two sides has ended it, and the Client knows. */
  isOver: boolean
  isWriting: boolean
  hasParted: boolean
  packets: number
  /** A PUBLISH was sent again on it. */
  hasRepeated: boolean
  /** CONNECT asks for a new Session. */
  isClean: boolean
  /** What the Server takes, and its Keep Alive, as its CONNACK says. */
  limits: Properties<"CONNACK">
  /** When what cannot be read was pulled. */
  unreadableAt: number | undefined
  /** Packet Identifier -> number of the publication. */
  readonly unacknowledged: Map<number, number>
  readonly asked: Map<number, Seen>
  readonly received: Array<Received>
  /** Packet Identifiers that were acknowledged before their PUBLISH was here to its end. */
  readonly early: Set<number>
  /** With MQTT 5: Packet Identifiers of messages that the Server has sent and that have no PUBACK or PUBCOMP. */
  readonly open: Set<number>
  pings: number
}

export interface ClientFacts {
  readonly number: number
  isMade: boolean
  isLeaving: boolean
  hasLeft: boolean
  hasGivenUp: boolean
  isKilled: boolean
  link: Link | undefined
  connections: number
  sessions: number
  /** When the Client has dropped messages that no Topic Filter asked for. */
  readonly drops: Array<number>
  /** When the Client has reported that a subscription is lost, by Topic Filter. */
  readonly lost: Map<string, number>
  /** With MQTT 5: the Subscription Identifiers of Topic Filters. */
  readonly identifiers: Map<string, number>
  /** Packet Identifiers in use in the Session, and by which publication. */
  readonly session: Map<number, number>
}

export interface ObservedState {
  readonly options: Options
  now: number
  isHealed: boolean
  readonly clients: Map<number, ClientFacts>
  client: ClientFacts | undefined
  readonly links: Map<number, Link>
  readonly calls: Map<number, Call>
  readonly publications: Map<number, Publication>
  /** When the user of a Client, or a handler, was last given a message: see `takenAt`. */
  readonly taken: Map<string, number>
  /** When a message of QoS 2 first came to a Client, which keeps it over lost connections. */
  readonly cameAt: Map<string, number>
  /** How many packets brought a Client one message, repetitions on another connection aside: see `copies`. */
  readonly copies: Map<string, number>
  /** As what each message came: QoS, Client, Session and Packet Identifier. */
  readonly cameAs: Map<number, Set<string>>
  readonly injected: Map<string, number>
  /** Names of messages in the store, and the publications that they are. */
  readonly names: Map<number, Publication>
  /** Packet Identifiers of messages of QoS 2 that are in the store as taken, in the present Session. */
  readonly keptTaken: Set<number>
}

/** What is seen of a Client whose process was killed counts no more, but for what it had sent. */
export const isOfTheDead = ({ calls, clients, links }: ObservedState, seen: Observation): boolean => {
  if (seen._tag === "Reached" || seen._tag === "Arrived" || seen._tag === "Killed") return false
  const client = "client" in seen ? seen.client
    : "call" in seen ? calls.get(seen.call)?.client
    : "link" in seen ? links.get(seen.link)?.client : undefined
  return client !== undefined && clients.get(client)?.isKilled === true
}

export const make = (options: Options): ObservedState => ({
  options,
  now: 0,
  isHealed: false,
  clients: new Map(),
  client: undefined,
  links: new Map(),
  calls: new Map(),
  publications: new Map(),
  taken: new Map(),
  cameAt: new Map(),
  copies: new Map(),
  cameAs: new Map(),
  injected: new Map(),
  names: new Map(),
  keptTaken: new Set()
})

/** When somebody last took message `number` of this Client's; -1: never. Milliseconds. */
export const takenAt = (facts: ObservedState, client: number, number: number): number =>
  facts.taken.get(`${client} ${number}`) ?? -1

/** Whether somebody took it since it came; of QoS 2 also before, because its repetition is handed to nobody. */
export const isTaken = (
  facts: ObservedState,
  client: number,
  { at, number, packetIdentifier, qos }: Received
): boolean =>
  takenAt(facts, client, number) >= (qos === 2 ? 0 : at) || (qos === 2 && facts.keptTaken.has(packetIdentifier))

/**
 * In how many packets message `number` came to this Client, but for those that say DUP on another connection. A
 * retained message comes with each SUBSCRIBE, and a Server may send twice: who took it once may have taken any of them.
 */
export const copies = (facts: ObservedState, client: number, number: number): number =>
  facts.copies.get(`${client} ${number}`) ?? 0

/** The different messages of this QoS that message `number` came as: what is published again in another Session is one more. */
export const forms = ({ cameAs }: ObservedState, number: number, qos: 0 | 1 | 2): number =>
  [...cameAs.get(number) ?? []].filter((form) => form.startsWith(`${qos} `)).length

/**
 * Whether the Client has dropped message `number` before `at`, as it has reported or was asked to, its PUBACK had to wait for others until
 * the connection was lost, and the Server has sent it again.
 */
export const cameAgain = (facts: ObservedState, client: number, number: number, at: number): boolean => {
  let isDropped = false
  for (const link of facts.links.values()) {
    if (link.client !== client) continue
    const one = link.received.find((one) => one.number === number)
    if (one === undefined) continue
    if (isDropped) return true
    isDropped = (one.isDropped || isUnwanted(facts, client, one)) && one.at < at
  }
  return false
}

/** Whether the user has said that it wants no such messages, since this one came. */
export const isUnwanted = (facts: ObservedState, client: number, { at, topic }: Received): boolean => {
  for (const call of facts.calls.values()) {
    if (
      call.client === client &&
      call.at >= at &&
      call.ask._tag === "Unsubscribe" &&
      Topic.matches(call.ask.filter, topic)
    ) {
      return true
    }
  }
  return false
}

/** Whether a subscription that was granted, and not given up since, asks for it; or did, with calls begun up to then. */
const isAskedFor = (facts: ObservedState, client: number, topic: string, upTo = Infinity): boolean => {
  const asked = new Set<string>()
  const lost = facts.clients.get(client)?.lost
  for (const { ask, at, client: owner, endedAt = 0, exit } of facts.calls.values()) {
    if (owner !== client || at > upTo) continue
    const isGranted = ask._tag === "Subscribe" && exit !== undefined && Exit.isSuccess(exit)
    if (isGranted && endedAt > (lost?.get(ask.filter) ?? -1)) asked.add(ask.filter)
    if (ask._tag === "Unsubscribe") asked.delete(ask.filter)
  }
  for (const filter of asked) if (Topic.matches(filter, topic)) return true
  return false
}

/**
 * Whether the user had unsubscribed from such messages when it came, and asked for them in no other way. Only with Clean
 * Session: otherwise the Server may send it for a subscription of an earlier program, whose handler may still come.
 */
export const isLeft = (facts: ObservedState, client: number, { at, topic }: Received): boolean => {
  const asked = new Set<string>()
  let isLeft = false
  for (const { ask, at: askedAt, client: owner, exit } of facts.calls.values()) {
    if (owner !== client || askedAt > at) continue
    // One that has failed asks for nothing.
    if (ask._tag === "Subscribe" && (exit === undefined || Exit.isSuccess(exit))) asked.add(ask.filter)
    if (ask._tag !== "Unsubscribe") continue
    asked.delete(ask.filter)
    isLeft ||= Topic.matches(ask.filter, topic)
  }
  for (const filter of asked) if (Topic.matches(filter, topic)) return false
  return isLeft && isSessionShort(facts.options)
}

/**
 * The Client had dropped such messages, and its user had subscribed to nothing since when this one came; or it has
 * dropped some later, when this one was still to be handed on.
 */
const isGivingUp = (facts: ObservedState, client: number, { at: cameAt, topic }: Received): boolean => {
  let subscribedAt = -1
  for (const { ask, at, client: owner } of facts.calls.values()) {
    if (owner === client && ask._tag === "Subscribe" && at <= cameAt) subscribedAt = at
  }
  const { drops = [] } = facts.clients.get(client) ?? {}
  return drops.some((droppedAt) =>
    droppedAt >= subscribedAt && !isAskedFor(facts, client, topic, Math.max(droppedAt, cameAt))
  )
}

/** Nobody has asked for it for so long that the Client may drop it, and acknowledge it. */
export const isGivenUp = (facts: ObservedState, client: number, message: Received): boolean =>
  message.isDropped || isGivingUp(facts, client, message) ||
  (facts.now - message.at >= facts.options.unclaimedMillis && !isAskedFor(facts, client, message.topic))
