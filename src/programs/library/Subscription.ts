/**
 * The two ways to get the messages of a Topic Filter: a loop, and a handler.
 */
import * as Effect from "effect/Effect"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { Handler } from "../client/Handler.ts"
import type { Events } from "./Events.ts"
import * as Mailbox from "./Mailbox.ts"
import * as Message from "./Message.ts"
import { thrown } from "./running.ts"

/** What the Server sends until it ends. The end of an `await using` block unsubscribes, without waiting for the Server. */
export interface Subscription extends AsyncDisposable {
  readonly topicFilter: string
  /** What the Server has granted. */
  readonly qos: QoS
  /** Done when the Server has answered. */
  readonly unsubscribe: () => Promise<void>
}

/**
 * The messages of a subscription, to be read by one `for await` loop, or with `next`. Leaving the loop unsubscribes. It
 * ends when the client ends. It throws when the Server takes the subscription back, when the client is lost for good,
 * and when the signal of `subscribe` aborts.
 */
export interface Messages extends Subscription {
  readonly next: () => Promise<IteratorResult<Message.Message, undefined>>
  /**
   * The message that the loop has counts as handled: with `buffer: 0` it is acknowledged now, and not when the loop asks
   * for the next one. So `messages.done()` and then `await client.end()` leaves all others to the Server's Session.
   */
  readonly done: () => void
  /** Leaves at once, without waiting for the Server. */
  readonly return: () => Promise<IteratorResult<Message.Message, undefined>>
  readonly [Symbol.asyncIterator]: () => Messages
}

/** A message counts as handled, and is acknowledged, when it returns or its Promise settles. */
export type MessageHandler = (message: Message.Message) => unknown

/** What takes the messages of one subscription. */
export interface Taker {
  readonly handler: Handler
  /** No more will come: without a failure, or with one that a loop throws. */
  readonly end: (end?: { readonly failure?: unknown }) => void
}

/** Bytes that a loop's buffer holds, whatever the number of messages. */
const bufferBytes = 1024 * 1024

/** How long a full buffer or a handler may make others wait before this is reported, in milliseconds. */
const stalledMillis = 10_000

/** Waits for `work`, and tells once if it takes long. */
const watched = (work: Effect.Effect<void>, tell: () => void): Effect.Effect<void> =>
  Effect.raceFirst(work, Effect.andThen(Effect.sleep(stalledMillis), Effect.andThen(Effect.sync(tell), Effect.never)))

const size = ({ payload, topic }: Message.Message): number => payload.length + topic.length

/** Takes messages for one that asks for them. */
export interface Loop extends Taker {
  readonly mailbox: Mailbox.Mailbox<Message.Message>
}

/** Messages that a loop's buffer holds, if its user does not say how many. */
export const defaultBuffer = 100

/** Hands each message to a loop; makes the Client wait while more than `buffer` of them are not done. */
export const loop = (topicFilter: string, buffer: number, { emit }: Pick<Events, "emit">): Loop => {
  let bytes = 0
  let roomWaiters: ReadonlyArray<() => void> = []
  let isOver = false
  const isRoom = () => isOver || (mailbox.size() <= buffer && (bytes <= bufferBytes || mailbox.size() <= 1))
  const tellRoom = () => {
    if (!isRoom()) return
    const waiters = roomWaiters
    roomWaiters = []
    for (const waiter of waiters) waiter()
  }
  const mailbox = Mailbox.make<Message.Message>((message) => {
    bytes -= size(message)
    tellRoom()
  })
  const room = Effect.callback<void>((resume) => {
    const waiter = () => resume(Effect.void)
    if (isRoom()) return waiter()
    roomWaiters = [...roomWaiters, waiter]
    return Effect.sync(() => {
      roomWaiters = roomWaiters.filter((each) => each !== waiter)
    })
  })
  const tellStalled = () => {
    const message =
      `the loop over ${topicFilter} has not asked for a message for ${
        stalledMillis / 1000
      } s, and ${mailbox.size()} wait; `
      + "all messages of this client wait with them: go on with the loop, leave it, or handle messages beside it"
    emit({ _tag: "LoopStalled", topicFilter, message })
  }
  const handler: Handler = (received) => {
    const message = Message.make(received)
    bytes += size(message)
    mailbox.push(message)
    return isRoom() ? undefined : watched(room, tellStalled)
  }
  const end: Taker["end"] = (how = {}) => {
    if ("failure" in how) thrown(how.failure)
    mailbox.end(how)
    // Who waits for this loop need not wait any more, even if nobody reads what is left.
    isOver = true
    tellRoom()
  }
  return { handler, end, mailbox }
}

/** Calls the user's handler, and waits for its Promise if it returns one. Its failures harm nobody. */
export const handled = (topicFilter: string, userHandler: MessageHandler, { emit }: Events): Taker => {
  const tellStalled = () => {
    const message =
      `the handler of ${topicFilter} has not finished for ${
        stalledMillis / 1000
      } s; all messages of this client wait for it: `
      + "limit the time of what it awaits, or do not return its Promise"
    emit({ _tag: "HandlerStalled", topicFilter, message })
  }
  const failed = (topic: string, error: unknown) => {
    const what = error instanceof Error ? error.message : String(error)
    emit({ _tag: "HandlerFailed", topic, error, message: `a handler failed on a message to ${topic}: ${what}` })
  }
  const handler: Handler = (received) => {
    try {
      const result = userHandler(Message.make(received))
      if (!(typeof result === "object" && result !== null && "then" in result)) return undefined
      // At once: the Effect runs later, or never, and a rejection must not be unhandled until then.
      const settled = Promise.resolve(result).then(() => {}, (error) => failed(received.topic, error))
      return watched(Effect.promise(() => settled), tellStalled)
    } catch (error) {
      failed(received.topic, error)
      return undefined
    }
  }
  return { handler, end: () => {} }
}
