/**
 * SUBSCRIBE and UNSUBSCRIBE. A request that a lost connection has swallowed is made again on the next one.
 */
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { QoS } from "../../domain/ApplicationMessage.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import { failure } from "../../domain/packet/Suback.ts"
import type { Subscribe } from "../../domain/packet/Subscribe.ts"
import type { Unsubscribe } from "../../domain/packet/Unsubscribe.ts"
import * as Topic from "../../domain/Topic.ts"
import * as Core from "./Core.ts"
import { type LinkError, type SubscribeError, type SubscriptionRefused, subscriptionRefused, type UnsubscribeError } from "./errors.ts"
import * as Exchange from "./Exchange.ts"
import type { Handler, Received } from "./Handler.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** One request on one connection; `undefined` when that was lost. */
const askOnce = (core: Core.Core, link: Core.Link, make: (packetIdentifier: number) => Subscribe | Unsubscribe) =>
  Effect.callback<Exchange.Answer | undefined, InvalidPacket>((resume) => {
    const invalid = Exchange.ask(core.exchange, make, link.send, (answer) => resume(Effect.succeed(answer)))
    if (invalid !== undefined) resume(Effect.fail(invalid))
  })

const askAgain = (
  core: Core.Core,
  make: (packetIdentifier: number) => Subscribe | Unsubscribe
): Effect.Effect<Exchange.Answer, InvalidPacket | LinkError> =>
  Effect.gen(function*() {
    while (true) {
      const link = yield* Core.connected(core)
      const answer = yield* askOnce(core, link, make)
      if (answer !== undefined) return answer
    }
  })

/** Forgets an entry that nobody needs, and tells the Server without waiting for its answer. */
const release = (core: Core.Core, filter: Topic.TopicFilter): void => {
  const entry = core.subscriptions.entries.get(filter)
  if (entry === undefined || entry.wanted !== undefined || entry.readers > 0) return
  Subscriptions.remove(core.subscriptions, filter)
  const packet = (packetIdentifier: number): Unsubscribe => ({ _tag: "Unsubscribe", packetIdentifier, topicFilters: [filter] })
  if (core.link === undefined) return
  const { leaving } = core.subscriptions
  const left = Latch.makeUnsafe(false)
  leaving.set(filter, left)
  Exchange.ask(core.exchange, packet, core.link.send, () => {
    if (leaving.get(filter) === left) leaving.delete(filter)
    left.openUnsafe()
  })
}

/** Not every Server keeps a SUBSCRIBE behind an UNSUBSCRIBE that it has not answered (Aedes 1.2 does not). */
const awaitLeft = (core: Core.Core, filters: ReadonlyArray<Topic.TopicFilter>): Effect.Effect<void> =>
  Effect.forEach(filters, (filter) => core.subscriptions.leaving.get(filter)?.await ?? Effect.void, { discard: true })

const ask = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>,
  make: (packetIdentifier: number) => Subscribe | Unsubscribe
) =>
  Effect.timeoutOrElse(Effect.andThen(awaitLeft(core, filters), askAgain(core, make)), {
    duration: core.settings.replyMillis,
    orElse: () => {
      const what = `has not answered for ${core.settings.replyMillis / 1000} s`
      return Effect.fail(core.link === undefined ? Core.notConnected(core) : Core.socketError(core, "TimedOut", what))
    }
  })

const refusal = (answer: Exchange.Answer, filters: ReadonlyArray<string>): SubscriptionRefused | undefined => {
  const index = answer._tag === "Suback" ? answer.returnCodes.indexOf(failure) : -1
  return index < 0 ? undefined : subscriptionRefused(filters[index] as string)
}

const markGranted = (core: Core.Core, filter: Topic.TopicFilter): void => {
  // Nobody may want it any more.
  const entry = core.subscriptions.entries.get(filter)
  if (entry !== undefined) entry.granted = true
}

/** Asks for all filters in one SUBSCRIBE and gives the granted QoS of the first. */
const askFor = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>,
  qosOf: (filter: Topic.TopicFilter) => QoS
): Effect.Effect<QoS, SubscribeError> =>
  Effect.flatMap(
    ask(core, filters, (packetIdentifier) => ({
      _tag: "Subscribe",
      packetIdentifier,
      subscriptions: filters.map((topicFilter) => ({ topicFilter, qos: qosOf(topicFilter) }))
    })),
    (answer) => {
      const refused = refusal(answer, filters)
      if (refused !== undefined) return Effect.fail(refused)
      for (const filter of filters) markGranted(core, filter)
      const granted = answer._tag === "Suback" ? answer.returnCodes[0] : 0
      return Effect.succeed(granted === 0 ? 0 : 1)
    }
  )

