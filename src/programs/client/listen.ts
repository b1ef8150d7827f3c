/**
 * Readers that want one message and then leave.
 */
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Topic from "../../domain/packet/Topic.ts"
import { askForAll } from "./askFor.ts"
import * as Core from "./Core.ts"
import { type SubscribeError } from "./errors.ts"
import type { Received } from "./Handler.ts"
import { matches } from "./matches.ts"
import { release } from "./request.ts"
import * as Subscriptions from "./Subscriptions.ts"
import { topicFilter } from "./topics.ts"

/** Each filter once: of two requests for the same filter only one answer would count. */
const checkAll = (
  filters: ReadonlyArray<string>
): Result.Result<ReadonlyArray<Topic.TopicFilter>, Topic.InvalidTopic> => {
  const checked = new Set<Topic.TopicFilter>()
  for (const filter of filters) {
    const result = topicFilter(filter)
    if (Result.isFailure(result)) return Result.fail(result.failure)
    checked.add(result.success)
  }
  return Result.succeed(Array.from(checked))
}

/** Completes `found` with what `take` makes of a message. If `take` throws, its caller fails and not the connection. */
const tapFor = <A>(
  filters: ReadonlyArray<string>,
  take: (message: Received) => A | undefined,
  found: Deferred.Deferred<A>
): Subscriptions.Tap =>
(message) => {
  if (!filters.some((filter) => matches(filter, message.topic))) return false
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
  timeout: Duration.Input
): Effect.Effect<Option.Option<A>, SubscribeError> =>
  Effect.flatMap(Effect.fromResult(checkAll(topicFilters)), (filters) => {
    const { taps } = core.subscriptions
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
      Effect.suspend(() => {
        taps.delete(own)
        for (const entry of entered) entry.readers--
        return release(core, filters)
      })
    const asked = Effect.andThen(askForAll(core, filters), Effect.raceFirst(Effect.sleep(timeout), Core.over(core)))
    const first = Effect.raceFirst(Effect.asSome(Deferred.await(found)), Effect.as(asked, Option.none<A>()))
    return Effect.acquireUseRelease(enter, () => first, leave)
  })
