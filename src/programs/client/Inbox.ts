/**
 * Messages received, on their way to those who want them.
 *
 * The reader of the connection puts in what one read brought; one dispatcher hands it on in order, handlers first, then
 * every running stream, and only then acknowledges it (MQTT 3.1.1, 4.3.2). So a handler may wait for the Server without
 * stopping the reader. What nobody wants is kept for the first who asks, and when that is too much the oldest give way.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ApplicationMessage } from "../../domain/ApplicationMessage.ts"

/** `dup`: the Server says that this may be a repetition. The payload must not be changed. */
export interface Received extends ApplicationMessage {
  readonly dup: boolean
}

/** Handles one message. An Effect is waited for before the next message; one that fails is logged and harms nobody. */
export type Handler = (message: Received) => Effect.Effect<unknown, unknown> | undefined | void

/** What one read from the network brought. */
export interface Batch {
  readonly messages: ReadonlyArray<Received>
  /** Those that a reader of one topic has already seen. */
  readonly tapped: ReadonlySet<Received>
  /** Acknowledges the first `count` messages; may be called again with more. */
  readonly acknowledge: (count: number) => void
}

type StreamQueue = Queue.Queue<Received, Cause.Done>

export interface Inbox {
  /** Messages. */
  readonly capacity: number
  readonly batches: Queue.Queue<Batch, Cause.Done>
  /** Messages in `batches` and in the dispatcher's hands. */
  size: number
  /** Open while there is room. */
  readonly room: Latch.Latch
  readonly streams: Set<StreamQueue>
  unclaimed: Array<Received>
  ended: boolean
}

export const make = (capacity: number): Effect.Effect<Inbox> =>
  Effect.map(Queue.unbounded<Batch, Cause.Done>(), (batches) => ({
    capacity,
    batches,
    size: 0,
    room: Latch.makeUnsafe(true),
    streams: new Set(),
    unclaimed: [],
    ended: false
  }))

export const put = (inbox: Inbox, batch: Batch): void => {
  inbox.size += batch.messages.length
  if (inbox.size >= inbox.capacity) inbox.room.closeUnsafe()
  Queue.offerUnsafe(inbox.batches, batch)
}

/** How long a full Inbox keeps the reader from an answer that is waited for, in milliseconds. */
const patienceMillis = 1_000

/**
 * Waits until there is room. While the Server owes us an answer, no longer than a second: who has to take the messages
 * may be the one who waits for the answer.
 */
export const awaitRoom = (inbox: Inbox, isAnswerDue: () => boolean): Effect.Effect<void> =>
  Effect.gen(function*() {
    while (!inbox.room.isOpen()) {
      const passed = yield* Effect.timeoutOrElse(Effect.as(inbox.room.await, true), {
        duration: patienceMillis,
        orElse: () => Effect.succeed(false)
      })
      if (passed || isAnswerDue()) return
    }
  })

const failed = (topic: string, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.logWarning(`a handler failed on a message to ${topic}`, cause)

const handle = (handler: Handler, message: Received): Effect.Effect<unknown> | undefined => {
  try {
    const result = handler(message)
    return Effect.isEffect(result) ? Effect.catchCause(result, (cause) => failed(message.topic, cause)) : undefined
  } catch (defect) {
    return failed(message.topic, Cause.die(defect))
  }
}

/** Keeps what nobody has claimed. True: another had to give way for it. */
const keep = (inbox: Inbox, message: Received): boolean => {
  inbox.unclaimed.push(message)
  if (inbox.unclaimed.length <= inbox.capacity) return false
  inbox.unclaimed.shift()
  return true
}

const dispatch = (inbox: Inbox, batch: Batch, handlersFor: (topic: string) => ReadonlyArray<Handler>): Effect.Effect<void> =>
  Effect.gen(function*() {
    const streams = Array.from(inbox.streams)
    let dropped = 0
    for (let i = 0; i < batch.messages.length; i++) {
      const message = batch.messages[i] as Received
      const handlers = handlersFor(message.topic)
      for (const handler of handlers) {
        const work = handle(handler, message)
        if (work === undefined) continue
        // What was handled before is acknowledged now: this may take long.
        if (streams.length === 0) batch.acknowledge(i)
        yield* work
      }
      const isClaimed = handlers.length > 0 || streams.length > 0 || batch.tapped.has(message)
      if (!isClaimed && keep(inbox, message)) dropped++
    }
    for (const stream of streams) yield* Queue.offerAll(stream, batch.messages)
    batch.acknowledge(batch.messages.length)
    inbox.size -= batch.messages.length
    if (inbox.size < inbox.capacity) inbox.room.openUnsafe()
    if (dropped > 0) yield* Effect.logWarning(`${dropped} messages were dropped: no handler and no stream took them`)
  })

const finish = (inbox: Inbox) =>
  Effect.sync(() => {
    inbox.ended = true
    for (const stream of inbox.streams) Queue.endUnsafe(stream)
  })

/** Hands messages on until the Inbox has ended and is empty. Streams end with it, also when a handler is interrupted. */
export const run = (inbox: Inbox, handlersFor: (topic: string) => ReadonlyArray<Handler>): Effect.Effect<void> =>
  Effect.forever(Effect.flatMap(Queue.take(inbox.batches), (batch) => dispatch(inbox, batch, handlersFor)), { disableYield: true })
    .pipe(Effect.ignore, Effect.ensuring(finish(inbox)))

/** Nothing more will be put in. */
export const end = (inbox: Inbox): void => {
  Queue.endUnsafe(inbox.batches)
}

/** Takes what no handler and no stream has claimed, oldest first. */
export const takeUnclaimed = (inbox: Inbox): ReadonlyArray<Received> => inbox.unclaimed.splice(0)

const open = (inbox: Inbox): Effect.Effect<StreamQueue, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(Queue.bounded<Received, Cause.Done>(inbox.capacity), (queue) => {
      Queue.offerAllUnsafe(queue, takeUnclaimed(inbox))
      if (inbox.ended) Queue.endUnsafe(queue)
      else inbox.streams.add(queue)
      return queue
    }),
    (queue) => {
      inbox.streams.delete(queue)
      return Queue.shutdown(queue)
    }
  )

/** What is unclaimed, then everything received while the stream runs. */
export const messages = (inbox: Inbox): Stream.Stream<Received> =>
  Stream.unwrap(Effect.map(open(inbox), Stream.fromQueue))
