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
import { type ClientOptions, stayConnected } from "../client/options.ts"
import * as Events from "./Events.ts"
import * as MqttClient from "./MqttClient.ts"
import { clientOptions, type ConnectOptions } from "./options.ts"
import { run } from "./running.ts"

type Sockets = Layer.Layer<Socket>

const once = async (sockets: Sockets, settings: ClientOptions, signal: AbortSignal | undefined) => {
  const scope = Effect.runSync(Scope.make())
  const made = Client.make(settings).pipe(
    Scope.provide(scope),
    Effect.provide(sockets),
    // Everything that is logged is an event as well.
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
  )
  return { client: await run(made, signal), scope }
}

/** Server unavailable, in MQTT 3.1.1 and in MQTT 5; Server busy; Connection rate exceeded. */
const passing: ReadonlySet<number> = new Set([3, 0x88, 0x89, 0x9f])

/** A Server that is not there yet, or not ready: it says so, or closes the connection. All else is a mistake. */
const mayPass = (error: unknown): error is SocketError | ConnectionRefused =>
  error instanceof SocketError ? error.reason !== "Tls" && error.reason !== "Unknown"
    : error instanceof ConnectionRefused && passing.has(error.returnCode)

/** Milliseconds: as after a lost connection, but without tries at once. */
const wait = (
  { maxDelay, minDelay }: { readonly maxDelay: number; readonly minDelay: number },
  tries: number
): number => Math.min(maxDelay, minDelay * 2 ** tries) * (1 - stayConnected.jitter * Math.random())

/** Tries until the Server answers, or the signal aborts. */
const patiently = async (
  sockets: Sockets,
  settings: ClientOptions,
  { signal }: ConnectOptions,
  { emit }: Events.Events
) => {
  const { maxInterval, minInterval } = settings.reconnect === false ? stayConnected
    : settings.reconnect ?? stayConnected
  const limits = { minDelay: minInterval * 1000, maxDelay: maxInterval * 1000 }
  for (let tries = 0;; tries++) {
    try {
      return await once(sockets, settings, signal)
    } catch (error) {
      if (!mayPass(error)) throw error
      const delayMillis = Math.ceil(wait(limits, tries))
      emit({ _tag: "Reconnecting", reason: error, delayMillis })
      await run(Effect.sleep(delayMillis), signal)
    }
  }
}

/** `connect` over these sockets. */
export const connectOver =
  (sockets: Sockets) => async (url: string | URL, options: ConnectOptions = {}): Promise<MqttClient.MqttClient> => {
    const settings = clientOptions(url, options)
    if (Result.isFailure(settings)) throw settings.failure
    const events = Events.make(options.onEvent)
    const { client, scope } = options.waitForServer === true
      ? await patiently(sockets, settings.success, options, events)
      : await once(sockets, settings.success, options.signal)
    return MqttClient.make(client, scope, events, settings.success.clientId)
  }
