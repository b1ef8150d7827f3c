/**
 * From a URL to a client: one try, or as many as it takes.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { type Socket, SocketError } from "../../ports/Socket.ts"
import { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
import * as Client from "../client/Client.ts"
import type * as ServerUrl from "../client/ServerUrl.ts"
import { type ClientOptions, stayConnected } from "../client/options.ts"
import * as Events from "./Events.ts"
import type { InvalidOption } from "./mistakes.ts"
import * as MqttClient from "./MqttClient.ts"
import { clientOptions } from "./clientOptions.ts"
import type { ConnectOptions } from "./options.ts"
import { plain, run } from "./running.ts"
import * as Servers from "./servers.ts"

type Sockets = Layer.Layer<Socket>

/** What differs from one platform to another. */
export interface Platform {
  readonly sockets: Sockets
  readonly parse: (url: string) => Result.Result<ServerUrl.ServerUrl, ServerUrl.InvalidServerUrl>
  /** What it cannot do. */
  readonly optionFault: (options: ConnectOptions) => InvalidOption | undefined
  /** Tells people what nobody else hears of. */
  readonly warn: Events.Warn
  /** Where effects run: as they are, or in simulated time. */
  readonly within?: Within
  /** Makes the Client. By default MQTT 5 is loaded when it is asked for, which takes time that is not simulated. */
  readonly make?: typeof Client.make
}

/** Gives an effect its surroundings. */
type Within = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

const asItIs: Within = (effect) => effect

/** The Client whose operations run there. */
const placed = (client: Client.Client, within: Within): Client.Client => ({
  ...client,
  publish: (topic, payload, options) => within(client.publish(topic, payload, options)),
  subscribe: (topicFilter, options, handler) => within(client.subscribe(topicFilter, options, handler)),
  unsubscribe: (topicFilter) => within(client.unsubscribe(topicFilter)),
  readTopic: (topic, wait) => within(client.readTopic(topic, wait)),
  request: (topic, payload, options) => within(client.request(topic, payload, options)),
  reauthenticate: (data) => within(client.reauthenticate(data))
})

const once = async (
  { make = Client.make, sockets, within = asItIs }: Platform,
  settings: ClientOptions,
  signal: AbortSignal | undefined
) => {
  const scope = Effect.runSync(Scope.make())
  const made = make(settings).pipe(
    Scope.provide(scope),
    Effect.provide(sockets),
    // Everything that is logged is an event as well.
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
  )
  return { client: placed(await plain(run(within(made), signal)), within), scope }
}

/** Server unavailable, in MQTT 3.1.1 and in MQTT 5; Server busy; Connection rate exceeded. */
const passing: ReadonlySet<number> = new Set([3, 0x88, 0x89, 0x9f])

/** A proxy answers 502 to 504 while the Server behind it is not there, and 429 when it is asked too often. */
const isOfNetwork = ({ reason, status }: SocketError): boolean =>
  reason === "Handshake" ? status !== undefined && (status >= 500 || status === 429)
    : reason !== "Tls" && reason !== "Unknown"

/** A Server that is not there yet, or not ready: it says so, or closes the connection. All else is a mistake. */
const mayPass = (error: unknown): error is SocketError | ConnectionRefused =>
  error instanceof SocketError ? isOfNetwork(error)
    : error instanceof ConnectionRefused && passing.has(error.returnCode)

/** Milliseconds: as after a lost connection, but without tries at once. */
const wait = (
  { maxDelay, minDelay }: { readonly maxDelay: number; readonly minDelay: number },
  tries: number
): number => Math.min(maxDelay, minDelay * 2 ** tries) * (1 - stayConnected.jitter * Math.random())

/** Tries until the Server answers, or the signal aborts. */
const patiently = async (
  platform: Platform,
  settings: ClientOptions,
  { signal }: ConnectOptions,
  { emit }: Events.Events
) => {
  const { maxInterval, minInterval } = settings.reconnect === false ? stayConnected
    : settings.reconnect ?? stayConnected
  const limits = { minDelay: minInterval * 1000, maxDelay: maxInterval * 1000 }
  for (let tries = 0;; tries++) {
    try {
      return await once(platform, settings, signal)
    } catch (error) {
      if (!mayPass(error)) throw error
      const delayMillis = Math.ceil(wait(limits, tries))
      emit({ _tag: "Reconnecting", reason: error, delayMillis })
      await run((platform.within ?? asItIs)(Effect.sleep(delayMillis)), signal)
    }
  }
}

/** `connect` to one Server, or to one of several. */
export type Connect = (
  url: string | URL | ReadonlyArray<string | URL>,
  options?: ConnectOptions
) => Promise<MqttClient.MqttClient>

/** `connect` on this platform. */
export const connectOver = (platform: Platform): Connect => async (url, options = {}) => {
  const wanted = clientOptions(platform.parse, Array.isArray(url) ? url : [url], options)
  if (Result.isFailure(wanted)) throw wanted.failure
  const { endpoints, settings } = wanted.success
  const fault = platform.optionFault(options)
  if (fault !== undefined) throw fault
  const { warn, within = asItIs } = platform
  const events = Events.make(options.onEvent, warn)
  const { connectTimeout = 10_000, servers = {} } = options
  const sockets = endpoints.length === 1 ? platform.sockets
    : Servers.layer(platform.sockets, endpoints, { ...servers, connectTimeout })
  const { client, scope } = options.waitForServer === true
    ? await patiently({ ...platform, sockets }, settings, options, events)
    : await once({ ...platform, sockets }, settings, options.signal)
  const pause = (millis: number) => within(Effect.sleep(millis))
  return MqttClient.make(client, scope, events, settings.clientId, pause)
}
