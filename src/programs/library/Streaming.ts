/**
 * The messages of a Topic Filter as a Stream: the loop of the Promises, with its buffer and its back-pressure.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Client, LinkError, Notice, Status, SubscribeError } from "../client/Client.ts"
import { SubscriptionRefused } from "../client/errors.ts"
import { counted, logUnread, type Readers } from "../client/Notice.ts"
import type { Events } from "./Events.ts"
import type { Message } from "./Message.ts"
import { type InvalidOption, topicFault } from "./mistakes.ts"
import { calls, type StreamOptions } from "./mqttOptions.ts"
import * as OptionTable from "./OptionTable.ts"
import { type AlreadySubscribed, alreadySubscribed } from "./Subscribing.ts"
import * as Taking from "./Subscription.ts"

/** Why a Stream fails: it was not granted, or the Server takes it back, or the client is lost for good. */
export type StreamError = SubscribeError | AlreadySubscribed | InvalidOption

interface State {
  readonly client: Client
  /** Where the answer to an UNSUBSCRIBE is waited for. */
  readonly scope: Scope.Scope
  readonly events: Pick<Events, "emit">
  /** Those that run, by their Topic Filters. */
  readonly loops: Map<string, Taking.Loop>
  /** UNSUBSCRIBE packets that have no answer. */
  readonly leaving: Map<string, Fiber.Fiber<void>>
  /** Of the user's. */
  readonly noticeReaders: Readers
  /** The user ends the client: its Streams end without a failure. */
  isLeaving: boolean
}

const pull = ({ mailbox }: Taking.Loop): Effect.Effect<NonEmptyReadonlyArray<Message>, LinkError | Cause.Done> =>
  Effect.callback((resume) => {
    const cancel = mailbox.take({
      resolve: ({ done, value }) => resume(done === true ? Cause.done() : Effect.succeed([value])),
      // It ends with nothing else: see `make`.
      reject: (failure) => resume(Effect.fail(failure as LinkError))
    })
    return Effect.sync(cancel)
  })

/** Unsubscribes, without waiting for the Server, before messages that wait behind others are handed on. */
const leave = (state: State, topicFilter: string, loop: Taking.Loop): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { client, leaving, loops, scope } = state
    if (loops.get(topicFilter) === loop) {
      loops.delete(topicFilter)
      const left = yield* Effect.forkIn(Effect.ignore(client.unsubscribe(topicFilter)), scope, {
        startImmediately: true
      })
      leaving.set(topicFilter, left)
      left.addObserver(() => {
        if (leaving.get(topicFilter) === left) leaving.delete(topicFilter)
      })
    }
    loop.end()
    loop.mailbox.leave()
  })

const open = (
  state: State,
  topicFilter: string,
  streamOptions: StreamOptions
): Effect.Effect<Taking.Loop, StreamError, Scope.Scope> =>
  Effect.gen(function*() {
    const fault = topicFault("Topic Filter", topicFilter) ?? OptionTable.fault("stream", calls.stream, streamOptions)
    if (fault !== undefined) return yield* fault
    const { buffer = Taking.defaultBuffer, ...options } = streamOptions
    const { client, leaving, loops } = state
    if (loops.has(topicFilter)) return yield* alreadySubscribed(topicFilter)
    const loop = Taking.loop(topicFilter, buffer, state.events)
    loops.set(topicFilter, loop)
    // Its answer would otherwise count for this subscription.
    const before = leaving.get(topicFilter)
    if (before !== undefined) yield* Fiber.await(before)
    yield* client.subscribe(topicFilter, options, loop.handler).pipe(
      Effect.onError(() =>
        Effect.sync(() => {
          if (loops.get(topicFilter) === loop) loops.delete(topicFilter)
        })
      )
    )
    yield* Effect.addFinalizer(() => leave(state, topicFilter, loop))
    return loop
  })

/** Ends the Streams of a client that is over. */
const onStatus = ({ isLeaving, loops }: State, status: Status): void => {
  if (status._tag !== "Disconnected") return
  for (const loop of loops.values()) loop.end(isLeaving ? {} : { failure: status.reason })
  loops.clear()
}

/** Fails the Stream that the Server takes back: its user need not be told twice. */
const onNotice = ({ loops, noticeReaders }: State, notice: Notice): Effect.Effect<void> => {
  const loop = notice._tag === "SubscriptionLost" ? loops.get(notice.topicFilter) : undefined
  if (notice._tag !== "SubscriptionLost" || loop === undefined) return logUnread(notice, noticeReaders)
  const { message, topicFilter } = notice
  loop.end({ failure: new SubscriptionRefused({ topicFilter, message }) })
  loops.delete(topicFilter)
  return Effect.void
}

const follow = (state: State): Effect.Effect<void> =>
  Effect.all([
    Stream.runForEach(state.client.status, (status) => Effect.sync(() => onStatus(state, status))),
    Stream.runForEach(state.client.notices, (notice) => onNotice(state, notice))
  ], { concurrency: "unbounded", discard: true })

/** The Streams of one client. */
export interface Streaming {
  readonly stream: (topicFilter: string, options?: StreamOptions) => Stream.Stream<Message, StreamError>
  /** Those of the client, for the user. */
  readonly notices: Stream.Stream<Notice>
  /** From now on the end of the client is wanted. */
  readonly expectEnd: Effect.Effect<void>
}

/** Those of this client, which lives in this Scope. */
export const make = (client: Client): Effect.Effect<Streaming, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Scope.Scope
    const log = Effect.runForkWith(yield* Effect.context<never>())
    const events: Pick<Events, "emit"> = {
      emit: (event) => {
        if ("message" in event) log(Effect.logWarning(event.message))
      }
    }
    const noticeReaders: Readers = { count: 0 }
    const state: State = {
      client,
      scope,
      events,
      loops: new Map(),
      leaving: new Map(),
      noticeReaders,
      isLeaving: false
    }
    const expectEnd = Effect.sync(() => {
      state.isLeaving = true
    })
    yield* Effect.forkScoped(follow(state), { startImmediately: true })
    yield* Effect.addFinalizer(() =>
      Effect.map(expectEnd, () => {
        for (const loop of state.loops.values()) loop.end()
        state.loops.clear()
      })
    )
    const stream = (topicFilter: string, options: StreamOptions = {}) =>
      Stream.unwrap(
        Effect.map(open(state, topicFilter, options), (loop) => Stream.fromPull(Effect.succeed(pull(loop))))
      )
    return { stream, notices: counted(client.notices, noticeReaders), expectEnd }
  })