export const subscribe = (
  core: Core.Core,
  topicFilter: string,
  qos: QoS,
  handler: Handler | undefined
): Effect.Effect<QoS, SubscribeError> =>
  Effect.flatMap(Effect.fromResult(Topic.filter(topicFilter)), (filter) => {
    const entry = Subscriptions.entryFor(core.subscriptions, filter)
    const before = entry.wanted
    // Before the Server is asked: what is retained may come before the answer.
    const wanted = { qos, handler }
    Subscriptions.want(core.subscriptions, entry, wanted)
    return Effect.onError(askFor(core, [filter], () => qos), () =>
      Effect.sync(() => {
        if (entry.wanted === wanted) Subscriptions.want(core.subscriptions, entry, before)
        release(core, filter)
      }))
  })

export const unsubscribe = (core: Core.Core, topicFilter: string): Effect.Effect<void, UnsubscribeError> =>
  Effect.flatMap(Effect.fromResult(Topic.filter(topicFilter)), (filter) => {
    const entry = core.subscriptions.entries.get(filter)
    if (entry !== undefined) Subscriptions.want(core.subscriptions, entry, undefined)
    // The last reader will tell the Server.
    if (entry !== undefined && entry.readers > 0) return Effect.void
    Subscriptions.remove(core.subscriptions, filter)
    return Effect.asVoid(ask(core, [filter], (packetIdentifier) => ({ _tag: "Unsubscribe", packetIdentifier, topicFilters: [filter] })))
  })

/** After a connection without a Session: asks for everything granted before. What is refused now is logged and forgotten. */
export const renew = (core: Core.Core, link: Core.Link): Effect.Effect<void> =>
  Effect.gen(function*() {
    const granted = Array.from(core.subscriptions.entries).filter(([, entry]) => entry.granted)
    if (link.sessionPresent || granted.length === 0) return
    const subscriptions = granted.map(([topicFilter, entry]) => ({ topicFilter, qos: entry.wanted?.qos ?? 0 }))
    const answer = yield* askOnce(core, link, (packetIdentifier) => ({ _tag: "Subscribe", packetIdentifier, subscriptions }))
    if (answer?._tag !== "Suback") return
    for (let i = 0; i < granted.length; i++) {
      if (answer.returnCodes[i] !== failure) continue
      const [filter] = granted[i] as [Topic.TopicFilter, Subscriptions.Entry]
      Subscriptions.remove(core.subscriptions, filter)
      yield* Effect.logWarning(subscriptionRefused(filter).message)
    }
  }).pipe(Effect.orDie)

const checkAll = (filters: ReadonlyArray<string>): Result.Result<ReadonlyArray<Topic.TopicFilter>, Topic.InvalidTopic> => {
  const checked: Array<Topic.TopicFilter> = []
  for (const filter of filters) {
    const result = Topic.filter(filter)
    if (Result.isFailure(result)) return Result.fail(result.failure)
    checked.push(result.success)
  }
  return Result.succeed(checked)
}

/** Completes `found` with what `take` makes of a message; what `take` throws is its caller's, not the connection's. */
const tapFor = <A>(
  filters: ReadonlyArray<string>,
  take: (message: Received) => A | undefined,
  found: Deferred.Deferred<A>
): Subscriptions.Tap => (message) => {
  if (!filters.some((filter) => Topic.matches(filter, message.topic))) return false
  try {
    const taken = take(message)
    if (taken !== undefined) Deferred.doneUnsafe(found, Effect.succeed(taken))
  } catch (defect) {
    Deferred.doneUnsafe(found, Effect.die(defect))
  }
  return true
}

export const listen = <A>(
  core: Core.Core,
  topicFilters: ReadonlyArray<string>,
  take: (message: Received) => A | undefined,
  wait: Duration.Input
): Effect.Effect<Option.Option<A>, SubscribeError> =>
  Effect.flatMap(Effect.fromResult(checkAll(topicFilters)), (filters) => {
    const { entries, taps } = core.subscriptions
    const found = Deferred.makeUnsafe<A>()
    const own = tapFor(filters, take, found)
    const enter = Effect.sync(() => {
      taps.add(own)
      return filters.map((filter) => {
        const entry = Subscriptions.entryFor(core.subscriptions, filter)
        entry.readers++
        return entry
      })
    })
    const leave = (entered: ReadonlyArray<Subscriptions.Entry>) =>
      Effect.sync(() => {
        taps.delete(own)
        for (const entry of entered) entry.readers--
        for (const filter of filters) release(core, filter)
      })
    // The user's own subscription to the same filter must not lose its QoS.
    const asked = Effect.andThen(askFor(core, filters, (filter) => entries.get(filter)?.wanted?.qos ?? 0), Effect.sleep(wait))
    const first = Effect.raceFirst(Effect.asSome(Deferred.await(found)), Effect.as(asked, Option.none<A>()))
    return Effect.acquireUseRelease(enter, () => first, leave)
  })
