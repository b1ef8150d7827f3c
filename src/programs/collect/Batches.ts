/**
 * Messages that wait to be stored, in batches, and those who wait for that.
 *
 * The Client acknowledges a message when every running stream is done with it. So two streams run over the same
 * messages: the first one only collects, as far ahead as the Client lets it, and the second one is done with a message
 * when it is stored. Until both are known to get the same messages, the first one waits, too: the Client gives a
 * message to the streams that run when it arrives, and one that begins between two messages may get only the later one.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { Received } from "../client/Handler.ts"

export interface Collected {
  readonly message: Received
  /** Milliseconds. */
  readonly arrived: number
}

export interface Batches {
  /** Not stored yet, in order. */
  waiting: Array<Collected>
  /** The places of messages that were collected, counted from 1. */
  readonly places: WeakMap<Received, number>
  collected: number
  stored: number
  /** Both streams have had one and the same message. */
  isPaired: boolean
  /** Open while something waits. */
  readonly some: Latch.Latch
  /** Opens at the next commit. */
  next: Latch.Latch
}

export const make = (): Batches => ({
  waiting: [],
  places: new WeakMap(),
  collected: 0,
  stored: 0,
  isPaired: false,
  some: Latch.makeUnsafe(false),
  next: Latch.makeUnsafe(false)
})

/** The place of the message; it waits from now on, unless the other stream has brought it already. */
const collect = (batches: Batches, message: Received, arrived: number): number => {
  const known = batches.places.get(message)
  if (known !== undefined) {
    batches.isPaired = true
    return known
  }
  const place = ++batches.collected
  batches.places.set(message, place)
  batches.waiting.push({ message, arrived })
  batches.some.openUnsafe()
  return place
}

/** Not interrupted: the Client takes a message that a stream is ended on for done. */
const untilStored = (batches: Batches, place: number): Effect.Effect<void> =>
  Effect.uninterruptible(Effect.suspend(() =>
    batches.stored >= place ? Effect.void
      : Effect.flatMap(batches.next.await, () => untilStored(batches, place))
  ))

/** For the first stream. */
export const collectAhead = (batches: Batches, message: Received, arrived: number): Effect.Effect<void> => {
  const place = collect(batches, message, arrived)
  return batches.isPaired ? Effect.void : untilStored(batches, place)
}

/** For the second one. */
export const acknowledge = (batches: Batches, message: Received, arrived: number): Effect.Effect<void> => {
  const place = collect(batches, message, arrived)
  return batches.stored >= place ? Effect.void : untilStored(batches, place)
}

/** Everything that waits. */
export const take = (batches: Batches): ReadonlyArray<Collected> => {
  const { waiting } = batches
  batches.waiting = []
  batches.some.closeUnsafe()
  return waiting
}

/** The next `count` messages are stored. */
export const stored = (batches: Batches, count: number): void => {
  batches.stored += count
  const { next } = batches
  batches.next = Latch.makeUnsafe(false)
  next.openUnsafe()
}

/** Done when nothing waits that was collected before. */
export const allStored = (batches: Batches): Effect.Effect<void> =>
  Effect.suspend(() => untilStored(batches, batches.collected))
