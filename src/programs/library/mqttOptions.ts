/**
 * All options of `Mqtt` and of its Streams, and what each must be.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientOptions, Payload, SubscribeOptions } from "../client/options.ts"
import type { PublishOptions } from "../client/publish.ts"
import type { RequestOptions } from "../client/requestResponse.ts"
import * as Known from "./knownOptions.ts"
import type { Message } from "./Message.ts"
import { checked, type Kind, type Kinds, list, nested, orFalse, required, table } from "./OptionTable.ts"
import type { PlaceOptions } from "./options.ts"
import type { ServersOptions } from "./servers.ts"

/**
 * Handles one message. The client waits for an Effect before it acknowledges the message and hands on the next one; a
 * failure is logged.
 */
export type Handler = (message: Message) => Effect.Effect<unknown, unknown> | undefined | void

/** A subscription that exists from the first connection on, so that its handler misses nothing of a kept Session. */
export interface MqttSubscription extends SubscribeOptions {
  readonly topicFilter: string
  readonly handler?: Handler | undefined
}

/** What `Client.make` takes, without what the URLs say. All of it has defaults; times are durations. */
export interface MqttOptions
  extends PlaceOptions, Omit<ClientOptions, keyof PlaceOptions | "endpoint" | "server" | "subscriptions">
{
  /** The client is there when the Server has granted them all. None by default. */
  readonly subscriptions?: ReadonlyArray<MqttSubscription> | undefined
}

/** How to subscribe with a Stream. */
export interface StreamOptions extends SubscribeOptions {
  /**
   * Messages that may wait for the Stream, and are acknowledged before it has handled them. 100 by default, and 1 MiB
   * together. When there are more, all messages of this client wait, then the Server. 0: each message is acknowledged
   * when the Stream asks for the next one.
   */
  readonly buffer?: number | undefined
}

const units: ReadonlySet<string> = new Set(["weeks", "days", "hours", "minutes", "seconds", "milliseconds",
  "microseconds", "nanoseconds"])

/** Options in the place of a duration would count as one of no length. */
const millisOf = (value: unknown): number => {
  const isOther = typeof value === "object" && value !== null && !Duration.isDuration(value) && !Array.isArray(value)
    && Object.keys(value).some((name) => !units.has(name))
  const duration = isOther ? Option.none() : Duration.fromInput(value as Duration.Input)
  return Option.match(duration, { onNone: () => -1, onSome: Duration.toMillis })
}

const durationFrom = (leastMillis: number): Kind =>
  checked("a duration, \"5 seconds\", or a number of milliseconds", (value) =>
    !Number.isNaN(value) && millisOf(value) >= leastMillis)

export const duration = durationFrom(0)

const { flag, number } = Known

const policy: Kinds<Exclude<ClientOptions["reconnect"], false | undefined>> = {
  enabled: flag,
  maxAttempts: number,
  backoffFactor: number,
  minInterval: number,
  maxInterval: number,
  tryInterval: number,
  jitter: number
}

const servers = table<ServersOptions<Duration.Input>>({ order: Known.order, returnAfter: orFalse(durationFrom(1)) })

const subscription = table<MqttSubscription>({
  topicFilter: required(Known.text),
  handler: Known.call,
  ...Known.subscribeKinds
})

const { onEvent: _, signal: __, waitForServer: ___, ...shared } = Known.connectKinds

/** Of `Mqtt.connect` and `Mqtt.layer`. */
export const connect = table<MqttOptions>({
  ...shared,
  servers: nested(servers),
  reconnect: orFalse(nested(table(policy))),
  subscriptions: list(subscription),
  receiveBuffer: number,
  unclaimedTimeout: duration,
  connectTimeout: duration,
  replyTimeout: duration
}, {
  ...Known.elsewhere,
  onEvent: "use status and notices of the client, which are Streams",
  signal: "interrupt the Effect",
  waitForServer: "use Effect.retry with a schedule",
  endpoint: "it is in the URL; Client.make takes one"
})

const limitTime = { timeout: "limit the time with Effect.timeout", signal: "interrupt the Effect" }

/** Of the calls of the client. */
export const calls = {
  publish: table<PublishOptions>(Known.publishKinds, limitTime),
  request: table<RequestOptions>({ ...Known.requestKinds, timeout: duration }, { signal: limitTime.signal }),
  subscribe: table<SubscribeOptions>(Known.subscribeKinds, {
    ...Known.shortNames,
    ...limitTime,
    buffer: "a handler has no buffer, each message waits for it; a stream has one"
  }),
  stream: table<StreamOptions>({ ...Known.subscribeKinds, buffer: Known.atLeast(0) }, {
    ...Known.shortNames,
    ...limitTime
  }),
  readTopic: table<{ readonly timeout?: Duration.Input }>({ timeout: duration }),
  listen: table<{ readonly topicFilters: ReadonlyArray<string>; readonly take: unknown; readonly timeout: unknown }>({
    topicFilters: required(Known.texts),
    take: required(Known.call),
    timeout: required(duration)
  }),
  reauthenticate: table<{ readonly data?: Payload }>({ data: Known.bytes })
}
