/**
 * From a message to its handlers.
 */
import type { TopicFilter } from "../../domain/packet/Topic.ts"
import type { Handler, Received } from "./Handler.ts"
import { matches } from "./matches.ts"
import type { Entry, Subscriptions } from "./Subscriptions.ts"

/** How many topics are remembered; with one more all are dropped. */
const maximumRoutes = 1_000

/**
 * The Subscription Identifiers that the Server names in a message: with overlapping subscriptions it may send a copy for
 * each. Undefined if it names none, or one of which this Client does not know (any more).
 */
const named = ({ entries }: Subscriptions, { properties, topic }: Received): ReadonlyArray<number> | undefined => {
  const identifiers = properties?.subscriptionIdentifiers
  if (identifiers === undefined) return undefined
  let known = 0
  for (const [filter, { identifier }] of entries) {
    if (identifiers.includes(identifier) && matches(filter, topic)) known++
  }
  return known === identifiers.length ? identifiers : undefined
}

/** Whether a message was sent for this subscription: the Server names it, or names none and the topic matches. */
const belongs = (
  [filter, { identifier, isIdentified }]: readonly [string, Entry],
  topic: string,
  identifiers: ReadonlyArray<number> | undefined
): boolean => matches(filter, topic) && (identifiers === undefined || !isIdentified || identifiers.includes(identifier))

/** Tells of messages whether they were sent for one of these Topic Filters. */
export const isFor = (
  subscriptions: Subscriptions,
  filters: ReadonlyArray<TopicFilter>
): (message: Received) => boolean => {
  const entries = Array.from(subscriptions.entries).filter(([filter]) => filters.includes(filter))
  return (message) => {
    const identifiers = named(subscriptions, message)
    return entries.some((entry) => belongs(entry, message.topic, identifiers))
  }
}

const handlersOf = (
  { entries }: Subscriptions,
  topic: string,
  identifiers: ReadonlyArray<number> | undefined
): ReadonlyArray<Handler> => {
  const handlers: Array<Handler> = []
  for (const entry of entries) {
    const { handler } = entry[1].wanted ?? {}
    if (handler !== undefined && belongs(entry, topic, identifiers)) handlers.push(handler)
  }
  return handlers
}

/** The handlers of all subscriptions that a message belongs to. */
export const handlersFor = (subscriptions: Subscriptions, message: Received): ReadonlyArray<Handler> => {
  const { topic } = message
  const identifiers = named(subscriptions, message)
  if (identifiers !== undefined) return handlersOf(subscriptions, topic, identifiers)
  const { routes } = subscriptions
  const known = routes.get(topic)
  if (known !== undefined) return known
  const handlers = handlersOf(subscriptions, topic, undefined)
  if (routes.size >= maximumRoutes) routes.clear()
  routes.set(topic, handlers)
  return handlers
}
