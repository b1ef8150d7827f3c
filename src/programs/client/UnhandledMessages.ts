/**
 * Messages that no handler and no stream has taken, kept for the first who asks.
 *
 * A message of QoS 1 or 2 is pending until the user takes it: only then it is acknowledged, so the Server still has it. It
 * is bounded together with everything that waits in the Inbox. Messages of QoS 0 are not sent again, and nobody waits
 * for them: they are bounded in messages and in bytes, and if there are too many, the oldest are dropped.
 */
import type { Received } from "./Handler.ts"

/** For QoS 0. A single message may be larger, and is kept alone. */
const capacityBytes = 16 * 1024 * 1024

/** A message was taken; false: nobody will get it. */
export type Settle = (isTaken?: boolean) => void

export interface KeptMessage {
  readonly message: Received
  /** Their place among all that are kept. */
  readonly order: number
  /** Acknowledges it; undefined for QoS 0. */
  readonly taken: Settle | undefined
  /** The Server has lost the Session of this message: nobody will send it again. */
  isLast: boolean
  /** When somebody has first looked after it, in milliseconds. */
  seenAt: number | undefined
}

export interface UnhandledMessages {
  /** Messages of QoS 0. */
  readonly capacity: number
  atMostOnce: Array<KeptMessage>
  pending: Array<KeptMessage>
  order: number
  /** Bytes of those of QoS 0. */
  bytes: number
  /** Bytes of those that are pending and not the last of their Session, with the memory that keeping them takes. */
  pendingBytes: number
  /** How many messages were dropped, and the number when that was last reported. */
  dropped: number
  droppedTold: number
  /** How many were pending when that was last reported. */
  pendingReported: number
}

export const make = (capacity: number): UnhandledMessages => ({
  capacity,
  atMostOnce: [],
  pending: [],
  order: 0,
  bytes: 0,
  pendingBytes: 0,
  dropped: 0,
  droppedTold: 0,
  pendingReported: 0
})

/**
 * The memory that keeping a message with its acknowledgement takes, besides its bytes: measured with small ones, and
 * rounded up.
 */
const overheadBytes = 900

const sizeOf = ({ payload, topic }: Received): number => payload.length + topic.length

/** Of a message that is pending. */
const keptBytes = ({ message }: KeptMessage): number => sizeOf(message) + overheadBytes

/** Keeps one more, and returns how many were dropped for it. */
export const keep = (
  unclaimed: UnhandledMessages,
  message: Received,
  taken: Settle | undefined,
  isLast = false
): number => {
  // A copy and not the view: the view would keep everything that came in the same read.
  const kept = {
    message: { ...message, payload: message.payload.slice() },
    order: unclaimed.order++,
    taken,
    isLast,
    seenAt: undefined
  }
  if (taken !== undefined) {
    unclaimed.pending.push(kept)
    if (!isLast) unclaimed.pendingBytes += keptBytes(kept)
    return 0
  }
  const { atMostOnce, capacity } = unclaimed
  atMostOnce.push(kept)
  unclaimed.bytes += sizeOf(message)
  let dropped = 0
  while (atMostOnce.length > 1 && (atMostOnce.length > capacity || unclaimed.bytes > capacityBytes)) {
    unclaimed.bytes -= sizeOf((atMostOnce.shift() as KeptMessage).message)
    dropped++
  }
  return dropped
}

/** A place for a message that may have to be kept later. */
export const reserve = (unclaimed: UnhandledMessages): number => unclaimed.order++

/** Keeps what was taken out, or got a place, where it belongs. */
export const restore = (
  unclaimed: UnhandledMessages,
  { isLast, message, order, taken }: Omit<KeptMessage, "seenAt">
): void => {
  const kept: KeptMessage = {
    message: { ...message, payload: message.payload.slice() },
    order,
    taken,
    isLast,
    seenAt: undefined
  }
  const list = taken === undefined ? unclaimed.atMostOnce : unclaimed.pending
  list.push(kept)
  list.sort((a, b) => a.order - b.order)
  measure(unclaimed)
}

const measure = (unclaimed: UnhandledMessages): void => {
  unclaimed.bytes = unclaimed.atMostOnce.reduce((sum, { message }) => sum + sizeOf(message), 0)
  unclaimed.pendingBytes = unclaimed.pending.reduce((sum, kept) => kept.isLast ? sum : sum + keptBytes(kept), 0)
  if (unclaimed.pending.length === 0) unclaimed.pendingReported = 0
}

/** Takes out those that are wanted, oldest first. Nothing is acknowledged yet. */
export const remove = (
  unclaimed: UnhandledMessages,
  isWanted: (kept: KeptMessage) => boolean
): ReadonlyArray<KeptMessage> => {
  const { atMostOnce, pending } = unclaimed
  if (atMostOnce.length + pending.length === 0) return []
  const removed = atMostOnce.filter(isWanted).concat(pending.filter(isWanted))
  if (removed.length === 0) return removed
  unclaimed.atMostOnce = atMostOnce.filter((kept) => !isWanted(kept))
  unclaimed.pending = pending.filter((kept) => !isWanted(kept))
  measure(unclaimed)
  return removed.sort((a, b) => a.order - b.order)
}

/**
 * Drops what is pending and `comesAgain`, and returns how many there were: the Server will send it again, unless it is
 * the last.
 */
export const forget = (unclaimed: UnhandledMessages, comesAgain: (message: Received) => boolean): number => {
  const isDropped = ({ isLast, message }: KeptMessage) => !isLast && comesAgain(message)
  const dropped = unclaimed.pending.filter(isDropped)
  unclaimed.pending = unclaimed.pending.filter((kept) => !isDropped(kept))
  for (const { taken } of dropped) taken?.(false)
  measure(unclaimed)
  return dropped.length
}

/**
 * The Server has lost the Session: nobody will send again what is pending, and it takes no room from what comes next.
 * Not more than `maxBytes` of it are kept: returns the number of the oldest, which are dropped.
 */
export const keepLast = (unclaimed: UnhandledMessages, maxBytes: number): number => {
  const { pending } = unclaimed
  let bytes = 0
  let from = pending.length
  for (; from > 0; from--) {
    bytes += keptBytes(pending[from - 1] as KeptMessage)
    if (bytes > maxBytes) break
  }
  unclaimed.pending = pending.slice(from)
  for (const kept of unclaimed.pending) kept.isLast = true
  measure(unclaimed)
  return from
}

/**
 * Counts dropped messages. Returns their total if it is to be reported: when it has doubled, because a Server that
 * sends without end must not fill the log, too.
 */
export const countDropped = (unclaimed: UnhandledMessages, count: number): number | undefined => {
  unclaimed.dropped += count
  if (count === 0 || unclaimed.dropped < 2 * unclaimed.droppedTold) return undefined
  return unclaimed.droppedTold = unclaimed.dropped
}
