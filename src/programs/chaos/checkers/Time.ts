/**
 * A reading that says when it was taken is right about it, as far as a clock can be that an honest server sets: wrong by
 * no more than half an exchange, a second that is rounded, and the time that its sensor took. Where somebody else has
 * moved the clock, or the server has lied, nothing is asked of what was taken before it was set again.
 */
import type { Checker } from "../life/Checker.ts"
import * as Message from "../life/Message.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Observation } from "../life/Observation.ts"

/** Milliseconds. */
const exchangeError = 1_000
const readingError = 4_000

const isLie = ({ kind }: Extract<Observation, { readonly _tag: "Injected" }>): boolean =>
  kind === "clockJump" || kind === "clockReset" || kind === "timeLies"

interface Past {
  /** What was taken since the clock was last moved or lied about: the key, and what a right clock showed. */
  readonly taken: Map<string, number>
  /** Nobody has moved the clock, nor lied, since it was last right. */
  isHonest: boolean
  /** When somebody last began to lie: an answer of that moment may be from before. */
  liedAt: number
}

/** The clock was set: rightly, or the server lies. */
const set = (past: Past, { now: { at, clock, present } }: ObservedState): string | undefined => {
  const wrong = Math.abs(clock - present)
  if (wrong <= exchangeError) {
    if (at > past.liedAt) past.isHonest = true
    return undefined
  }
  return past.isHonest ? "the clock was set, and was then " + wrong / 1_000 + " s wrong" : undefined
}

export const time: Checker = {
  name: "time",
  promise: "a reading that says when it was taken is right about it",
  begin: ({ time }) => {
    // A clock that nobody sets may show anything.
    const past: Past = { taken: new Map(), isHonest: time.server !== "", liedAt: -1 }
    return (seen, facts) => {
      if (seen._tag === "Injected" && isLie(seen)) {
        past.isHonest = false
        past.liedAt = facts.now.at
        past.taken.clear()
      }
      // It may have noticed that its clock had started over, and flash did not take that.
      if (seen._tag === "Slept" && facts.isUnsaved) past.taken.clear()
      if (seen._tag === "Emitted" && seen.event._tag === "TimeTold" && seen.event.isSet) return set(past, facts)
      if (seen._tag === "Read" && past.isHonest) {
        past.taken.set(Message.document(seen.sensor, seen.measurement), facts.now.present)
      }
      if (seen._tag !== "Arrived") return undefined
      const said = Message.moments(seen.topic, seen.payload)?.time
      const key = Message.key(seen.topic, seen.payload)
      const taken = past.taken.get(key)
      if (said === undefined || taken === undefined || Math.abs(said - taken) <= readingError) return undefined
      return key + " says that it was taken at " + new Date(said).toISOString() + ", but it was at " +
        new Date(taken).toISOString()
    }
  }
}
