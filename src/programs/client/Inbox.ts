/**
 * Messages received, on their way to those who want them.
 *
 * The reader of the connection puts in what one read brought. It is handed on in order, handlers first, then every running
 * stream, and only then acknowledged (MQTT 3.1.1, 4.3.2). What handlers do at once is done at once, in plain code; what
 * takes time, an Effect or a stream, is the dispatcher's, so that a handler may wait for the Server without stopping the
 * reader. All that waits is bounded twice, in messages and in bytes: a Server may send a thousand small ones, or a thousand
 * of a megabyte.
 */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Handler, handle, type Received } from "./Handler.ts"
import * as Unclaimed from "./Unclaimed.ts"

/** What one read from the network brought. */
export interface Read {
  readonly messages: NonEmptyReadonlyArray<Received>
  /** What they keep from being forgotten: the bytes of the read. */
  readonly bytes: number
  /** Those that a reader of one topic has already seen. */
  readonly tapped: ReadonlySet<Received>
  /** Acknowledges the first `count` messages; may be called again with more. */
  readonly acknowledge: (count: number) => void
}

/** A batch is one element: so few of them need to wait here, and the rest in `batches`. */
type StreamQueue = Queue.Queue<NonEmptyReadonlyArray<Received>, Cause.Done>

/** What was read, and how far it was handed on. */
interface Batch {
  readonly read: Read
  /** Those that ran when it came to be handed on; undefined: it was not yet. */
  streams: ReadonlyArray<StreamQueue> | undefined
  /** The message that is next, its handlers, once they are known, and which of them is next. */
  message: number
  handlers: ReadonlyArray<Handler> | undefined
  handler: number
  /** What must be done before it goes on. */
  work: Effect.Effect<unknown> | undefined
  /** How many had to give way. */
  dropped: number
  /** It does not count any more. */
  forgotten: boolean
}

/** Batches that may wait for a stream. */
const streamBatches = 4

/** Bytes that may wait. One message may be larger, and is taken alone. */
const capacityBytes = 16 * 1024 * 1024

export interface Inbox {
  /** Messages. */
  readonly capacity: number
  readonly handlersFor: (topic: string) => ReadonlyArray<Handler>
  /** For the dispatcher. */
  readonly batches: Queue.Queue<Batch, Cause.Done>
  /** In the dispatcher's hands. */
  inHand: Batch | undefined
  /** Messages in `batches` and `inHand`, and their bytes. */
  size: number
  bytes: number
  /** How many messages handlers and streams have taken, or nobody wanted, so far. */
  taken: number
  /** Open while there is room. */
  readonly room: Latch.Latch
  readonly streams: Set<StreamQueue>
  readonly unclaimed: Unclaimed.Unclaimed
  /** Nothing more is put in. */
  closed: boolean
  /** Nothing more will be handed on. */
  ended: boolean
}

export const make = (capacity: number, handlersFor: Inbox["handlersFor"]): Effect.Effect<Inbox> =>
  Effect.map(Queue.unbounded<Batch, Cause.Done>(), (batches) => ({
    capacity,
    handlersFor,
    batches,
    inHand: undefined,
    size: 0,
    bytes: 0,
    taken: 0,
    room: Latch.makeUnsafe(true),
    streams: new Set(),
    unclaimed: Unclaimed.make(capacity),
    closed: false,
    ended: false
  }))

/** Whether more waits than `times` what there is room for. */
const isFull = (inbox: Inbox, times: number): boolean => inbox.size >= times * inbox.capacity || inbox.bytes >= times * capacityBytes

/** How long a full Inbox keeps the reader from an answer that is waited for, in milliseconds. */
export const patienceMillis = 1_000

/** How much more than there is room for is read for the sake of such an answer. */
const overdraft = 4

/**
 * Waits until there is room. While the Server owes us an answer, no longer than a second, and read on: who has to take
 * the messages may be the one who waits for the answer. False: the overdraft is used up, the answer has not come, and for
 * `giveUpMillis` nobody has taken a message.
 */
export const awaitRoom = (inbox: Inbox, isAnswerDue: () => boolean, giveUpMillis: number): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    let taken = inbox.taken
    for (let idleMillis = 0; idleMillis < giveUpMillis || !isAnswerDue();) {
      const passed = yield* Effect.timeoutOrElse(Effect.as(inbox.room.await, true), {
        duration: patienceMillis,
        orElse: () => Effect.succeed(false)
      })
      if (passed || (isAnswerDue() && !isFull(inbox, overdraft))) return true
      idleMillis = taken === inbox.taken ? idleMillis + patienceMillis : 0
      taken = inbox.taken
    }
    return false
  })

