/**
 * From URLs to a client for programs with Effect: what `connect` is for Promises.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { Socket } from "../../ports/Socket.ts"
import * as Client from "../client/Client.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import { places } from "./clientOptions.ts"
import type { Message } from "./Message.ts"
import type { InvalidOption } from "./mistakes.ts"
import { type Calls, make as callsOf, subscriptionsOf } from "./mqttCalls.ts"
import { connect as known, type MqttOptions, type StreamOptions } from "./mqttOptions.ts"
import * as OptionTable from "./OptionTable.ts"
import * as Servers from "./servers.ts"
import * as Streaming from "./Streaming.ts"

/** A Client, and Streams of the messages of one Topic Filter each. */
export interface MqttClient extends Calls {
  /** The Client Identifier that the client has given; with an empty one the Server chooses. */
  readonly clientId: string
  /**
   * Subscribes when it runs, and unsubscribes when it ends. Its buffer and its back-pressure are those of the loops of
   * the Promises. A Topic Filter can have one Stream at a time (AlreadySubscribed). It ends with the client; it fails
   * with SubscriptionRefused when the Server takes the subscription back, and with the reason when the client is lost for
   * good.
   */
  readonly stream: (
    topicFilter: string,
    options?: StreamOptions
  ) => Stream.Stream<Message, Streaming.StreamError>
}

/** Why there is no client. */
export type MqttConnectError = Client.ConnectError | ServerUrl.InvalidServerUrl | InvalidOption

/** One Server, or several in the order in which to try them. */
export type Urls = string | URL | ReadonlyArray<string | URL>

const connect = (
  urls: Urls,
  options: MqttOptions = {}
): Effect.Effect<MqttClient, MqttConnectError, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const fault = OptionTable.fault("Mqtt.connect", known, options)
    if (fault !== undefined) return yield* fault
    const list = typeof urls === "string" || urls instanceof URL ? [urls] : urls
    const { endpoints, settings } = yield* Effect.fromResult(places((url) => ServerUrl.parse(url), list, options))
    const { servers, subscriptions, tls: _, webSocket: __, ...rest } = options
    const made = Client.make({ ...rest, ...settings, subscriptions: subscriptionsOf(subscriptions) })
    const { connectTimeout } = rest
    const socket = Layer.succeed(Socket, yield* Socket)
    const client = yield* endpoints.length === 1 ? made
      : Effect.provide(made, Servers.layer(socket, endpoints, { ...servers, connectTimeout }))
    const { expectEnd, notices, stream } = yield* Streaming.make(client)
    return {
      ...callsOf(client),
      clientId: settings.clientId,
      stream,
      notices,
      disconnect: Effect.andThen(expectEnd, client.disconnect),
      disconnectWithWill: Effect.andThen(expectEnd, client.disconnectWithWill)
    }
  })

/** The client of a program, to be had with `yield* Mqtt`. */
export class Mqtt extends Context.Service<Mqtt, MqttClient>()("dormouse-mqtt/Mqtt") {
  /**
   * Connects to `mqtt://[user:password@]host[:port]`, `mqtts://`, `ws://` or `wss://`, or to one of several, and stays
   * connected as long as its Scope. Fails with what `Client.make` fails with, InvalidServerUrl or InvalidOption.
   */
  static readonly connect = connect

  /** The same as a Layer. */
  static readonly layer = (urls: Urls, options: MqttOptions = {}): Layer.Layer<Mqtt, MqttConnectError, Socket> =>
    Layer.effect(Mqtt, connect(urls, options))
}
