/**
 * All options of `Mqtt` and of its Streams, and what each must be.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { ClientOptions, SubscribeOptions } from "../client/options.ts"
import { atLeast, connectKinds, flag, number, subscribeKinds } from "./knownOptions.ts"
import { checked, type Kinds, nested, orFalse, table } from "./OptionTable.ts"
import type { PlaceOptions } from "./options.ts"

/** What `Client.make` takes, without what the URLs say. All of it has defaults; times are durations. */
export interface MqttOptions extends PlaceOptions, Omit<ClientOptions, keyof PlaceOptions | "endpoint" | "server"> {}

/** How to subscribe with a Stream. */
export interface StreamOptions extends SubscribeOptions {
  /**
   * Messages that may wait for the Stream, and are acknowledged before it has handled them. 100 by default, and 1 MiB
   * together. When there are more, all messages of this client wait, then the Server. 0: each message is acknowledged
   * when the Stream asks for the next one.
   */
  readonly buffer?: number | undefined
}

const duration = checked("a duration, \"5 seconds\", or a number of milliseconds",
  (value) => Option.isSome(Duration.fromInput(value as Duration.Input)))

const policy: Kinds<Exclude<ClientOptions["reconnect"], false | undefined>> = {
  enabled: flag,
  maxAttempts: number,
  backoffFactor: number,
  minInterval: number,
  maxInterval: number,
  tryInterval: number,
  jitter: number
}

const { onEvent: _, signal: __, waitForServer: ___, ...shared } = connectKinds

/** Of `Mqtt.connect` and `Mqtt.layer`. */
export const connect = table<MqttOptions>({
  ...shared,
  reconnect: orFalse(nested(table(policy))),
  subscriptions: checked("an array of { topicFilter, qos, handler }", Array.isArray),
  receiveBuffer: number,
  unclaimedTimeout: duration,
  connectTimeout: duration,
  replyTimeout: duration
}, {
  onEvent: "use status and notices of the client, which are Streams",
  signal: "interrupt the Effect",
  waitForServer: "use Effect.retry with a schedule",
  endpoint: "it is in the URL; Client.make takes one"
})

/** Of `stream`. */
export const stream = table<StreamOptions>({ ...subscribeKinds, buffer: atLeast(0) })
