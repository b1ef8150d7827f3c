/**
 * Received messages, on their way to those who want them.
 *
 * The reader of the connection puts in what one read brought, and goes on reading: the acknowledgement that a handler
 * waits for may come after thousands of messages. Messages are handed on in order, first to handlers, then to every
 * running stream, and only then acknowledged (MQTT 3.1.1, 4.3.2). What handlers do at once is done in plain code; the
 * dispatcher does what takes time, an Effect or a stream. What nobody takes waits in UnhandledMessages, and a handler
 * that comes later gets it first. Everything that waits is bounded in bytes.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { type Handler, handle, type Received } from "./Handler.ts"
import { type Batch, begin, bytesOf, comesAgain, count, type Inbox, measure, none, type Read } from "./InboxState.ts"
import { share } from "./share.ts"
import * as UnhandledMessages from "./UnhandledMessages.ts"

const drop = (inbox: Inbox, count: number): void => {
  const dropped = UnhandledMessages.countDropped(inbox.unclaimed, count)
  if (dropped !== undefined) inbox.tellDropped(dropped)
}

const nothing = (): void => {}

/**
 * Keeps a message that nobody wants yet. One of a subscription that the user has left counts as taken: it would hold
 * back the acknowledgements after it, and nobody comes for it.
 */
const keep = (inbox: Inbox, batch: Batch, message: Received): void => {
  if (inbox.isLeft(message.topic)) return
  if (message.qos > 0 && inbox.isGivenUp(message.topic)) return drop(inbox, 1)
  const { acknowledge, hold } = batch.read
  if (message.qos > 0) acknowledge(batch.message)
  // Without its connection there is nothing to acknowledge: but the user still has to get it, and perhaps it is sent again.
  drop(inbox,
    UnhandledMessages.keep(inbox.unclaimed, message, message.qos > 0 ? hold(batch.message) ?? nothing : undefined,
      batch.isLast))
}

/**
 * The handlers of the next message: those that have had it, and those that there are now. One may have come, or gone,
 * while another was working.
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

/** Hands on until something takes time, and returns that. */
const proceed = (inbox: Inbox, batch: Batch): Effect.Effect<unknown> | undefined => {
  const { acknowledge, messages, tapped } = batch.read
  const streams = batch.streams ??= Array.from(inbox.streams)
  for (; batch.message < messages.length; batch.message++) {
    // A handler that has come meanwhile gets what has waited for it, and then what came later.
    if (inbox.first.length > 0 && !batch.isFirst && batch.handler === 0) return dispatchFirst(inbox)
    const message = messages[batch.message] as Received
    if (batch.isStale && comesAgain(message) && batch.handler === 0) continue
    const handlers = batch.handlers = handlersNow(batch, inbox.handlersFor(message))
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

const dispatch = (inbox: Inbox, batch: Batch): Effect.Effect<void> =>
  Effect.gen(function*() {
    inbox.inHand.push(batch)
    inbox.queued.delete(batch)
    for (let work = batch.work ?? proceed(inbox, batch); work !== undefined; work = proceed(inbox, batch)) yield* work
    for (const [reader, items] of share(inbox, batch)) yield* Queue.offer(reader.queue, items)
    finishBatch(inbox, batch)
  })

/** What has waited for its handler. */
const dispatchFirst = (inbox: Inbox): Effect.Effect<void> =>
  Effect.gen(function*() {
    for (let batch = inbox.first.shift(); batch !== undefined; batch = inbox.first.shift()) {
      yield* dispatch(inbox, batch)
    }
  })

/** Its turn in the queue has come; what goes first has perhaps been handed on already. */
const dispatchNext = (inbox: Inbox, batch: Batch): Effect.Effect<void> =>
  batch.isFirst ? dispatchFirst(inbox) : dispatch(inbox, batch)

const enqueue = (inbox: Inbox, batch: Batch): void => {
  inbox.queued.add(batch)
  Queue.offerUnsafe(inbox.batches, batch)
}

export const put = (inbox: Inbox, read: Read): void => {
  if (inbox.closed) return
  const batch = begin(read, false)
  // Dropped messages come first too, as long as a handler has them.
  const isIdle = inbox.size === 0 && inbox.inHand.length === 0 && inbox.streams.size === 0
  count(inbox, read)
  if (isIdle) {
    batch.work = proceed(inbox, batch)
    if (batch.work === undefined) return finishBatch(inbox, batch)
  }
  measure(inbox)
  enqueue(inbox, batch)
}

/** A handler has come for these messages: it gets what has waited for it, before everything that it has not seen yet. */
export const claim = (inbox: Inbox, isWanted: (message: Received) => boolean): void => {
  const kept = UnhandledMessages.remove(inbox.unclaimed, ({ message }) => isWanted(message))
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
    },
    drop: (index) => {
      for (const { taken } of kept.slice(index)) taken?.(false)
    }
  }
  const batch = begin(read, true)
  count(inbox, read)
  inbox.first.push(batch)
  measure(inbox)
  enqueue(inbox, batch)
}

