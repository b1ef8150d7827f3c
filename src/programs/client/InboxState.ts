/**
 * The state of an Inbox: what was read and how far it was handed on, who takes it, and how much room there is for more.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import type { Handler, Received } from "./Handler.ts"
import * as UnhandledMessages from "./UnhandledMessages.ts"
import type { Settle } from "./UnhandledMessages.ts"

/** What one read from the network brought. */
export interface Read {
  readonly messages: ReadonlyArray<Received>
  /** What they keep in memory: the bytes of the read. */
  readonly bytes: number
  /** Those that a reader of one topic has already seen. */
  readonly tapped: ReadonlySet<Received>
  /** Acknowledges the first `count` messages; may be called again with more. */
  readonly acknowledge: (count: number) => void
  /**
   * The message at `index` waits until somebody takes it, and those before it are acknowledged. Call the result when it
   * is taken, or with false when nobody will get it.
   */
  readonly hold: (index: number) => Settle | undefined
  /** Nobody will get the messages from `index` on. */
  readonly drop: (index: number) => void
}

/**
 * Whether the Server sends it again on the next connection as a message that nobody has seen. One of QoS 2 is known by its
 * Packet Identifier, and is kept.
 */
export const comesAgain = ({ qos }: Received): boolean => qos === 1

export const none: ReadonlySet<Received> = new Set()

/** A message for one stream. */
export interface Item {
  readonly message: Received
  /** The stream has handed it to its consumer, or has ended without. */
  readonly release: (isTaken: boolean) => void
}

export interface StreamReader {
  /** A batch is one element: so few of them need to wait here, and the rest is in `batches`. */
  readonly queue: Queue.Queue<NonEmptyReadonlyArray<Item>, Cause.Done>
  /** What the consumer has not seen yet, in the queue or out of it. */
  readonly items: Array<Item>
  /** The message that it saw last: it is done with that one when it asks for the next. */
  inHand: Item | undefined
}

/** What was read, and how far it was handed on. */
export interface Batch {
  read: Read
  /** The connection that brought it has ended, and the Server sends again what has QoS 1. */
  isStale: boolean
  /** The Server has lost the Session of this message: nobody will send it again. */
  isLast: boolean
  /** The streams that ran when it was to be handed on; undefined: it was not yet. */
  streams: ReadonlyArray<StreamReader> | undefined
  /** The message that is next, its handlers, once they are known, and which of them is next. */
  message: number
  handlers: ReadonlyArray<Handler> | undefined
  handler: number
  /** What must be done before it continues. */
  work: Effect.Effect<unknown> | undefined
  /** It has waited for its handler, and goes before everything that came later. */
  readonly isFirst: boolean
  /** It does not count any more. */
  forgotten: boolean
}

/** Batches that may wait for a stream. */
export const streamBatches = 4

export interface Inbox {
  /** One read may be larger, and is taken alone. */
  readonly capacityBytes: number
  readonly handlersFor: (message: Received) => ReadonlyArray<Handler>
  /** Reports how many messages were dropped so far. */
  readonly tellDropped: (messages: number) => void
  /** Whether nobody will come for a message with this topic. */
  readonly isLeft: (topic: string) => boolean
  /** Whether nobody has come for such messages, though they have waited. */
  readonly isGivenUp: (topic: string) => boolean
  /** For the dispatcher. */
  readonly batches: Queue.Queue<Batch, Cause.Done>
  /** The same, to search in. */
  readonly queued: Set<Batch>
  /** Those of them that go before the others. */
  readonly first: Array<Batch>
  /** What the dispatcher works on: one, or two if the second had to wait for the first. */
  readonly inHand: Array<Batch>
  /** Messages in `batches` and `inHand`, and their bytes, with the memory that keeping them takes. */
  size: number
  bytes: number
  /** Bytes of messages that streams have, and have not given to their consumers yet. */
  streamBytes: number
  /** How many messages handlers and streams have taken, or nobody wanted, so far. */
  taken: number
  /** Open while there is room. */
  readonly room: Latch.Latch
  readonly streams: Set<StreamReader>
  readonly unclaimed: UnhandledMessages.UnhandledMessages
  /** Nothing more is put in. */
  closed: boolean
  /** Nothing more will be handed on. */
  ended: boolean
}

/** `capacity` in messages of QoS 0 that nobody takes. */
export const make = (
  capacityBytes: number,
  capacity: number,
  handlersFor: Inbox["handlersFor"],
  tellDropped: Inbox["tellDropped"],
  isLeft: Inbox["isLeft"] = () => false,
  isGivenUp: Inbox["isGivenUp"] = () => false
): Effect.Effect<Inbox> =>
  Effect.map(Queue.unbounded<Batch, Cause.Done>(), (batches) => ({
    capacityBytes,
    handlersFor,
    tellDropped,
    isLeft,
    isGivenUp,
    batches,
    queued: new Set(),
    first: [],
    inHand: [],
    size: 0,
    bytes: 0,
    streamBytes: 0,
    taken: 0,
    room: Latch.makeUnsafe(true),
    streams: new Set(),
    unclaimed: UnhandledMessages.make(capacity),
    closed: false,
    ended: false
  }))

/** The memory that a waiting message takes, besides the bytes of its read: measured with small ones, and rounded up. */
export const overheadBytes = 400

export const bytesOf = ({ bytes, messages }: Read): number => bytes + messages.length * overheadBytes

/** Opens or shuts the room for more. */
export const measure = (inbox: Inbox): void => {
  const { bytes, capacityBytes, closed, room, streamBytes, unclaimed } = inbox
  if (closed || bytes + streamBytes + unclaimed.pendingBytes < capacityBytes) room.openUnsafe()
  else room.closeUnsafe()
}

/** A stream has the message: it takes room until the returned function is called. */
export const hold = (inbox: Inbox, { payload, topic }: Received): () => void => {
  const bytes = payload.length + topic.length + overheadBytes
  inbox.streamBytes += bytes
  return () => {
    inbox.streamBytes -= bytes
    measure(inbox)
  }
}

/** Messages that wait. */
export const waiting = (inbox: Inbox): number => inbox.size + inbox.unclaimed.pending.length

/** Whoever waits longer than this for room does not read, in milliseconds. */
export const roomWaitMillis = 1_000

/**
 * Waits until there is room. False: for `giveUpMillis` nobody has taken a message, although somebody waits for an
 * answer of the Server, which may come after what there is no room for.
 */
export const awaitRoom = (inbox: Inbox, isAnswerDue: () => boolean, giveUpMillis: number): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    let taken = inbox.taken
    for (let idleMillis = 0; idleMillis < giveUpMillis || !isAnswerDue();) {
      const passed = yield* Effect.timeoutOrElse(Effect.as(inbox.room.await, true), {
        duration: roomWaitMillis,
        orElse: () => Effect.succeed(false)
      })
      if (passed) {
        // Whoever made room is still working: it gets its messages before more is read, and before their PUBACKs are
        // sent.
        yield* Effect.yieldNow
        return true
      }
      idleMillis = taken === inbox.taken ? idleMillis + roomWaitMillis : 0
      taken = inbox.taken
    }
    return false
  })

// What was read stays one object: copying its fields would cost more than everything else for a read of one message.
export const begin = (read: Read, isFirst: boolean): Batch => ({
  read,
  isStale: false,
  isLast: false,
  streams: isFirst ? [] : undefined,
  message: 0,
  handlers: undefined,
  handler: 0,
  work: undefined,
  isFirst,
  forgotten: false
})

export const count = (inbox: Inbox, read: Read): void => {
  inbox.size += read.messages.length
  inbox.bytes += bytesOf(read)
}
