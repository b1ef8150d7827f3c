/**
 * Keeps the Server's Session and the user's wishes together, for all that nobody waits for.
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { failure } from "../../domain/packet/Suback.ts"
import * as Topic from "../../domain/Topic.ts"
import * as Core from "./Core.ts"
import { subscriptionRefused } from "./errors.ts"
import * as Notice from "./Notice.ts"
import { mostFilters, request, subscribeTo, unsubscribeFrom } from "./request.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** A subscription that was granted before is refused now: it is told and forgotten. */
const lose = (core: Core.Core, filter: Topic.TopicFilter): void => {
  const entry = core.subscriptions.entries.get(filter)
  if (entry === undefined) return
  Subscriptions.want(core.subscriptions, entry, undefined)
  Subscriptions.tidy(core.subscriptions, filter)
  Notice.tell(core.notices, { _tag: "SubscriptionLost", topicFilter: filter, message: subscriptionRefused(filter).message })
}

const renewSome = (core: Core.Core, link: Core.Link, now: number): void => {
  const patienceMillis = 2 * core.settings.replyMillis
  const wanted = Subscriptions.due(core.subscriptions, "subscribe", now, patienceMillis)
  for (const chunk of Arr.chunksOf(wanted, mostFilters)) {
    const filters = chunk.map(([filter]) => filter)
    const subscriptions = chunk.map(([topicFilter, entry]) => ({ topicFilter, qos: entry.wanted?.qos ?? 0 }))
    request(core, link, filters, subscribeTo(subscriptions), now, (answer) => {
      if (answer?._tag !== "Suback") return
      filters.forEach((filter, i) => { if (answer.returnCodes[i] === failure) lose(core, filter) })
    })
  }
  const unwanted = Subscriptions.due(core.subscriptions, "unsubscribe", now, patienceMillis).map(([filter]) => filter)
  for (const filters of Arr.chunksOf(unwanted, mostFilters)) request(core, link, filters, unsubscribeFrom(filters), now, () => {})
}

/**
 * On one connection: asks for what the Server's Session lacks, and tells it what nobody wants any more, until it has answered.
 */
export const renew = (core: Core.Core, link: Core.Link): Effect.Effect<never> =>
  Effect.gen(function*() {
    const { subscriptions } = core
    while (true) {
      subscriptions.changed.closeUnsafe()
      renewSome(core, link, yield* Clock.currentTimeMillis)
      const changed = subscriptions.changed.await
      const soon = Effect.timeoutOrElse(changed, { duration: core.settings.replyMillis, orElse: () => Effect.void })
      yield* (Subscriptions.isUnsettled(subscriptions) ? soon : changed)
    }
  })
