/**
 * The sums of a life, or of many.
 */
import type { ObservedState } from "./ObservedState.ts"
import * as Message from "./Message.ts"
import type { Observation } from "./Observation.ts"

export interface Counts {
  /** Simulated time, in milliseconds. */
  millis: number
  wakes: number
  readings: number
  /** PUBLISH packets with readings that reached the Server, and how many of them it had before. */
  arrived: number
  duplicates: number
  dropped: number
  tries: number
  powerCuts: number
  readonly faults: Map<string, number>
  /** Readings lost by power cuts before they were in flash; reported as not saved; lost by damaged flash. */
  lost: { power: number; unsaved: number; damaged: number }
}

export const make = (): Counts => ({
  millis: 0,
  wakes: 0,
  readings: 0,
  arrived: 0,
  duplicates: 0,
  dropped: 0,
  tries: 0,
  powerCuts: 0,
  faults: new Map(),
  lost: { power: 0, unsaved: 0, damaged: 0 }
})

const arrived = (
  counts: Counts,
  seen: Extract<Observation, { readonly _tag: "Arrived" }>,
  facts: ObservedState
): void => {
  const one = facts.ledger.all.get(Message.key(seen.topic, seen.payload))
  if (one?.count === undefined) return
  counts.arrived++
  if (one.arrivals > 1) counts.duplicates++
}

export const add = (counts: Counts, seen: Observation, facts: ObservedState): void => {
  switch (seen._tag) {
    case "Began":
      counts.wakes++
      return
    case "Read":
      counts.readings++
      return
    case "Arrived":
      return arrived(counts, seen, facts)
    case "Connecting":
      counts.tries++
      return
    case "Stored":
      counts.dropped += facts.ledger.vanished.length
      return
    case "PowerCut":
      if (counts.wakes > 0) counts.powerCuts++
      return
    case "Injected":
      counts.faults.set(seen.kind, (counts.faults.get(seen.kind) ?? 0) + 1)
      return
    default:
      return
  }
}

/** Adds one life to the sums of many. */
export const join = (sum: Counts, one: Counts): void => {
  for (
    const key of ["millis", "wakes", "readings", "arrived", "duplicates", "dropped", "tries", "powerCuts"] as const
  ) sum[key] += one[key]
  for (const key of ["power", "unsaved", "damaged"] as const) sum.lost[key] += one.lost[key]
  for (const [kind, count] of one.faults) sum.faults.set(kind, (sum.faults.get(kind) ?? 0) + count)
}
