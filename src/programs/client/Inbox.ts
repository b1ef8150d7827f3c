/**
 * Messages received, on their way to those who want them.
 *
 * The reader of the connection puts in what one read brought; one dispatcher hands it on in order, handlers first, then
 * every running stream, and only then acknowledges it (MQTT 3.1.1, 4.3.2). So a handler may wait for the Server without
 * stopping the reader. What nobody wants is kept for the first who asks, and when that is too much the oldest give way.
 * All of it is bounded twice, in messages and in bytes: a Server may send a thousand small ones, or a thousand of a megabyte.
 */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
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

/** Batches that may wait for a stream. */
const streamBatches = 4

/** Bytes that may wait, and bytes that are kept for whoever asks. One message may be larger, and is taken alone. */
const capacityBytes = 16 * 1024 * 1024

export interface Inbox {
  /** Messages. */
  readonly capacity: number
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
  unclaimed: Array<Received>
  unclaimedBytes: number
  /** Messages that had to give way, and how many they were when that was last told. */
  dropped: number
  droppedTold: number
  ended: boolean
}

export const make = (capacity: number): Effect.Effect<Inbox> =>
  Effect.map(Queue.unbounded<Batch, Cause.Done>(), (batches) => ({
    capacity,
    batches,
    inHand: undefined,
    size: 0,
    bytes: 0,
    taken: 0,
    room: Latch.makeUnsafe(true),
    streams: new Set(),
    unclaimed: [],
    unclaimedBytes: 0,
    dropped: 0,
    droppedTold: 0,
    ended: false
  }))

/** Whether more waits than `times` what there is room for. */
const isFull = (inbox: Inbox, times: number): boolean => inbox.size >= times * inbox.capacity || inbox.bytes >= times * capacityBytes

export const put = (inbox: Inbox, batch: Batch): void => {
  inbox.size += batch.messages.length
  inbox.bytes += batch.bytes
  if (isFull(inbox, 1)) inbox.room.closeUnsafe()
  Queue.offerUnsafe(inbox.batches, batch)
}

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

const sizeOf = ({ payload, topic }: Received): number => payload.length + topic.length

/** Keeps what nobody has claimed, and gives the number of those that had to give way for it. */
const keep = (inbox: Inbox, message: Received): number => {
  const { unclaimed } = inbox
  // Of its own, not the view: that would keep all that came in the same read.
  unclaimed.push({ ...message, payload: message.payload.slice() })
  inbox.unclaimedBytes += sizeOf(message)
  let dropped = 0
  while (unclaimed.length > 1 && (unclaimed.length > inbox.capacity || inbox.unclaimedBytes > capacityBytes)) {
    inbox.unclaimedBytes -= sizeOf(unclaimed.shift() as Received)
    dropped++
  }
  return dropped
}

/** Told when their number has doubled: a Server that sends without end does not fill the log, too. */
const tellDropped = (inbox: Inbox, count: number): Effect.Effect<void> => {
  inbox.dropped += count
  if (count === 0 || inbox.dropped < 2 * inbox.droppedTold) return Effect.void
  inbox.droppedTold = inbox.dropped
  return Effect.logWarning(`${inbox.dropped} messages were dropped so far: no handler and no stream took them`)
}

const dispatch = (inbox: Inbox, batch: Batch, handlersFor: (topic: string) => ReadonlyArray<Handler>): Effect.Effect<void> =>
  Effect.gen(function*() {
    inbox.inHand = batch
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
      if (!isClaimed) dropped += keep(inbox, message)
      inbox.taken++
    }
    for (const stream of streams) yield* Queue.offer(stream, batch.messages)
    batch.acknowledge(batch.messages.length)
    if (inbox.inHand === batch) {
      inbox.size -= batch.messages.length
      inbox.bytes -= batch.bytes
    }
    if (!isFull(inbox, 1)) inbox.room.openUnsafe()
    if (dropped > 0) yield* tellDropped(inbox, dropped)
  })

/**
 * Forgets what waits: the next connection needs the room, and what has QoS 1 was not acknowledged. What the dispatcher has
 * in hand goes on, but does not count any more.
 */
export const forget = (inbox: Inbox): Effect.Effect<void> =>
  Effect.flatMap(Queue.clear(inbox.batches), (batches) => {
    inbox.inHand = undefined
    inbox.size = 0
    inbox.bytes = 0
    inbox.room.openUnsafe()
    return tellDropped(inbox, batches.reduce((sum, { messages }) => sum + messages.length, 0))
  }).pipe(Effect.ignore)

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
export const takeUnclaimed = (inbox: Inbox): ReadonlyArray<Received> => {
  inbox.unclaimedBytes = 0
  return inbox.unclaimed.splice(0)
}

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
