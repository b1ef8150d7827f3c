/**
 * What the benchmark asks of a client, whichever it is: the same work, each time in the way its own users would write
 * it.
 */
import type { Link, QoS } from "./orders.ts"

export interface Subject {
  /** Done when the Server has accepted it. */
  readonly connect: (link: Link, clientId: string) => Promise<void>
  /** `count` messages of QoS 0, one after the other. Done when the Server has had them all. */
  readonly publishAtMostOnce: (topic: string, payload: Uint8Array, count: number) => Promise<void>
  /** `count` messages of QoS 1 or 2, never more than `window` of them unacknowledged. Done when all are acknowledged. */
  readonly publishAcknowledged: (
    qos: 1 | 2,
    topic: string,
    payload: Uint8Array,
    count: number,
    window: number
  ) => Promise<void>
  /**
   * `count` messages of QoS 1 that nobody acknowledges. Done when the client has them all: a promise or a fiber waits
   * for each.
   */
  readonly owe: (topic: string, payload: Uint8Array, count: number) => Promise<void>
  /** Done when the Server has granted it. `onMessage` sees each message. */
  readonly subscribe: (
    topic: string,
    qos: QoS,
    onMessage: (topic: string, payload: Uint8Array) => void
  ) => Promise<void>
  /**
   * From now on publishes to `topic` with QoS 1 for each message, and waits, or with `forked` does not; calls `done` at
   * each PUBACK. Gives what ends that.
   */
  readonly answer: (topic: string, payload: Uint8Array, forked: boolean, done: () => void) => () => void
  readonly end: () => Promise<void>
}
