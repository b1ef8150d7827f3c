/**
 * Subscribes for callers that wait for the Server's answer.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type * as Topic from "../../domain/packet/Topic.ts"
import type * as Core from "./Core.ts"
import type { SubscribeError, SubscriptionRefused } from "./errors.ts"
import type * as ExchangeState from "./ExchangeState.ts"
import { ask, filtersAtOnce, isRefused, refusalOf, subscribeTo } from "./request.ts"

const refusal = (answer: ExchangeState.Answer, filters: ReadonlyArray<string>): SubscriptionRefused | undefined => {
  const index = answer._tag === "Suback" ? filters.findIndex((_, i) => isRefused(answer, i)) : -1
  return index < 0 ? undefined : refusalOf(answer, index, filters[index] as string)
}

/**
 * Asks for all filters in one SUBSCRIBE and returns the granted QoS of the first. Each has the QoS that the user wants
 * when it is sent, also on a later connection: a SUBSCRIBE replaces the one before (MQTT-3.8.4-3).
 */
export const askFor = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>
): Effect.Effect<QoS, SubscribeError> =>
  Effect.flatMap(ask(core, filters, subscribeTo(core, filters)), (answer) => {
    const refused = refusal(answer, filters)
    if (refused !== undefined) return Effect.fail(refused)
    return Effect.succeed((answer.returnCodes?.[0] ?? 0) as QoS)
  })

/**
 * Asks for all filters, with as many in a SUBSCRIBE as there may be. Fails when all are answered: who gives up before
 * would unsubscribe from what the Server is just about to refuse.
 */
export const askForAll = (
  core: Core.Core,
  filters: ReadonlyArray<Topic.TopicFilter>
): Effect.Effect<void, SubscribeError> =>
  Effect.suspend(() => {
    const some = Arr.chunksOf(filters, filtersAtOnce(core))
    const answers = Effect.forEach(some, (few) => Effect.exit(askFor(core, few)), { concurrency: "unbounded" })
    return Effect.flatMap(answers, Exit.asVoidAll)
  })
