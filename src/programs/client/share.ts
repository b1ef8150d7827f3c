/**
 * Distributes a batch of messages among the running streams.
 */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import type { Received } from "./Handler.ts"
import { type Batch, comesAgain, hold, type Inbox, type Item, type StreamReader } from "./InboxState.ts"
import * as UnhandledMessages from "./UnhandledMessages.ts"

/**
 * What each stream gets of a batch. A message is acknowledged when every stream is done with it. If none of them has
 * given it to its consumer, and no handler has had it, it is unclaimed.
 */
export const share = (
  inbox: Inbox,
  { isLast, isStale, read, streams = [] }: Batch
): ReadonlyArray<readonly [StreamReader, NonEmptyReadonlyArray<Item>]> => {
  if (streams.length === 0) return []
  const itemOf = (message: Received, index: number): Item => {
    read.acknowledge(index)
    const taken = message.qos > 0 ? read.hold(index) : undefined
    const order = UnhandledMessages.reserve(inbox.unclaimed)
    const letGo = hold(inbox, message)
    let left = streams.length
    let isTaken = read.tapped.has(message) || inbox.handlersFor(message).length > 0
    const release = (isTakenHere: boolean) => {
      isTaken ||= isTakenHere
      if (--left > 0) return
      if (isTaken) taken?.()
      else UnhandledMessages.restore(inbox.unclaimed, { message, order, taken, isLast })
      letGo()
    }
    return { message, release }
  }
  const items = read.messages.flatMap((message, index) =>
    isStale && comesAgain(message) ? [] : [itemOf(message, index)]
  )
  if (!isReadonlyArrayNonEmpty(items)) return []
  for (const { items: waiting } of streams) waiting.push(...items)
  // A stream that has ended meanwhile takes nothing.
  for (const reader of streams) if (!inbox.streams.has(reader)) endReader(reader)
  return streams.map((reader) => [reader, items])
}

/** Drops what its consumer will not see. */
export const endReader = (reader: StreamReader): void => {
  reader.inHand?.release(true)
  reader.inHand = undefined
  for (const { release } of reader.items.splice(0)) release(false)
}
