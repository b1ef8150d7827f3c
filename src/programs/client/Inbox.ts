/**
 * Messages received, on their way to those who want them.
 *
 * The reader of the connection puts in what one read brought, and reads on: the acknowledgement that a handler waits for may
 * be behind thousands of messages. They are handed on in order, handlers first, then every running stream, and only then
 * acknowledged (MQTT 3.1.1, 4.3.2). What handlers do at once is done at once, in plain code; what takes time, an Effect or a
 * stream, is the dispatcher's. What nobody takes waits in Unclaimed, and a handler that comes later gets it first. All that
 * waits is bounded in bytes.
 */
import { isReadonlyArrayNonEmpty, map as mapArray, type NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { type Handler, handle, type Received } from "./Handler.ts"
import { type Batch, begin, bytesOf, count, type Inbox, type Item, measure, none, type Read, type StreamReader } from "./InboxState.ts"
import * as Unclaimed from "./Unclaimed.ts"

export type { Received } from "./Handler.ts"

const drop = (inbox: Inbox, count: number): void => {
  const dropped = Unclaimed.countDropped(inbox.unclaimed, count)
  if (dropped !== undefined) inbox.tellDropped(dropped)
}

/** Keeps a message that nobody wants yet. */
const keep = (inbox: Inbox, batch: Batch, message: Received): void => {
  const { acknowledge, hold } = batch.read
  if (message.qos > 0) acknowledge(batch.message)
  drop(inbox, Unclaimed.keep(inbox.unclaimed, message, message.qos > 0 ? hold(batch.message) : undefined))
}

/**
 * The handlers of the message that is next: those that have had it, and those that there are now. One may have come, or gone,
 * while another took its time.
 */
const handlersNow = ({ handler, handlers }: Batch, now: ReadonlyArray<Handler>): ReadonlyArray<Handler> => {
  if (handlers === undefined || handlers === now || handler === 0) return now
  const had = handlers.slice(0, handler)
  const left = now.slice()
  for (const each of had) {
    const place = left.indexOf(each)
    if (place >= 0) left.splice(place, 1)
  }
  return had.concat(left)
}

/** Hands on until something takes time, and gives that. */
const proceed = (inbox: Inbox, batch: Batch): Effect.Effect<unknown> | undefined => {
  const { acknowledge, messages, tapped } = batch.read
  const streams = batch.streams ??= Array.from(inbox.streams)
  for (; batch.message < messages.length; batch.message++) {
    // A handler that has come meanwhile gets what has waited for it, and then what came later.
    if (inbox.first.length > 0 && !batch.isFirst && batch.handler === 0) return dispatchFirst(inbox)
    const message = messages[batch.message] as Received
    const handlers = batch.handlers = handlersNow(batch, inbox.handlersFor(message.topic))
    while (batch.handler < handlers.length) {
      const work = handle(handlers[batch.handler++] as Handler, message)
      if (work === undefined) continue
      // What was handled before is acknowledged now: this may take long.
      if (streams.length === 0) acknowledge(batch.message)
      return work
    }
    const isClaimed = handlers.length > 0 || streams.length > 0 || tapped.has(message)
    if (!isClaimed) keep(inbox, batch, message)
    batch.handlers = undefined
    batch.handler = 0
    inbox.taken++
  }
  return undefined
}

const finishBatch = (inbox: Inbox, batch: Batch): void => {
  const { acknowledge, messages } = batch.read
  acknowledge(messages.length)
  const place = inbox.inHand.indexOf(batch)
  if (place >= 0) inbox.inHand.splice(place, 1)
  if (!batch.forgotten) {
    inbox.size -= messages.length
    inbox.bytes -= bytesOf(batch.read)
  }
  measure(inbox)
}

/**
 * What each stream gets of a batch. A message is acknowledged when every stream is done with it; when none of them has
 * handed it to its consumer, and no handler has had it, it is unclaimed.
 */
const share = (inbox: Inbox, { read, streams = [] }: Batch): ReadonlyArray<readonly [StreamReader, NonEmptyReadonlyArray<Item>]> => {
  const { messages } = read
  if (!isReadonlyArrayNonEmpty(messages) || streams.length === 0) return []
  const items = mapArray(messages, (message, index): Item => {
    read.acknowledge(index)
    const taken = message.qos > 0 ? read.hold(index) : undefined
    const order = Unclaimed.reserve(inbox.unclaimed)
    let left = streams.length
    let isTaken = read.tapped.has(message) || inbox.handlersFor(message.topic).length > 0
    const release = (isTakenHere: boolean) => {
      isTaken ||= isTakenHere
      if (--left > 0) return
      if (isTaken) taken?.()
      else Unclaimed.restore(inbox.unclaimed, { message, order, taken })
    }
    return { message, release }
  })
  for (const { items: waiting } of streams) waiting.push(...items)
  // One that has ended meanwhile takes nothing.
  for (const reader of streams) if (!inbox.streams.has(reader)) endReader(reader)
  return streams.map((reader) => [reader, items])
}

/** Lets go of what its consumer will not see. */
export const endReader = (reader: StreamReader): void => {
  reader.inHand?.release(true)
  reader.inHand = undefined
  for (const { release } of reader.items.splice(0)) release(false)
}

const dispatch = (inbox: Inbox, batch: Batch): Effect.Effect<void> =>
  Effect.gen(function*() {
    inbox.inHand.push(batch)
    for (let work = batch.work ?? proceed(inbox, batch); work !== undefined; work = proceed(inbox, batch)) yield* work
    for (const [reader, items] of share(inbox, batch)) yield* Queue.offer(reader.queue, items)
    finishBatch(inbox, batch)
  })

/** What has waited for its handler. */
const dispatchFirst = (inbox: Inbox): Effect.Effect<void> =>
  Effect.gen(function*() {
    for (let batch = inbox.first.shift(); batch !== undefined; batch = inbox.first.shift()) yield* dispatch(inbox, batch)
  })

/** Its turn in the queue has come; what goes first has perhaps gone already. */
const dispatchNext = (inbox: Inbox, batch: Batch): Effect.Effect<void> =>
  batch.isFirst ? dispatchFirst(inbox) : dispatch(inbox, batch)

export const put = (inbox: Inbox, read: Read): void => {
  if (inbox.closed) return
  const batch = begin(read, false)
  // Also what is forgotten comes first, as long as a handler has it.
  const isIdle = inbox.size === 0 && inbox.inHand.length === 0 && inbox.streams.size === 0
  count(inbox, read)
  if (isIdle) {
    batch.work = proceed(inbox, batch)
    if (batch.work === undefined) return finishBatch(inbox, batch)
  }
  measure(inbox)
  Queue.offerUnsafe(inbox.batches, batch)
}

/** A handler has come for these topics: it gets what has waited for it, before all that it has not seen yet. */
export const claim = (inbox: Inbox, wanted: (topic: string) => boolean): void => {
  const kept = Unclaimed.remove(inbox.unclaimed, wanted)
  const messages = kept.map(({ message }) => message)
  if (inbox.closed || messages.length === 0) return
  let next = 0
  const read: Read = {
    messages,
    bytes: messages.reduce((sum, { payload }) => sum + payload.length, 0),
    tapped: none,
    acknowledge: (count) => {
      for (; next < count; next++) kept[next]?.taken?.()
    },
    hold: (index) => {
      next = index + 1
      return kept[index]?.taken
    }
  }
  const batch = begin(read, true)
  count(inbox, read)
  inbox.first.push(batch)
  measure(inbox)
  Queue.offerUnsafe(inbox.batches, batch)
}

/**
 * Forgets what waits: the next connection needs the room, and what has QoS 1 was not acknowledged. What the dispatcher has
 * in hand goes on, but does not count any more.
 */
export const forget = (inbox: Inbox): Effect.Effect<void> =>
  Effect.map(Queue.clear(inbox.batches), (batches) => {
    for (const batch of inbox.inHand) batch.forgotten = true
    const owed = Unclaimed.forget(inbox.unclaimed)
    inbox.first.splice(0)
    inbox.size = 0
    inbox.bytes = 0
    measure(inbox)
    drop(inbox, batches.reduce((sum, { message, read }) => sum + read.messages.length - message, owed))
  }).pipe(Effect.ignore)

/** The Server still has our Session, and will send again what is owed: it need not be kept. */
export const forgetOwed = (inbox: Inbox): void => {
  Unclaimed.forget(inbox.unclaimed)
  measure(inbox)
}

const finish = (inbox: Inbox) =>
  Effect.sync(() => {
    inbox.ended = true
    for (const { queue } of inbox.streams) Queue.endUnsafe(queue)
  })

/** Hands messages on until the Inbox has ended and is empty. Streams end with it, also when a handler is interrupted. */
export const run = (inbox: Inbox): Effect.Effect<void> =>
  Effect.forever(Effect.flatMap(Queue.take(inbox.batches), (batch) => dispatchNext(inbox, batch)), { disableYield: true })
    .pipe(Effect.ignore, Effect.ensuring(finish(inbox)))

/** Nothing more will be put in. */
export const end = (inbox: Inbox): void => {
  inbox.closed = true
  // Who waits for room has nothing to put in any more.
  inbox.room.openUnsafe()
  Queue.endUnsafe(inbox.batches)
}

const all = (): boolean => true

/** Takes those of what nobody has claimed whose topic is `wanted`, and acknowledges them. */
export const takeUnclaimed = (inbox: Inbox, wanted: (topic: string) => boolean = all): ReadonlyArray<Received> => {
  const kept = Unclaimed.remove(inbox.unclaimed, wanted)
  for (const { taken } of kept) taken?.()
  inbox.taken += kept.length
  measure(inbox)
  return kept.map(({ message }) => message)
}
