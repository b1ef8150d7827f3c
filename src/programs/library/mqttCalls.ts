/**
 * The calls of a Client for programs with Effect: with the checks of the Promises, and with their messages.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type * as Client from "../client/Client.ts"
import { make as messageOf, type Message } from "./Message.ts"
import { InvalidOption, payloadFault, topicFault } from "./mistakes.ts"
import { calls as known, type Handler, type MqttSubscription } from "./mqttOptions.ts"
import * as OptionTable from "./OptionTable.ts"

type Checked =
  | "publish"
  | "subscribe"
  | "unsubscribe"
  | "messages"
  | "poll"
  | "readTopic"
  | "listen"
  | "request"
  | "reauthenticate"

/** A Client whose calls fail with InvalidOption for what they do not take. */
export interface Calls extends Omit<Client.Client, Checked> {
  /** As `publish` of a Client. Interrupting it is safe: what was sent is delivered, what was not sent will not be sent. */
  readonly publish: (
    topic: string,
    payload: Client.Payload,
    options?: Client.PublishOptions
  ) => Effect.Effect<void, Client.PublishError | InvalidOption>
  /**
   * Subscribes, and returns the QoS that the Server has granted. `handler` gets one message at a time and in order. A
   * second subscription to the same filter replaces the first, and its handler.
   */
  readonly subscribe: (
    topicFilter: string,
    options?: Client.SubscribeOptions,
    handler?: Handler
  ) => Effect.Effect<QoS, Client.SubscribeError | InvalidOption>
  /** Also ends a subscription of an earlier program. Drops the messages of it that nobody has taken. */
  readonly unsubscribe: (topicFilter: string) => Effect.Effect<void, Client.UnsubscribeError>
  /**
   * Everything received while the stream runs, whether or not handlers see it too, and before that what nobody has
   * taken so far. A message is acknowledged when its consumer asks for the next one.
   */
  readonly messages: Stream.Stream<Message>
  /** Takes the messages that no handler and no running stream has taken, and acknowledges them. */
  readonly poll: Effect.Effect<ReadonlyArray<Message>>
  /**
   * The first message on `topic` within `timeout` (5 seconds by default) after the Server has granted the subscription,
   * else None: a retained one, or one published meanwhile.
   */
  readonly readTopic: (
    topic: string,
    timeout?: Duration.Input
  ) => Effect.Effect<Option.Option<Message>, Client.SubscribeError | InvalidOption>
  /** The first value that `take` makes of a message to one of these Topic Filters; `undefined` means no value. */
  readonly listen: <A>(
    topicFilters: ReadonlyArray<string>,
    take: (message: Message) => A | undefined,
    timeout: Duration.Input
  ) => Effect.Effect<Option.Option<A>, Client.SubscribeError | InvalidOption>
  /**
   * With MQTT 5: publishes a request, and gives its answer, or None if there is none in time. The answers come to
   * `response/<Client Identifier>`, unless `properties` has another `responseTopic`.
   */
  readonly request: (
    topic: string,
    payload: Client.Payload,
    options?: Client.RequestOptions
  ) => Effect.Effect<Option.Option<Message>, Client.PublishError | Client.SubscribeError | InvalidOption>
  /** With MQTT 5 and the option `authentication`: proves again who the client is, on the present connection. */
  readonly reauthenticate: (
    data?: Client.Payload
  ) => Effect.Effect<void, Effect.Error<ReturnType<Client.Client["reauthenticate"]>> | InvalidOption>
}

const handlerFault = (options: unknown, handler: unknown): InvalidOption | undefined => {
  if (typeof options !== "function" && (handler === undefined || typeof handler === "function")) return undefined
  const message = typeof options === "function" ? "the handler comes after the options: subscribe(filter, {}, handler)"
    : "subscribe: its handler must be a function"
  return new InvalidOption({ option: "handler", message })
}

/** The handler as the Client calls it. */
const withMessage = (handler: Handler | undefined): Client.Handler | undefined =>
  handler === undefined ? undefined : (received) => handler(messageOf(received))

/** Subscriptions as the Client takes them. */
export const subscriptionsOf = (
  subscriptions: ReadonlyArray<MqttSubscription> = []
): ReadonlyArray<Client.SubscriptionOptions> =>
  subscriptions.map(({ handler, ...options }) => ({ ...options, handler: withMessage(handler) }))

/** The call, or what is wrong with it. */
const unless = <A, E, F>(fault: F | undefined, call: () => Effect.Effect<A, E>): Effect.Effect<A, E | F> =>
  fault === undefined ? call() : Effect.fail(fault)

/** The calls of this Client. */
export const make = (client: Client.Client): Calls => ({
  ...client,
  publish: (topic, payload, options) =>
    unless(
      topicFault("Topic Name", topic) ?? payloadFault(payload) ?? OptionTable.fault("publish", known.publish, options),
      () => client.publish(topic, payload, options)
    ),
  subscribe: (topicFilter, options, handler) =>
    unless(
      topicFault("Topic Filter", topicFilter) ?? handlerFault(options, handler)
        ?? OptionTable.fault("subscribe", known.subscribe, options),
      () => client.subscribe(topicFilter, options, withMessage(handler))
    ),
  messages: Stream.map(client.messages, messageOf),
  poll: Effect.map(client.poll, (all) => all.map(messageOf)),
  readTopic: (topic, timeout) =>
    unless(
      topicFault("Topic Name", topic) ?? OptionTable.fault("readTopic", known.readTopic, { timeout }),
      () => Effect.map(client.readTopic(topic, timeout), Option.map(messageOf))
    ),
  listen: (topicFilters, take, timeout) =>
    unless(
      OptionTable.fault("listen", known.listen, { topicFilters, take, timeout }),
      () => client.listen(topicFilters, (received) => take(messageOf(received)), timeout)
    ),
  request: (topic, payload, options) =>
    unless(
      topicFault("Topic Name", topic) ?? payloadFault(payload) ?? OptionTable.fault("request", known.request, options),
      () => Effect.map(client.request(topic, payload, options), Option.map(messageOf))
    ),
  reauthenticate: (data) =>
    unless(OptionTable.fault("reauthenticate", known.reauthenticate, { data }), () => client.reauthenticate(data))
})
