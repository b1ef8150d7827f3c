/**
 * Sends SUBSCRIBE and UNSUBSCRIBE. A request without an answer is sent again, on the next connection or on this one: by
 * the call that waits for it, or by `renew` if nobody does. FilterState knows what the Server has.
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import { failure } from "../../domain/packet/Suback.ts"
import type { Unsubscribe } from "../../domain/packet/Unsubscribe.ts"
import * as Topic from "../../domain/packet/Topic.ts"
import type { Subscribe5 } from "../../domain/packet/v5/Subscribe.ts"
import * as Core from "./Core.ts"
import type * as Link from "./Link.ts"
import { type LinkError, type SubscriptionRefused, subscriptionRefused } from "./errors.ts"
import type * as ExchangeState from "./ExchangeState.ts"
import * as FilterState from "./FilterState.ts"
import { lose } from "./lose.ts"
import * as Requests from "./Requests.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** Filters in one packet: there are Servers that close the connection on more (AWS IoT on nine). */
export const maxFilters = 8

export type Make = (packetIdentifier: number) => Subscribe5 | Unsubscribe

/**
 * How many filters go in one packet: with MQTT 5 one, because all of a packet have one Subscription Identifier (MQTT 5,
 * 3.8.2.1.2); also while nobody knows what the next connection speaks.
 */
export const filtersAtOnce = ({ link }: Core.Core): number => link?.dialect.version === 4 ? maxFilters : 1

/** Asks for all of them; one alone gets its Subscription Identifier, which MQTT 3.1.1 leaves out. */
export const subscribeTo = (core: Core.Core, filters: ReadonlyArray<Topic.TopicFilter>): Make => (packetIdentifier) => {
  const { entries } = core.subscriptions
  const subscriptions = filters.map((filter) => Subscriptions.subscriptionOf(filter, entries.get(filter)))
  const entry = filters.length === 1 ? entries.get(filters[0] as Topic.TopicFilter) : undefined
  const properties = entry === undefined ? undefined : { subscriptionIdentifier: entry.identifier }
  return { _tag: "Subscribe", packetIdentifier, subscriptions, properties }
}

export const unsubscribeFrom = (topicFilters: ReadonlyArray<Topic.TopicFilter>): Make => (packetIdentifier) => ({
  _tag: "Unsubscribe",
  packetIdentifier,
  topicFilters
})

/** Whether the Server refuses what was asked for in this place. */
export const isRefused = (answer: ExchangeState.Answer, index: number): boolean =>
  (answer.returnCodes?.[index] ?? 0) >= failure

/** Why it does. */
export const refusalOf = (answer: ExchangeState.Answer, index: number, topicFilter: string): SubscriptionRefused =>
  answer.refused?.(topicFilter, index) ?? subscriptionRefused(topicFilter)

/**
 * What an answer says about each filter, whoever still waits for it. `numbers`: which of the requests for each filter
 * it answers. It says nothing about a filter for which another request was sent after that.
 */
const settle = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>,
  numbers: ReadonlyArray<number>,
  answer: ExchangeState.Answer
): void => {
  const { subscriptions } = core
  const { entries, leaving } = subscriptions
  filters.forEach((filter, i) => {
    const entry = entries.get(filter)
    if (entry === undefined) return
    entry.losses = 0
    if (entry.sent !== numbers[i]) return
    if (answer._tag === "Unsuback") entry.state = FilterState.released
    else entry.state = isRefused(answer, i) ? FilterState.refused(entry.state) : FilterState.granted
    Subscriptions.tidy(subscriptions, filter)
  })
  // A caller that has waited for an UNSUBACK asks at once: but only after everything else is known.
  for (const filter of answer._tag === "Unsuback" ? filters : []) {
    const left = leaving.get(filter)
    leaving.delete(filter)
    left?.openUnsafe()
  }
  // An answer that came late may leave something to do.
  subscriptions.changed.openUnsafe()
}

/** Sends a request for these filters; `answered` is called with the result. */
export const request = (
  core: Core.Core,
  link: Link.Link,
  filters: ReadonlyArray<Topic.TopicFilter>,
  make: Make,
  now: number,
  answered: ExchangeState.Answered
): InvalidPacket | undefined => {
  const numbers = filters.map((filter) => (core.subscriptions.entries.get(filter)?.sent ?? 0) + 1)
  let asked: Subscriptions.Entry["asked"]
  const noted: Make = (packetIdentifier) => {
    const packet = make(packetIdentifier)
    asked = packet._tag
    return packet
  }
  const invalid = Requests.ask(core.exchange, noted, link.send, (answer) => {
    if (answer !== undefined) settle(core, filters, numbers, answer)
    answered(answer)
  })
  if (invalid !== undefined) return invalid
  for (const filter of filters) {
    const entry = core.subscriptions.entries.get(filter)
    if (entry === undefined) continue
    entry.state = FilterState.asked(entry.state, now)
    entry.asked = asked
    if (asked === "Subscribe") entry.isIdentified = filters.length === 1
    entry.sent++
  }
  return undefined
}

