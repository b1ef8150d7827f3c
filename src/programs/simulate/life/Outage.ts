/**
 * What the first outage of a life was for the device: what it kept, what gave way, when all was delivered, and what it
 * had used by then.
 */
import type * as Usage from "../../../domain/energy/Usage.ts"
import type { ServerState } from "./Story.ts"
import type { Entry } from "./Wake.ts"

/** Times in milliseconds since the life began; `usage` since then, too. */
export interface Moment {
  readonly at: number
  readonly usage: Usage.Usage
}

export interface Outage {
  readonly began: Moment
  /** Undefined: it lasts. */
  readonly ended: Moment | undefined
  /** The end of the wake in which the last pending message was delivered; undefined: some are pending. */
  readonly caughtUp: Moment | undefined
  readonly readings: number
  readonly tries: number
  /** While it lasted, and until the device had caught up: messages dropped, most ever pending, messages delivered. */
  readonly dropped: number
  readonly mostPending: number
  readonly delivered: number
  /** Wakes that delivered these. */
  readonly wakes: number
}

type Sum = { -readonly [key in keyof Outage]: Outage[key] }

/** `usage`: everything used until then. A device that is always on has no end of a wake. */
export const make = (usage: (at: number) => Usage.Usage, sleeps: boolean) => {
  let sum: Sum | undefined
  let [hasDelivered, pending] = [false, 0]
  const rest = (outage: Sum, at: number) => {
    if (hasDelivered && pending === 0 && outage.ended !== undefined) outage.caughtUp = { at, usage: usage(at) }
    hasDelivered = false
  }
  const begun = (at: number): Sum => ({
    began: { at, usage: usage(at) },
    ended: undefined,
    caughtUp: undefined,
    readings: 0,
    tries: 0,
    dropped: 0,
    mostPending: 0,
    delivered: 0,
    wakes: 0
  })

  const setServer = (at: number, state: ServerState): void => {
    if (state !== "up") sum ??= begun(at)
    else if (sum !== undefined) sum.ended ??= { at, usage: usage(at) }
  }

  const hear = (entry: Entry): void => {
    if (sum === undefined || sum.caughtUp !== undefined) return
    if (entry._tag === "Stored") sum.mostPending = Math.max(sum.mostPending, entry.kept.pending)
    if (entry._tag !== "Emitted") return
    const { at, event } = entry
    if (sum.ended === undefined && event._tag === "Measured") sum.readings++
    if (sum.ended === undefined && event._tag === "Trying") sum.tries++
    if (event._tag === "Dropped") sum.dropped += event.count
    if (event._tag === "Delivered") {
      sum.delivered += event.count
      if (!hasDelivered) sum.wakes++
      sum.mostPending = Math.max(sum.mostPending, event.count + event.pending)
      hasDelivered = true
      pending = event.pending
    }
    if (event._tag === (sleeps ? "Sleeping" : "Delivered")) rest(sum, at)
  }

  return { setServer, hear, end: (): Outage | undefined => sum }
}