/** Hands on until something takes time, and gives that. */
const proceed = (inbox: Inbox, batch: Batch): Effect.Effect<unknown> | undefined => {
  const { acknowledge, messages, tapped } = batch.read
  const streams = batch.streams ??= Array.from(inbox.streams)
  for (; batch.message < messages.length; batch.message++) {
    const message = messages[batch.message] as Received
    const handlers = batch.handlers ??= inbox.handlersFor(message.topic)
    while (batch.handler < handlers.length) {
      const work = handle(handlers[batch.handler++] as Handler, message)
      if (work === undefined) continue
      // What was handled before is acknowledged now: this may take long.
      if (streams.length === 0) acknowledge(batch.message)
      return work
    }
    const isClaimed = handlers.length > 0 || streams.length > 0 || tapped.has(message)
    if (!isClaimed) batch.dropped += Unclaimed.keep(inbox.unclaimed, message)
    batch.handlers = undefined
    batch.handler = 0
    inbox.taken++
  }
  return undefined
}

const finishBatch = (inbox: Inbox, batch: Batch): void => {
  const { acknowledge, bytes, messages } = batch.read
  acknowledge(messages.length)
  inbox.inHand = undefined
  if (!batch.forgotten) {
    inbox.size -= messages.length
    inbox.bytes -= bytes
  }
  if (!isFull(inbox, 1)) inbox.room.openUnsafe()
}

const dispatch = (inbox: Inbox, batch: Batch): Effect.Effect<void> =>
  Effect.gen(function*() {
    inbox.inHand = batch
    for (let work = batch.work ?? proceed(inbox, batch); work !== undefined; work = proceed(inbox, batch)) yield* work
    for (const stream of batch.streams ?? []) yield* Queue.offer(stream, batch.read.messages)
    finishBatch(inbox, batch)
    if (batch.dropped > 0) yield* Unclaimed.tellDropped(inbox.unclaimed, batch.dropped)
  })

// What was read stays one object: to copy its fields costs more than all the rest for a read of one message.
const begin = (read: Read): Batch =>
  ({ read, streams: undefined, message: 0, handlers: undefined, handler: 0, work: undefined, dropped: 0, forgotten: false })

export const put = (inbox: Inbox, read: Read): void => {
  if (inbox.closed) return
  const batch = begin(read)
  // Also what is forgotten comes first, as long as a handler has it.
  const isIdle = inbox.size === 0 && inbox.inHand === undefined && inbox.streams.size === 0
  inbox.size += read.messages.length
  inbox.bytes += read.bytes
  if (isIdle) {
    batch.work = proceed(inbox, batch)
    if (batch.work === undefined && batch.dropped === 0) return finishBatch(inbox, batch)
  }
  if (isFull(inbox, 1)) inbox.room.closeUnsafe()
  Queue.offerUnsafe(inbox.batches, batch)
}

/**
 * Forgets what waits: the next connection needs the room, and what has QoS 1 was not acknowledged. What the dispatcher has
 * in hand goes on, but does not count any more.
 */
export const forget = (inbox: Inbox): Effect.Effect<void> =>
  Effect.flatMap(Queue.clear(inbox.batches), (batches) => {
    if (inbox.inHand !== undefined) inbox.inHand.forgotten = true
    inbox.size = 0
    inbox.bytes = 0
    inbox.room.openUnsafe()
    return Unclaimed.tellDropped(inbox.unclaimed, batches.reduce((sum, { message, read }) => sum + read.messages.length - message, 0))
  }).pipe(Effect.ignore)

const finish = (inbox: Inbox) =>
  Effect.sync(() => {
    inbox.ended = true
    for (const stream of inbox.streams) Queue.endUnsafe(stream)
  })

/** Hands messages on until the Inbox has ended and is empty. Streams end with it, also when a handler is interrupted. */
export const run = (inbox: Inbox): Effect.Effect<void> =>
  Effect.forever(Effect.flatMap(Queue.take(inbox.batches), (batch) => dispatch(inbox, batch)), { disableYield: true })
    .pipe(Effect.ignore, Effect.ensuring(finish(inbox)))

/** Nothing more will be put in. */
export const end = (inbox: Inbox): void => {
  inbox.closed = true
  Queue.endUnsafe(inbox.batches)
}

/** Takes what no handler and no stream has claimed, oldest first. */
export const takeUnclaimed = (inbox: Inbox): ReadonlyArray<Received> => Unclaimed.take(inbox.unclaimed)

const open = (inbox: Inbox): Effect.Effect<StreamQueue, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(Queue.bounded<NonEmptyReadonlyArray<Received>, Cause.Done>(streamBatches), (queue) => {
      const unclaimed = takeUnclaimed(inbox)
      if (isReadonlyArrayNonEmpty(unclaimed)) Queue.offerUnsafe(queue, unclaimed)
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
  Stream.unwrap(Effect.map(open(inbox), (queue) => Stream.flattenArray(Stream.fromQueue(queue))))
