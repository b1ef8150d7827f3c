/**
 * An MQTT Client, 3.1.1 and 5, for programs that stay connected, over the Socket port.
 *
 * It lives as long as its Scope, reconnects by itself, and keeps messages until the Server has acknowledged them. This
 * file is what its user sees; client/ has the parts: options, one Connection after another (supervise), Exchange (what
 * waits for an acknowledgement), Inbox (what was received), Subscriptions.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type { Socket } from "../../ports/Socket.ts"
import * as Core from "./Core.ts"
import type { ConnectError, LinkError, PublishError, SubscribeError, UnsubscribeError } from "./errors.ts"
import type { Handler, Received } from "./Handler.ts"
import * as Inbox from "./Inbox.ts"
import { flush } from "./flush.ts"
import { leave, type Leaving } from "./leave.ts"
import { listen } from "./listen.ts"
import * as Notice from "./Notice.ts"
import * as Options from "./options.ts"
import { ping } from "./ping.ts"
import * as Keeping from "./Keeping.ts"
import { type PublishOptions, publish, unwaited } from "./publish.ts"
import { reauthenticate } from "./reauthenticate.ts"
import { restore } from "./restore.ts"
import { request, type RequestOptions } from "./requestResponse.ts"
import * as Settings from "./settings.ts"
import * as Streams from "./Streams.ts"
import * as subscribe from "./subscribe.ts"
import { supervise } from "./supervise.ts"

export type { Status } from "./Core.ts"
export {
  type ConnectError,
  type LinkError,
  MessageExpired,
  type PublishError,
  PublishRefused,
  PublishRejected,
  ReceiveBufferFull,
  ServerDisconnected,
  type SubscribeError,
  SubscriptionRefused,
  type UnsubscribeError
} from "./errors.ts"
export type { Handler, Received } from "./Handler.ts"
export type { Notice } from "./Notice.ts"
export {
  type AuthenticationOptions,
  type ClientOptions,
  type Payload,
  stayConnected,
  type SubscribeOptions,
  type SubscriptionOptions,
  type WillOptions
} from "./options.ts"
export type { PublishOptions } from "./publish.ts"
export type { RequestOptions } from "./requestResponse.ts"

/**
 * A Client that was connected once. Operations that need a connection and have none fail with a `LinkError`, which says
 * why.
 */
export interface Client {
  /**
   * Publishes to a Topic Name. QoS 0 is done when it waits to be written and no more than 15 kB wait, or else when the
   * network has taken everything that waits; it fails while there is no connection. QoS 1 is done when the Server has
   * acknowledged it, QoS 2 when it has said PUBCOMP, and both wait for a connection if necessary. Interrupting it is safe: what was not sent will not be
   * sent, what was sent stays pending and is delivered. Fails with OutboxFull if too much waits, and with
   * PublishRejected if the Server closes the connection whenever it gets this message.
   */
  readonly publish: (
    topic: string,
    payload: Options.Payload,
    options?: PublishOptions
  ) => Effect.Effect<void, PublishError>
  /**
   * Subscribes, and returns the QoS that the Server has granted. `handler` sees every message that matches, one at a
   * time and in order; first those that have come before it and that nobody took. A handler that takes long should
   * fork. It may wait for the Server, however many messages wait after this one. A second subscription to the same
   * filter replaces the first, and its handler.
   */
  readonly subscribe: (
    topicFilter: string,
    options?: Options.SubscribeOptions,
    handler?: Handler
  ) => Effect.Effect<QoS, SubscribeError>
  /**
   * Also drops the messages of it that nobody has taken, and with Clean Session those that still come. If the
   * Server does not answer, it is asked again on the next
   * connection.
   */
  readonly unsubscribe: (topicFilter: string) => Effect.Effect<void, UnsubscribeError>
  /**
   * Everything received while the stream runs, whether or not handlers see it too, and before that what nobody has
   * taken so far. May run several times at once. A message is acknowledged when its consumer asks for the next one;
   * messages that it did not reach are there for the next who asks. A stream that is not pulled makes handlers wait,
   * then the Server. Ends with the Client.
   */
  readonly messages: Stream.Stream<Received>
  /**
   * Takes the messages that no handler and no running stream has taken, and acknowledges them. Of QoS 0 the oldest are
   * dropped if they are too many.
   */
  readonly poll: Effect.Effect<ReadonlyArray<Received>>
  /**
   * The first message on `topic` within `timeout` (5 seconds by default) after the Server has granted the subscription,
   * else None: a retained one, or one published meanwhile. Unsubscribes unless the user has subscribed to it. Handlers
   * see their messages as usual.
   */
  readonly readTopic: (
    topic: string,
    timeout?: Duration.Input
  ) => Effect.Effect<Option.Option<Received>, SubscribeError>
  /**
   * As `readTopic` for several Topic Filters: returns the first value that `take` makes of a message; `undefined` means
   * no value.
   */
  readonly listen: <A>(
    topicFilters: ReadonlyArray<string>,
    take: (message: Received) => A | undefined,
    timeout: Duration.Input
  ) => Effect.Effect<Option.Option<A>, SubscribeError>
  /**
   * With MQTT 5: publishes a request, and gives its answer, or None if there is none in time. The answers come to
   * `response/<Client Identifier>`, unless `properties` has another `responseTopic`. Who answers publishes to the
   * `responseTopic` of the request, with its `correlationData`.
   */
  readonly request: (
    topic: string,
    payload: Options.Payload,
    options?: RequestOptions
  ) => Effect.Effect<Option.Option<Received>, PublishError | SubscribeError>
  /** Done when the Server has answered; fails at once while there is no connection. */
  readonly ping: Effect.Effect<void, LinkError>
  /**
   * With MQTT 5 and the option `authentication`: proves again who the Client is, on the present connection (4.12.1).
   * `data` is the first that it says; `respond` answers what the Server asks. Done when the Server is content; if it is
   * not, it ends the connection, and this fails with its reason. Several calls at once are one.
   */
  readonly reauthenticate: (data?: Options.Payload) => Effect.Effect<void, InvalidPacket | LinkError>
  /**
   * Sends DISCONNECT after everything that waits to be written, and closes: so no Will is published, whatever is in
   * flight. The end of the Scope does the same. What waits for the Server fails.
   */
  readonly disconnect: Effect.Effect<void>
  /**
   * The same, but the Server publishes the Will: MQTT 5 says so with Reason Code 0x04 (3.14.2.1); in MQTT 3.1.1 the
   * connection is closed without DISCONNECT.
   */
  readonly disconnectWithWill: Effect.Effect<void>
  /**
   * Done when no message of QoS 1 or 2 waits for the Server any more: also those that were accepted in the `store`, and
   * those that an earlier program has left there. Fails if the Client ends before. Who leaves after it, leaves nothing.
   */
  readonly flush: Effect.Effect<void, LinkError>
  /** Whether the Server has accepted the present connection. */
  readonly isConnected: Effect.Effect<boolean>
  /** The present status, then every change. */
  readonly status: Stream.Stream<Core.Status>
  /**
   * What went wrong without ending the connection, as it happens: for example a message that is too large, or an
   * unexpected acknowledgement. While nobody runs it, each is logged as a warning.
   */
  readonly notices: Stream.Stream<Notice.Notice>
}

