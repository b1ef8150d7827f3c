/**
 * From a message to its handlers.
 */
import type { Handler, Received } from "./Handler.ts"
import { matches } from "./matches.ts"
import type { Subscriptions } from "./Subscriptions.ts"

/** How many topics are remembered; with one more all are dropped. */
const maximumRoutes = 1_000

/**
 * The handlers of the subscriptions that the Server names in a message: with overlapping ones it may send a copy for
 * each. Undefined if it names none, or one of which this Client does not know (any more).
 */
const identified = (
  { entries }: Subscriptions,
  { properties, topic }: Received
): ReadonlyArray<Handler> | undefined => {
  const identifiers = properties?.subscriptionIdentifiers
  if (identifiers === undefined) return undefined
  const handlers: Array<Handler> = []
  let named = 0
  for (const [filter, { identifier, isIdentified, wanted }] of entries) {
    if (!matches(filter, topic)) continue
    const isNamed = identifiers.includes(identifier)
    if (isNamed) named++
    if (wanted?.handler !== undefined && (isNamed || !isIdentified)) handlers.push(wanted.handler)
  }
  return named === identifiers.length ? handlers : undefined
}

/** The handlers of all subscriptions that a message belongs to. */
export const handlersFor = (subscriptions: Subscriptions, message: Received): ReadonlyArray<Handler> => {
  const named = identified(subscriptions, message)
  if (named !== undefined) return named
  const { topic } = message
  const { entries, routes } = subscriptions
  const known = routes.get(topic)
  if (known !== undefined) return known
  const handlers: Array<Handler> = []
  for (const [filter, { wanted }] of entries) {
    if (wanted?.handler !== undefined && matches(filter, topic)) handlers.push(wanted.handler)
  }
  if (routes.size >= maximumRoutes) routes.clear()
  routes.set(topic, handlers)
  return handlers
}
