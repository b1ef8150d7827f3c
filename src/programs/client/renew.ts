/**
 * Keeps the Server's Session and the user's wishes together, for all that nobody waits for.
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Pingreq from "../../domain/packet/Pingreq.ts"
import { failure } from "../../domain/packet/Suback.ts"
import * as Core from "./Core.ts"
import { type LinkError, subscriptionRefused } from "./errors.ts"
import * as FilterState from "./FilterState.ts"
import { lose } from "./lose.ts"
import { mostFilters, request, subscribeTo, unsubscribeFrom } from "./request.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** A Topic Filter on whose renewal so many connections were lost may be the cause of it, and is asked for alone. */
const suspectLosses = 2

/** And one on which so many were lost is given up. */
const mostLosses = 4

const giveUp = (core: Core.Core): void => {
  for (const [filter, entry] of core.subscriptions.entries) {
    const { losses } = entry
    if (losses < mostLosses) continue
    // To unsubscribe from it may be another reason to close.
    entry.state = FilterState.initial
    lose(core, filter, `the Server has closed ${losses} connections when it was asked for ${filter} again: is it forbidden to read there?`)
  }
}

type Due = ReturnType<typeof Subscriptions.due>

const subscribeAll = (core: Core.Core, link: Core.Link, wanted: Due, now: number): void => {
  for (const chunk of Arr.chunksOf(wanted, mostFilters)) {
    const filters = chunk.map(([filter]) => filter)
    const subscriptions = chunk.map(([topicFilter, entry]) => ({ topicFilter, qos: entry.wanted?.qos ?? 0 }))
    request(core, link, filters, subscribeTo(subscriptions), now, (answer) => {
      if (answer?._tag !== "Suback") return
      filters.forEach((filter, i) => { if (answer.returnCodes[i] === failure) lose(core, filter, subscriptionRefused(filter).message) })
    })
  }
}

/** Asks for all that may be asked for at once, and gives the suspect that is to be asked for alone, when nothing else is under way. */
const renewSome = (core: Core.Core, link: Core.Link, now: number): Due[number] | undefined => {
  const patienceMillis = 2 * core.settings.replyMillis
  const wanted = Subscriptions.due(core.subscriptions, "subscribe", now, patienceMillis)
  subscribeAll(core, link, wanted.filter(([, { losses }]) => losses < suspectLosses), now)
  const unwanted = Subscriptions.due(core.subscriptions, "unsubscribe", now, patienceMillis).map(([filter]) => filter)
  for (const filters of Arr.chunksOf(unwanted, mostFilters)) request(core, link, filters, unsubscribeFrom(filters), now, () => {})
  return Subscriptions.isAsking(core.subscriptions) ? undefined : wanted.find(([, { losses }]) => losses >= suspectLosses)
}

/** Done when the Server has shown that it keeps the connection, or has had the time to. */
const shown = (core: Core.Core, link: Core.Link): Effect.Effect<void, LinkError> => {
  const answered = Effect.callback<void, LinkError>((resume) => {
    link.pings.push(resume)
    link.send(Pingreq.value)
  })
  return Effect.timeoutOrElse(answered, { duration: core.settings.replyMillis, orElse: () => Effect.void })
}

/**
 * On one connection: asks for what the Server's Session lacks, and tells it what nobody wants any more, until it has answered.
 */
export const renew = (core: Core.Core, link: Core.Link): Effect.Effect<never, LinkError> =>
  Effect.gen(function*() {
    const { subscriptions } = core
    giveUp(core)
    while (true) {
      subscriptions.changed.closeUnsafe()
      const suspect = renewSome(core, link, yield* Clock.currentTimeMillis)
      if (suspect !== undefined) {
        yield* shown(core, link)
        subscribeAll(core, link, [suspect], yield* Clock.currentTimeMillis)
      }
      const changed = subscriptions.changed.await
      const soon = Effect.timeoutOrElse(changed, { duration: core.settings.replyMillis, orElse: () => Effect.void })
      yield* (Subscriptions.isUnsettled(subscriptions) ? soon : changed)
    }
  })
