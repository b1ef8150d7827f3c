/**
 * The Client for programs without Effect: Promises, loops, signals.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { SocketError } from "../../ports/Socket.ts"
import * as Client from "../client/Client.ts"
import type { PublishOptions } from "../client/publish.ts"
import type {
  Abortable,
  EndOptions,
  HandlerOptions,
  LoopOptions,
  ReadOptions,
  ReauthenticateOptions,
  RequestOptions
} from "./callOptions.ts"
import * as Events from "./Events.ts"
import * as Message from "./Message.ts"
import { calls } from "./knownOptions.ts"
import { callbackFault, type InvalidOption, payloadFault, topicFault } from "./mistakes.ts"
import * as OptionTable from "./OptionTable.ts"
import { plain, quiet, run, settled } from "./running.ts"
import * as Subscribing from "./Subscribing.ts"
import type { MessageHandler, Messages, Subscription } from "./Subscription.ts"

/**
 * A client that was connected once. It reconnects by itself, and subscribes again. Every Promise rejects with a typed
 * error, whose `_tag` says what it is and whose `message` says what to do. One that nobody awaits never ends the
 * process.
 */
export interface MqttClient extends AsyncDisposable {
  /** The Client Identifier. */
  readonly clientId: string
  /** Whether the Server has accepted the present connection. */
  readonly isConnected: boolean
  /**
   * QoS 0, the default: done when it is written; fails while there is no connection. QoS 1 and 2: done when the
   * Server has acknowledged it, on this connection or a later one. After an abort, what was sent already may still arrive.
   */
  readonly publish: (
    topic: string,
    payload: string | Uint8Array,
    options?: PublishOptions & Abortable
  ) => Promise<void>
  /**
   * Done when the Server has granted it. Give a handler, or read the result in a `for await` loop. A Topic Filter can
   * have one subscription at a time (AlreadySubscribed).
   */
  readonly subscribe: {
    (topicFilter: string, options?: LoopOptions): Promise<Messages>
    (topicFilter: string, handler: MessageHandler, options?: HandlerOptions): Promise<Subscription>
  }
  /** Ends the subscription, also one of an earlier program that the Server's Session has kept. */
  readonly unsubscribe: (topicFilter: string, options?: Abortable) => Promise<void>
  /** The first message on this topic, for example the retained one; `undefined` if none comes in time. */
  readonly readTopic: (topic: string, options?: ReadOptions) => Promise<Message.Message | undefined>
  /**
   * With MQTT 5: publishes a request, and gives its answer, or `undefined` if there is none in time. Who answers
   * publishes to the `responseTopic` of the request, with its `correlationData`.
   */
  readonly request: (
    topic: string,
    payload: string | Uint8Array,
    options?: RequestOptions
  ) => Promise<Message.Message | undefined>
  /**
   * With MQTT 5 and the option `authentication`: proves again who the client is, while its connection goes on. Done when
   * the Server is content; if it is not, the connection ends, and this rejects with the Server's reason.
   */
  readonly reauthenticate: (options?: ReauthenticateOptions) => Promise<void>
  /** The present status, then everything that happens. Ends with the client. */
  readonly events: () => AsyncIterable<Events.ClientEvent>
  /**
   * Waits for the acknowledgement of what was published, or waits in the store, sends DISCONNECT, and closes. Loops get
   * what is in their buffers, and end. What has no answer by then rejects with SocketError `Closed`; what is in the
   * store stays there. Does not wait for handlers, which may call it. May be called again.
   * Rejects with InvalidOption alone, and then the client goes on.
   */
  readonly end: (options?: EndOptions) => Promise<void>
}

const endMillis = 10_000

/** Lets milliseconds pass. */
export type Pause = (millis: number) => Effect.Effect<void>

/** All that waits for the Server, and who is to be told of the end. */
interface Life {
  readonly client: Client.Client
  readonly events: Events.Events
  readonly subscribing: Subscribing.Subscribing
  readonly pending: Set<Promise<unknown>>
  readonly close: () => Promise<void>
  readonly pause: Pause
  isEnding: boolean
}

/** Failures of a publish that the status does not tell of. */
const reported: ReadonlySet<string> = new Set(["InvalidTopic", "InvalidPacket", "InvalidOption", "OutboxFull",
  "PublishRejected", "PublishRefused", "MessageExpired", "StoreError"])

/** Bytes of the caller may change before they are sent, or sent again. */
const owned = (payload: Client.Payload): Client.Payload =>
  typeof payload === "string" ? payload : new Uint8Array(payload)

