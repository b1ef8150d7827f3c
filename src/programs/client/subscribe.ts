/**
 * Subscriptions of the user's own.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type * as Topic from "../../domain/packet/Topic.ts"
import { askFor, askForAll } from "./askFor.ts"
import * as Core from "./Core.ts"
import { type SubscribeError, type UnsubscribeError } from "./errors.ts"
import type { Handler } from "./Handler.ts"
import * as Inbox from "./Inbox.ts"
import { qosFault, type SubscribeOptions } from "./options.ts"
import { ask, release, unsubscribeFrom } from "./request.ts"
import * as Routing from "./Routing.ts"
import * as Subscriptions from "./Subscriptions.ts"
import * as Topics from "./topics.ts"

/** Gives the handler, if there is one, the messages that have waited for it. */
const claim = (core: Core.Core, filter: Topic.TopicFilter, entry: Subscriptions.Entry): void => {
  if (entry.wanted?.handler !== undefined) Inbox.claim(core.inbox, Routing.isFor(core.subscriptions, [filter]))
}

/** Before the Server is asked, because a retained or stored message may come before the answer. */
const want = (core: Core.Core, filter: Topic.TopicFilter, wanted: Subscriptions.Wanted): Subscriptions.Entry => {
  const entry = Subscriptions.entryFor(core.subscriptions, filter)
  core.subscriptions.left.delete(filter)
  core.subscriptions.hasGivenUp = false
  Subscriptions.want(core.subscriptions, entry, wanted)
  claim(core, filter, entry)
  return entry
}

const checked = (
  topicFilter: string,
  qos: unknown
): Result.Result<Topic.TopicFilter, Topic.InvalidTopic | InvalidPacket> => {
  const invalid = qosFault("SUBSCRIBE", qos)
  return invalid === undefined ? Topics.topicFilter(topicFilter) : Result.fail(invalid)
}

const askedBy = ({ noLocal, qos = 0, retainAsPublished, retainHandling }: SubscribeOptions): Subscriptions.Asked => ({
  qos,
  noLocal,
  retainAsPublished,
  retainHandling
})

export const subscribe = (
  core: Core.Core,
  topicFilter: string,
  options: SubscribeOptions,
  handler: Handler | undefined
): Effect.Effect<QoS, SubscribeError> =>
  Effect.flatMap(Effect.suspend(() => Effect.fromResult(checked(topicFilter, options.qos ?? 0))), (filter) => {
    const wanted = Subscriptions.wanted(askedBy(options), handler, core.subscriptions.entries.get(filter)?.wanted)
    const entry = want(core, filter, wanted)
    const undo = Effect.suspend(() => {
      Subscriptions.failed(core.subscriptions, entry, wanted)
      // The handler from before continues with what came meanwhile.
      claim(core, filter, entry)
      return release(core, [filter])
    })
    const asked = Effect.tap(askFor(core, [filter]), () => Effect.sync(() => Subscriptions.granted(wanted)))
    return Effect.onError(asked, () => undo)
  })

/** Notes what the user wants from the first connection on. */
export const prepare = (core: Core.Core): Result.Result<void, Topic.InvalidTopic | InvalidPacket> => {
  for (const { handler, topicFilter, ...options } of core.settings.subscriptions) {
    const filter = checked(topicFilter, options.qos ?? 0)
    if (Result.isFailure(filter)) return Result.fail(filter.failure)
    want(core, filter.success, Subscriptions.wanted(askedBy(options), handler)).requests++
  }
  return Result.void
}

/** Asks for all of it. */
export const subscribePrepared = (core: Core.Core): Effect.Effect<void, SubscribeError> =>
  Effect.suspend(() => {
    const { entries } = core.subscriptions
    const filters = Array.from(entries.keys())
    const prepared = Array.from(entries.values())
    const granted = Effect.map(askForAll(core, filters), () => {
      for (const { wanted } of prepared) if (wanted !== undefined) Subscriptions.granted(wanted)
    })
    return Effect.ensuring(granted, Effect.sync(() => {
      for (const entry of prepared) entry.requests--
    }))
  })

export const unsubscribe = (core: Core.Core, topicFilter: string): Effect.Effect<void, UnsubscribeError> =>
  Effect.flatMap(Effect.fromResult(Topics.topicFilter(topicFilter)), (filter) => {
    const { entries } = core.subscriptions
    const entry = Subscriptions.entryFor(core.subscriptions, filter)
    Subscriptions.want(core.subscriptions, entry, undefined)
    Subscriptions.leave(core.subscriptions, filter)
    // Nobody will take any more what waits for somebody to take it.
    const others = Array.from(entries.keys()).filter((other) =>
      other !== filter && entries.get(other)?.wanted !== undefined
    )
    const isHis = Routing.isFor(core.subscriptions, [filter])
    const isOthers = Routing.isFor(core.subscriptions, others)
    Inbox.takeUnclaimed(core.inbox, ({ message }) => isHis(message) && !isOthers(message))
    // The last reader will unsubscribe.
    if (entry.readers > 0) return Effect.void
    return Effect.asVoid(ask(core, [filter], unsubscribeFrom([filter])))
  })
