/**
 * Who receives what: an entry for each Topic Filter, for the user's subscription, for readers that want one message, or
 * for both.
 */
import * as Latch from "effect/Latch"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import * as Topic from "../../domain/packet/Topic.ts"
import type { Subscription5 } from "../../domain/packet/v5/Subscribe.ts"
import * as FilterState from "./FilterState.ts"
import type { Handler, Received } from "./Handler.ts"
import { matches } from "./matches.ts"

/** What a SUBSCRIBE says besides the Topic Filter; all but the QoS in MQTT 5 only. */
export type Asked = Omit<Subscription5, "topicFilter"> & { readonly qos: QoS }

export interface Wanted {
  readonly asked: Asked
  readonly handler: Handler | undefined
  /** The result of the call that asked for it. */
  outcome: "pending" | "granted" | "failed"
  /** What the user wanted before, and wants again if that call fails. */
  before: Wanted | undefined
}

export const wanted = (asked: Asked, handler: Handler | undefined, before?: Wanted): Wanted => ({
  asked,
  handler,
  outcome: "pending",
  before
})

export interface Entry {
  /** What the user asked for, if anything; changed by `want` alone. */
  wanted: Wanted | undefined
  /** Calls of `listen` that need it. */
  readers: number
  /** Calls that ask the Server for it themselves, and again on the next connection. */
  requests: number
  /** How many requests for it were sent so far: only the answer to the last one says what the Server has. */
  sent: number
  /** With MQTT 5: what the Server calls it in its messages, unless it was asked for together with others. */
  readonly identifier: number
  isIdentified: boolean
  /** What the last request was. */
  asked: "Subscribe" | "Unsubscribe" | undefined
  /** What the Server has of it. */
  state: FilterState.FilterState
  /** Connections in a row that the Server has closed on its renewal, when there was nothing else to close on. */
  losses: number
}

/** What a reader asks for, who wants any message. */
const readerAsks: Asked = { qos: 0 }

/** This Topic Filter as it stands in a SUBSCRIBE. */
export const subscriptionOf = (topicFilter: Topic.TopicFilter, entry: Entry | undefined): Subscription5 => ({
  topicFilter,
  ...entry?.wanted?.asked ?? readerAsks
})

/** Sees each message as it arrives, before handlers. True: it was meant for this tap. */
export type Tap = (message: Received) => boolean

export interface Subscriptions {
  readonly entries: Map<Topic.TopicFilter, Entry>
  readonly taps: Set<Tap>
  /**
   * Filters with an UNSUBSCRIBE that has no answer and for which nobody waits; the latch opens when the answer comes.
   */
  readonly leaving: Map<Topic.TopicFilter, Latch.Latch>
  /**
   * The handlers of the topics of messages since the last change: matching every filter anew costs more than everything
   * else.
   */
  readonly routes: Map<string, ReadonlyArray<Handler>>
  /** Filters that the user has unsubscribed from, the oldest first: nobody will take what still comes for them. */
  readonly left: Set<Topic.TopicFilter>
  /**
   * Messages that no Topic Filter asks for have waited long enough, and the user has subscribed to nothing since: those
   * that come now need not wait, or each of many would hold back for as long what comes after it.
   */
  hasGivenUp: boolean
  /** Opens when an entry has something to ask for. */
  readonly changed: Latch.Latch
  lastIdentifier: number
}

export const make = (): Subscriptions => ({
  entries: new Map(),
  taps: new Set(),
  leaving: new Map(),
  routes: new Map(),
  left: new Set(),
  hasGivenUp: false,
  changed: Latch.makeUnsafe(false),
  lastIdentifier: 0
})

/** How many filters are remembered as left. */
const maximumLeft = 1_000

/** The entry of a filter, a new one if necessary. */
export const entryFor = (subscriptions: Subscriptions, filter: Topic.TopicFilter): Entry => {
  const known = subscriptions.entries.get(filter)
  if (known !== undefined) return known
  const entry: Entry = {
    identifier: ++subscriptions.lastIdentifier,
    isIdentified: false,
    wanted: undefined,
    readers: 0,
    requests: 0,
    sent: 0,
    asked: undefined,
    state: FilterState.initial,
    losses: 0
  }
  subscriptions.entries.set(filter, entry)
  return entry
}

