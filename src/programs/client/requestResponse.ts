/**
 * Request and response (MQTT 5, section 4.10): a message that says where its answer is wanted, and the answer.
 *
 * All answers come to one topic of this Client, to which it subscribes with its first request. Correlation Data tell
 * which request each of them answers.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Core from "./Core.ts"
import { needsVersion5 } from "./Dialect.ts"
import type { PublishError, SubscribeError } from "./errors.ts"
import type { Handler, Received } from "./Handler.ts"
import type { MessageProperties, Payload } from "./options.ts"
import { publish, type PublishOptions } from "./publish.ts"
import * as Responses from "./Responses.ts"
import { subscribe } from "./subscribe.ts"

/** How a request is published, and how long its answer is waited for. */
export interface RequestOptions extends Omit<PublishOptions, "properties"> {
  /** As those of `publish`, but the Client gives each request its own Correlation Data. */
  readonly properties?: Omit<MessageProperties, "correlationData"> | undefined
  /** 5 seconds by default, from the moment when the request is published. */
  readonly timeout?: Duration.Input | undefined
}

const subscribed = (core: Core.Core, topic: string): Effect.Effect<void, SubscribeError> => {
  const { responses, subscriptions } = core
  const handler: Handler = (message) => Responses.take(responses, message)
  for (const [filter, { wanted }] of subscriptions.entries) {
    if (filter === topic && wanted?.outcome === "granted") return Effect.void
  }
  return Effect.asVoid(subscribe(core, topic, { qos: 1, retainHandling: 2 }, handler))
}

/** Publishes a request, and gives the first answer; None: there is none in time. */
export const request = (
  core: Core.Core,
  topic: string,
  payload: Payload,
  { properties, timeout = "5 seconds", ...options }: RequestOptions
): Effect.Effect<Option.Option<Received>, PublishError | SubscribeError> =>
  Effect.gen(function*() {
    const link = yield* Core.connected(core)
    if (link.dialect.version === 4) return yield* needsVersion5("PUBLISH", "request")
    const { responses } = core
    const responseTopic = properties?.responseTopic ?? "response/" + core.clientId
    yield* subscribed(core, responseTopic)
    const correlationData = Responses.correlationOf(responses, yield* Random.nextInt)
    const answer = Effect.callback<Received>((resume) => {
      const leave = Responses.expect(responses, correlationData, (message) => resume(Effect.succeed(message)))
      return Effect.sync(leave)
    })
    const asked = publish(core, topic, payload, {
      ...options,
      properties: { ...properties, responseTopic, correlationData }
    })
    const none = Effect.as(Effect.andThen(asked, Effect.raceFirst(Effect.sleep(timeout), Core.over(core))),
      Option.none())
    return yield* Effect.raceFirst(Effect.asSome(answer), none)
  })
