/**
 * What happens to a client, for who wants to know: a callback, or a loop.
 */
import type { Notice } from "../client/Notice.ts"
import type { Status } from "../client/Core.ts"
import * as Mailbox from "./Mailbox.ts"
import { isReceived } from "./running.ts"

/**
 * What happened. `Connected`, `Reconnecting` and `Disconnected` are the status; the others are problems that did not end
 * the connection. All but `Connected` and `Disconnected` have a `message` for people, or a `reason` that has one.
 */
export type ClientEvent =
  | Status
  | Notice
  /** A handler threw, or its Promise rejected. The message was acknowledged, the subscription goes on. */
  | { readonly _tag: "HandlerFailed"; readonly topic: string; readonly error: unknown; readonly message: string }
  /**
   * A `publish` failed for a reason that is not the connection (OutboxFull, PublishRejected, PublishRefused, InvalidTopic,
   * InvalidPacket, InvalidOption). Its Promise rejects with the same error; this is for who does not await it.
   */
  | { readonly _tag: "PublishFailed"; readonly topic: string; readonly error: Error; readonly message: string }
  /** For 10 s nobody has asked a loop for its next message, its buffer is full, and all others of this client wait. */
  | { readonly _tag: "LoopStalled"; readonly topicFilter: string; readonly message: string }
  /** For 10 s the Promise of a handler has not settled, and all other messages of this client wait. */
  | { readonly _tag: "HandlerStalled"; readonly topicFilter: string; readonly message: string }

export interface Events {
  /** The end was asked for: without `onEvent` it is no reason for a warning. */
  readonly expectEnd: () => void
  /** `error`: what a Promise or a loop has rejected with, if that tells the same. */
  readonly emit: (event: ClientEvent, error?: Error) => void
  /** The present status, then all that happens. Ends with the client. */
  readonly iterate: () => AsyncIterable<ClientEvent>
  readonly end: () => void
}

/** Events that may wait for a loop; the oldest are dropped. */
const capacity = 1_000

const text = (event: ClientEvent): string | undefined => {
  switch (event._tag) {
    case "Connected":
      return undefined
    case "Reconnecting":
      return `${event.reason.message}; next try in ${event.delayMillis / 1000} s`
    case "Disconnected":
      return event.reason.message
    default:
      return event.message
  }
}

/** What else may have told somebody the same. */
const errorOf = (event: ClientEvent): Error | undefined =>
  event._tag === "PublishFailed" ? event.error
    : event._tag === "Reconnecting" || event._tag === "Disconnected" ? event.reason
    : undefined

/** Tells people what goes wrong; `code` is the event's name. */
export type Warn = (message: string, code: string) => void

const isStatus = ({ _tag }: ClientEvent): boolean =>
  _tag === "Connected" || _tag === "Reconnecting" || _tag === "Disconnected"

/**
 * Calls `onEvent`; without it, and without a loop over the events, what goes wrong is a warning, unless somebody gets the
 * same from a Promise or a loop.
 */
export const make = (onEvent: ((event: ClientEvent) => void) | undefined, warn: Warn): Events => {
  const loops = new Set<Mailbox.Mailbox<ClientEvent>>()
  let status: ClientEvent | undefined
  let isOver = false
  let isEndExpected = false

  const warnOf = (event: ClientEvent, error: Error | undefined): void => {
    const message = text(event)
    if (message === undefined || loops.size > 0 || (event._tag === "Disconnected" && isEndExpected)) return
    if (error === undefined) return warn(message, event._tag)
    // Who awaits a Promise says so only after it was made.
    setTimeout(() => isReceived(error) ? undefined : warn(message, event._tag))
  }
  const emit = (event: ClientEvent, error = errorOf(event)): void => {
    if (isStatus(event)) status = event
    for (const loop of loops) {
      if (loop.size() >= capacity) loop.dropOldest()
      loop.push(event)
    }
    if (onEvent === undefined) return warnOf(event, error)
    try {
      onEvent(event)
    } catch (error) {
      warn(`onEvent threw ${String(error)}`, "ListenerFailed")
    }
  }
  const iterate = (): AsyncIterable<ClientEvent> => ({
    [Symbol.asyncIterator]: () => {
      const mailbox = Mailbox.make<ClientEvent>()
      if (status !== undefined) mailbox.push(status)
      if (isOver) mailbox.end()
      else loops.add(mailbox)
      const leave = () => {
        loops.delete(mailbox)
        mailbox.leave()
        return Promise.resolve({ done: true, value: undefined } as const)
      }
      return { next: mailbox.next, return: leave }
    }
  })
  const end = () => {
    isOver = true
    for (const loop of loops) loop.end()
    loops.clear()
  }
  const expectEnd = () => {
    isEndExpected = true
  }
  return { expectEnd, emit, iterate, end }
}