export const want = (subscriptions: Subscriptions, entry: Entry, wanted: Wanted | undefined): void => {
  entry.wanted = wanted
  subscriptions.routes.clear()
}

/** The call has succeeded. */
export const granted = (wanted: Wanted): void => {
  wanted.outcome = "granted"
  wanted.before = undefined
}

/** The call has failed: what was wanted before counts again, except for calls that have failed meanwhile. */
export const failed = (subscriptions: Subscriptions, entry: Entry, wanted: Wanted): void => {
  wanted.outcome = "failed"
  if (entry.wanted !== wanted) return
  let { before } = wanted
  while (before?.outcome === "failed") before = before.before
  want(subscriptions, entry, before)
}

export const isWanted = (entry: Entry): boolean => entry.wanted !== undefined || entry.readers > 0

/** Forgets an entry that nobody wants, and of which the Server has nothing. */
export const tidy = (subscriptions: Subscriptions, filter: Topic.TopicFilter): void => {
  const entry = subscriptions.entries.get(filter)
  if (entry === undefined || isWanted(entry) || entry.requests > 0 || !FilterState.isNothing(entry.state)) return
  subscriptions.entries.delete(filter)
}

/** The connection has ended. `isBlamed`: the Server has closed it, and no message was in flight. */
export const disconnected = ({ entries }: Subscriptions, isBlamed: boolean): void => {
  for (const entry of entries.values()) {
    if (isBlamed && entry.state.askedAt !== undefined && entry.requests === 0) entry.losses++
    entry.state = FilterState.disconnected(entry.state)
  }
}

/** A connection was accepted: everything without an answer, or that a new Session lacks, is to be asked for. */
export const connected = (subscriptions: Subscriptions, session: FilterState.SessionKind): void => {
  for (const [filter, entry] of subscriptions.entries) {
    entry.state = FilterState.connected(entry.state, session)
    tidy(subscriptions, filter)
  }
  subscriptions.changed.openUnsafe()
}

/** The entries that have something to ask for, and for which no call does so itself. */
export const due = (
  subscriptions: Subscriptions,
  what: "subscribe" | "unsubscribe",
  now: number,
  answerMillis: number
) =>
  Array.from(subscriptions.entries).filter(([, entry]) =>
    entry.requests === 0 && FilterState.due(entry.state, isWanted(entry), now, answerMillis) === what
  )

/** Whether an answer is missing that was asked for on this connection. */
export const isAsking = ({ entries }: Subscriptions): boolean => {
  for (const { state } of entries.values()) if (state.askedAt !== undefined) return true
  return false
}

/** Whether an answer is missing. */
export const isUnsettled = ({ entries }: Subscriptions): boolean => {
  for (const { state } of entries.values()) if (state.known === "uncertain") return true
  return false
}

/** Whether the user has subscribed to messages with this topic. */
export const isAskedFor = ({ entries }: Subscriptions, topic: string): boolean => {
  for (const [filter, { wanted }] of entries) if (wanted !== undefined && matches(filter, topic)) return true
  return false
}

/** The user has unsubscribed. */
export const leave = ({ left }: Subscriptions, filter: Topic.TopicFilter): void => {
  const [oldest] = left
  if (oldest !== undefined && left.size >= maximumLeft) left.delete(oldest)
  left.add(filter)
}

/** Whether the user has unsubscribed from messages with this topic, and asks for them in no other way. */
export const isLeft = (subscriptions: Subscriptions, topic: string): boolean => {
  for (const filter of subscriptions.left) {
    if (matches(filter, topic)) return !isAskedFor(subscriptions, topic)
  }
  return false
}

const none: ReadonlySet<Received> = new Set()

/** Shows messages to the readers, and returns the ones that they were waiting for. */
export const tap = (subscriptions: Subscriptions, messages: ReadonlyArray<Received>): ReadonlySet<Received> => {
  if (subscriptions.taps.size === 0) return none
  const tapped = new Set<Received>()
  for (const tap of subscriptions.taps) {
    for (const message of messages) if (tap(message)) tapped.add(message)
  }
  return tapped
}