/**
 * A reader may ask for what the user has subscribed to, in place of its renewal. If that is refused, the subscription
 * is lost, even if the reader has left meanwhile.
 */
const loseRefused = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>,
  answer: ExchangeState.Answer | undefined
): void => {
  if (answer?._tag !== "Suback") return
  filters.forEach((filter, i) => {
    const entry = core.subscriptions.entries.get(filter)
    const isLost = isRefused(answer, i) && entry?.wanted?.outcome === "granted" && FilterState.isNothing(entry.state)
    if (isLost) lose(core, filter, refusalOf(answer, i, filter).message)
  })
}

/** One request on one connection; `undefined` if the connection was lost. */
const askOnce = (core: Core.Core, link: Link.Link, filters: ReadonlyArray<Topic.TopicFilter>, make: Make) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.callback<ExchangeState.Answer | undefined, InvalidPacket>((resume) => {
      const invalid = request(core, link, filters, make, now, (answer) => {
        loseRefused(core, filters, answer)
        resume(Effect.succeed(answer))
      })
      if (invalid !== undefined) {
        resume(Effect.fail(invalid))
      }
    }))

const askAgain = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>,
  make: Make
): Effect.Effect<ExchangeState.Answer, InvalidPacket | LinkError> =>
  Effect.gen(function*() {
    while (true) {
      const link = yield* Core.connected(core)
      const answer = yield* askOnce(core, link, filters, make)
      if (answer !== undefined) return answer
    }
  })

/**
 * Perhaps nobody needs these filters any more: unsubscribes from them, without waiting for the answer. If there is no
 * connection, or no answer comes, `renew` does it.
 */
export const release = (core: Core.Core, filters: ReadonlyArray<Topic.TopicFilter>): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const { link } = core
    const { changed, entries, leaving } = core.subscriptions
    const unneeded = new Set(filters.filter((filter) => {
      Subscriptions.tidy(core.subscriptions, filter)
      const entry = entries.get(filter)
      if (entry === undefined || Subscriptions.isWanted(entry) || entry.requests > 0 || leaving.has(filter)) {
        return false
      }
      // `renew` may have sent it already.
      return entry.asked !== "Unsubscribe" ||
        FilterState.due(entry.state, false, now, 2 * core.settings.replyMillis) !== undefined
    }))
    if (link === undefined || unneeded.size === 0) return
    for (const some of Arr.chunksOf(unneeded, maxFilters)) {
      const left = Latch.makeUnsafe(false)
      for (const filter of some) leaving.set(filter, left)
      request(core, link, some, unsubscribeFrom(some), now, () => {
        for (const filter of some) if (leaving.get(filter) === left) leaving.delete(filter)
        left.openUnsafe()
      })
    }
    // From now on an answer is missing: `renew` is told when all of them were asked for, or it would ask for the last
    // ones itself.
    changed.openUnsafe()
  })

/** Not every Server accepts a SUBSCRIBE after an UNSUBSCRIBE that it has not answered (Aedes 1.2 does not). */
const awaitLeft = (core: Core.Core, filters: ReadonlyArray<Topic.TopicFilter>): Effect.Effect<void> =>
  Effect.forEach(filters, (filter) => core.subscriptions.leaving.get(filter)?.await ?? Effect.void, { discard: true })

export const ask = (core: Core.Core, filters: ReadonlyArray<Topic.TopicFilter>, make: Make) => {
  const asking = Effect.timeoutOrElse(Effect.andThen(awaitLeft(core, filters), askAgain(core, filters, make)), {
    duration: core.settings.replyMillis,
    orElse: () => {
      const what = `has not answered for ${core.settings.replyMillis / 1000} s`
      return Effect.fail(core.link === undefined ? Core.notConnected(core) : Core.socketError(core, "TimedOut", what))
    }
  })
  const begin = Effect.sync(() => {
    const entries = filters.map((filter) => Subscriptions.entryFor(core.subscriptions, filter))
    for (const entry of entries) entry.requests++
    return entries
  })
  const end = (entries: ReadonlyArray<Subscriptions.Entry>) =>
    Effect.sync(() => {
      for (const entry of entries) entry.requests--
      for (const filter of filters) Subscriptions.tidy(core.subscriptions, filter)
      core.subscriptions.changed.openUnsafe()
    })
  return Effect.acquireUseRelease(begin, () => asking, end)
}
