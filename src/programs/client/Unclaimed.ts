/**
 * Messages that no handler and no stream has taken, kept for the first who asks. Bounded in messages and in bytes: when it
 * is too much, the oldest give way.
 */
import * as Effect from "effect/Effect"
import type { Received } from "./Handler.ts"

/** One message may be larger, and is kept alone. */
const capacityBytes = 16 * 1024 * 1024

export interface Unclaimed {
  /** Messages. */
  readonly capacity: number
  readonly messages: Array<Received>
  bytes: number
  /** Messages that had to give way, and how many they were when that was last told. */
  dropped: number
  droppedTold: number
}

export const make = (capacity: number): Unclaimed => ({ capacity, messages: [], bytes: 0, dropped: 0, droppedTold: 0 })

const sizeOf = ({ payload, topic }: Received): number => payload.length + topic.length

/** Keeps one more, and gives the number of those that had to give way for it. */
export const keep = (unclaimed: Unclaimed, message: Received): number => {
  const { capacity, messages } = unclaimed
  // Of its own, not the view: that would keep all that came in the same read.
  messages.push({ ...message, payload: message.payload.slice() })
  unclaimed.bytes += sizeOf(message)
  let dropped = 0
  while (messages.length > 1 && (messages.length > capacity || unclaimed.bytes > capacityBytes)) {
    unclaimed.bytes -= sizeOf(messages.shift() as Received)
    dropped++
  }
  return dropped
}

/** Takes all, oldest first. */
export const take = (unclaimed: Unclaimed): ReadonlyArray<Received> => {
  unclaimed.bytes = 0
  return unclaimed.messages.splice(0)
}

/** Told when their number has doubled: a Server that sends without end does not fill the log, too. */
export const tellDropped = (unclaimed: Unclaimed, count: number): Effect.Effect<void> => {
  unclaimed.dropped += count
  if (count === 0 || unclaimed.dropped < 2 * unclaimed.droppedTold) return Effect.void
  unclaimed.droppedTold = unclaimed.dropped
  return Effect.logWarning(`${unclaimed.dropped} messages were dropped so far: no handler and no stream took them`)
}
