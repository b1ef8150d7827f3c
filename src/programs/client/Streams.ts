/**
 * Streams of everything that is received.
 *
 * A stream has taken a message when its consumer asks for the next one, or ends; messages that it did not reach are
 * unclaimed again. So messages leave one at a time.
 */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Received } from "./Handler.ts"
import { hold, type Inbox, type Item, streamBatches, type StreamReader } from "./InboxState.ts"
import { endReader } from "./share.ts"
import * as UnhandledMessages from "./UnhandledMessages.ts"

/** What nobody has taken so far. */
const unclaimed = (inbox: Inbox): ReadonlyArray<Item> =>
  UnhandledMessages.remove(inbox.unclaimed, () => true).map((kept): Item => {
    const letGo = hold(inbox, kept.message)
    return {
      message: kept.message,
      release: (isTaken) => {
        if (isTaken) kept.taken?.()
        else UnhandledMessages.restore(inbox.unclaimed, kept)
        letGo()
      }
    }
  })

const open = (inbox: Inbox): Effect.Effect<StreamReader, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(Queue.bounded<NonEmptyReadonlyArray<Item>, Cause.Done>(streamBatches), (queue) => {
      const items = unclaimed(inbox)
      const reader: StreamReader = { queue, items: Array.from(items), inHand: undefined }
      if (isReadonlyArrayNonEmpty(items)) Queue.offerUnsafe(queue, items)
      if (inbox.ended) Queue.endUnsafe(queue)
      else inbox.streams.add(reader)
      return reader
    }),
    (reader) => {
      inbox.streams.delete(reader)
      endReader(reader)
      return Queue.shutdown(reader.queue)
    }
  )

const take = (reader: StreamReader, item: Item): NonEmptyReadonlyArray<Received> => {
  reader.inHand = item
  reader.items.shift()
  return [item.message]
}

/** One message at a time. Who asks for the next one is done with the one before, however long the next one takes. */
const pull = (reader: StreamReader): Effect.Effect<NonEmptyReadonlyArray<Received>, Cause.Done> => {
  let items: ReadonlyArray<Item> = []
  let next = 0
  return Effect.suspend(() => {
    reader.inHand?.release(true)
    reader.inHand = undefined
    const item = items[next++]
    if (item !== undefined) return Effect.succeed(take(reader, item))
    return Effect.map(Queue.take(reader.queue), (batch) => {
      items = batch
      next = 1
      return take(reader, batch[0])
    })
  })
}

/** What is unclaimed, then everything received while the stream runs. */
export const messages = (inbox: Inbox): Stream.Stream<Received> =>
  Stream.unwrap(Effect.map(open(inbox), (reader) => Stream.fromPull(Effect.succeed(pull(reader)))))