const publishing = (life: Life): MqttClient["publish"] => (topic, payload, options = {}) => {
  if (life.isEnding) {
    const message = "the client is ending, and takes nothing more: await what you publish before you call end()"
    return quiet(Promise.reject(new SocketError({ reason: "Closed", message })))
  }
  const fault = topicFault("Topic Name", topic) ?? payloadFault(payload) ?? callbackFault("publish", options)
    ?? OptionTable.fault("publish", calls.publish, options)
  const sent: Effect.Effect<void, Client.PublishError | InvalidOption> = fault === undefined
    ? life.client.publish(topic, owned(payload), options) : Effect.fail(fault)
  const { signal } = fault === undefined ? options : {}
  const told = Effect.tapError(sent, (error) =>
    Effect.sync(() => {
      if (!reported.has(error._tag)) return
      life.events.emit({ _tag: "PublishFailed", topic, error, message: error.message })
    }))
  const published = run(told, signal)
  life.pending.add(published)
  const forget = () => life.pending.delete(published)
  plain(published).then(forget, forget)
  return published
}

const reading = ({ client }: Life): MqttClient["readTopic"] => (topic, options = {}) => {
  const fault = topicFault("Topic Name", topic) ?? OptionTable.fault("readTopic", calls.readTopic, options)
  if (fault !== undefined) return quiet(Promise.reject(fault))
  const { signal, timeout = 5_000 } = options
  const first = Effect.map(client.readTopic(topic, timeout), Option.map(Message.make))
  return run(Effect.map(first, Option.getOrUndefined), signal)
}

const requesting = ({ client }: Life): MqttClient["request"] => (topic, payload, options = {}) => {
  const fault = topicFault("Topic Name", topic) ?? payloadFault(payload) ?? callbackFault("request", options)
    ?? OptionTable.fault("request", calls.request, options)
  if (fault !== undefined) return quiet(Promise.reject(fault))
  const { signal, ...rest } = options
  const answer = Effect.map(client.request(topic, owned(payload), rest), Option.map(Message.make))
  return run(Effect.map(answer, Option.getOrUndefined), signal)
}

const reauthenticating = ({ client }: Life): MqttClient["reauthenticate"] => (options = {}) => {
  const fault = OptionTable.fault("reauthenticate", calls.reauthenticate, options)
  if (fault !== undefined) return quiet(Promise.reject(fault))
  return run(client.reauthenticate(options.data), options.signal)
}

const ending = (life: Life): MqttClient["end"] => {
  let ended: Promise<void> | undefined
  const leave = async (timeout: number, publishWill: boolean) => {
    life.isEnding = true
    life.events.expectEnd()
    if (timeout > 0) {
      const owed = run(life.client.flush)
      await settled([...life.pending, ...life.subscribing.leaving(), owed], life.pause(timeout))
    }
    if (publishWill) await Effect.runPromise(life.client.disconnectWithWill)
    await life.close()
  }
  return (options = {}) => {
    const fault = callbackFault("end", options) ?? OptionTable.fault("end", calls.end, options)
    if (fault !== undefined) return quiet(Promise.reject(fault))
    const { publishWill = false, timeout = endMillis } = options
    return ended ??= leave(timeout, publishWill)
  }
}

/** Follows the client to its end, and then ends everything that waits. */
const live = (client: Client.Client, scope: Scope.Closeable, events: Events.Events, pause: Pause): Life => {
  const subscribing = Subscribing.make(client, events)
  let isOver = false
  // It may learn of the end before it is assigned.
  let watcher: Fiber.Fiber<void> | undefined
  const over = (status: Client.Status) => {
    if (isOver) return
    isOver = true
    events.emit(status)
    events.end()
    subscribing.end(life.isEnding || status._tag !== "Disconnected" ? {} : { failure: status.reason })
    watcher?.interruptUnsafe()
  }
  const close = async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    const reason = new SocketError({ reason: "Closed", message: "the client has ended" })
    over({ _tag: "Disconnected", reason })
  }
  const life: Life = { client, events, subscribing, pending: new Set(), close, pause, isEnding: false }
  const onStatus = (status: Client.Status) => {
    if (status._tag !== "Disconnected") return events.emit(status)
    over(status)
    void quiet(close())
  }
  const onNotice = (notice: Client.Notice) => {
    if (notice._tag !== "SubscriptionLost") return events.emit(notice)
    events.emit(notice, subscribing.lost(notice.topicFilter, notice.message))
  }
  watcher = Effect.runFork(Effect.all([
    Stream.runForEach(client.status, (status) => Effect.sync(() => onStatus(status))),
    Stream.runForEach(client.notices, (notice) => Effect.sync(() => onNotice(notice)))
  ], { concurrency: "unbounded", discard: true }))
  if (isOver) watcher.interruptUnsafe()
  return life
}

/** The client that others see, until it ends; `scope` is that of the Client, and is closed then. */
export const make = (
  client: Client.Client,
  scope: Scope.Closeable,
  events: Events.Events,
  clientId: string,
  pause: Pause = Effect.sleep
): MqttClient => {
  const life = live(client, scope, events, pause)
  const end = ending(life)
  return {
    clientId,
    get isConnected() {
      return Effect.runSync(life.client.isConnected)
    },
    publish: publishing(life),
    subscribe: life.subscribing.subscribe,
    unsubscribe: life.subscribing.unsubscribe,
    readTopic: reading(life),
    request: requesting(life),
    reauthenticate: reauthenticating(life),
    events: life.events.iterate,
    end,
    [Symbol.asyncDispose]: () => end()
  }
}