const all = (): boolean => true

/**
 * Drops what waits: the next connection needs the room, and what has QoS 1 or 2 was not acknowledged. What the dispatcher is
 * working on continues, but does not count any more.
 */
export const forget = (inbox: Inbox): Effect.Effect<void> =>
  Effect.map(Queue.clear(inbox.batches), (batches) => {
    for (const batch of inbox.inHand) batch.forgotten = true
    for (const { message, read } of batches) read.drop(message)
    const pending = UnhandledMessages.forget(inbox.unclaimed, all)
    inbox.first.splice(0)
    inbox.queued.clear()
    inbox.size = 0
    inbox.bytes = 0
    measure(inbox)
    drop(inbox, batches.reduce((sum, { message, read }) => sum + read.messages.length - message, pending))
  }).pipe(Effect.ignore)

/**
 * A connection was accepted, and the Server still has our Session: it sends again everything of QoS 1 that was not
 * acknowledged. Messages of the last connection are dropped, or they would be handed on twice, and out of order.
 */
export const forgetPending = (inbox: Inbox): void => {
  UnhandledMessages.forget(inbox.unclaimed, comesAgain)
  for (const batch of inbox.inHand) batch.isStale = !batch.isLast
  for (const batch of inbox.queued) {
    if (batch.isLast) continue
    const { read } = batch
    batch.isStale = true
    inbox.size -= read.messages.length
    inbox.bytes -= bytesOf(read)
    const messages = read.messages.filter((message) => !comesAgain(message))
    const isMixed = messages.some(({ qos }) => qos > 0)
    // Of a batch that has begun in `put`, what has had its turn is not counted again. One that still has messages to
    // acknowledge is left whole, because they are known by their index.
    if (batch.work === undefined && batch.message === 0 && !isMixed) {
      batch.read = { ...read, messages, bytes: messages.length === 0 ? 0 : read.bytes }
    }
    inbox.size += batch.read.messages.length
    inbox.bytes += bytesOf(batch.read)
  }
  measure(inbox)
}

/** A connection was accepted, and the Server has lost our Session: nobody will send again what waits here. */
export const keepLast = (inbox: Inbox): void => {
  for (const batch of [...inbox.inHand, ...inbox.queued]) batch.isLast = true
  drop(inbox, UnhandledMessages.keepLast(inbox.unclaimed, inbox.capacityBytes))
  measure(inbox)
}

const finish = (inbox: Inbox) =>
  Effect.sync(() => {
    inbox.ended = true
    for (const { queue } of inbox.streams) Queue.endUnsafe(queue)
  })

/**
 * Hands messages on until the Inbox has ended and is empty. Streams end with it, also when a handler is interrupted.
 */
export const run = (inbox: Inbox): Effect.Effect<void> =>
  Effect.forever(Effect.flatMap(Queue.take(inbox.batches), (batch) => dispatchNext(inbox, batch)), {
    disableYield: true
  })
    .pipe(Effect.ignore, Effect.ensuring(finish(inbox)))

/** Nothing more will be put in. */
export const end = (inbox: Inbox): void => {
  inbox.closed = true
  // Whoever waits for room has nothing to put in any more.
  inbox.room.openUnsafe()
  Queue.endUnsafe(inbox.batches)
}

/** Takes the unclaimed messages that are wanted now, and acknowledges them. */
export const takeUnclaimed = (
  inbox: Inbox,
  isWanted: (kept: UnhandledMessages.KeptMessage) => boolean = all
): ReadonlyArray<Received> => {
  const kept = UnhandledMessages.remove(inbox.unclaimed, isWanted)
  for (const { taken } of kept) taken?.()
  inbox.taken += kept.length
  measure(inbox)
  return kept.map(({ message }) => message)
}