const fromCore = (core: Core.Core, leaving: Leaving): Client => ({
  publish: (topic, payload, options) => publish(core, topic, payload, options),
  subscribe: (topicFilter, options, handler) => {
    const fault = Options.optionsFault(options)
    return fault === undefined ? subscribe.subscribe(core, topicFilter, options ?? {}, handler) : Effect.fail(fault)
  },
  unsubscribe: (topicFilter) => subscribe.unsubscribe(core, topicFilter),
  messages: Streams.messages(core.inbox),
  poll: Effect.sync(() => Inbox.takeUnclaimed(core.inbox)),
  readTopic: (topic, timeout = "5 seconds") => listen(core, [topic], (message) => message, timeout),
  listen: (topicFilters, take, timeout) => listen(core, topicFilters, take, timeout),
  request: (topic, payload, options = {}) => request(core, topic, payload, options),
  ping: ping(core),
  reauthenticate: (data) => reauthenticate(core, Options.bytesOf(data)),
  ...leaving,
  flush: flush(core),
  isConnected: Effect.sync(() => core.link !== undefined),
  status: Stream.fromPubSub(core.statuses),
  notices: Notice.counted(Stream.fromPubSub(core.notices), core.noticeReaders)
})

/** MQTT 5 is loaded when it is asked for: so who does not need it does not carry it. */
const settingsOf = (options: Options.ClientOptions): Effect.Effect<Settings.Settings, InvalidPacket> => {
  const { version = 4 } = options
  return version === 4 ? Effect.fromResult(Settings.settings(options))
    : Effect.flatMap(Effect.promise(() => import("./version5.ts")),
      ({ version5 }) => Effect.fromResult(Settings.settings(options, version5)))
}

/** Takes over what an earlier program has left, and writes what is noted, at last what has come to its end. */
const keep = (core: Core.Core, keeping: Keeping.Keeping): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    restore(core.exchange, core.receipts, keeping.store.state, (message) => unwaited(core, message))
    yield* Effect.addFinalizer(() => Effect.sync(() => Keeping.commit(keeping)))
    yield* Effect.forkScoped(Keeping.run(keeping))
  })

/**
 * Connects. If the first connection fails, the caller learns it, and the Client does not try again: ConnectionRefused
 * if the Server refuses, SocketError if it cannot be reached, InvalidPacket for options that MQTT forbids,
 * SubscriptionRefused if the Server does not grant one of the `subscriptions`, StoreError if the `store` is in use.
 */
export const make = (options: Options.ClientOptions): Effect.Effect<Client, ConnectError, Socket | Scope.Scope> =>
  Effect.flatMap(settingsOf(options), (settings) => makeWith(options, settings))

/** The same with settings that were made from these options before: nothing is loaded. */
export const makeWith = (
  options: Options.ClientOptions,
  settings: Settings.Settings
): Effect.Effect<Client, ConnectError, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const keeping = options.store === undefined ? undefined
      : Keeping.make(yield* options.store.open(options.clientId))
    const core = yield* Core.make(settings, keeping)
    yield* Notice.log(core.notices, core.noticeReaders)
    if (keeping !== undefined) yield* keep(core, keeping)
    yield* Effect.fromResult(subscribe.prepare(core))
    yield* Effect.forkScoped(Inbox.run(core.inbox))
    const supervisor = yield* Effect.forkScoped(supervise(core))
    const leaving = yield* leave(core, supervisor)
    yield* Effect.addFinalizer(() => leaving.disconnect)
    yield* Core.connected(core)
    yield* subscribe.subscribePrepared(core)
    return fromCore(core, leaving)
  })
