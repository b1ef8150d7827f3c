/**
 * A story as spans of time in which the world does not change.
 */
import type { Stage, Turn } from "../life/Story.ts"

/** Times in milliseconds since the beginning; `until` is exclusive. */
export interface Conditions {
  readonly from: number
  readonly until: number
  readonly server: Parameters<Stage["setServer"]>[0]
  readonly hasWifi: boolean
  /** Topic -> what is retained there, published by others. */
  readonly retained: ReadonlyMap<string, string>
}

/** Whether a try would succeed. */
export const isHealthy = ({ hasWifi, server }: Conditions): boolean => server === "up" && hasWifi

const dayMillis = 86_400_000

/** When a turn comes. Milliseconds since the beginning. */
export const timeOf = (turn: Turn): number => turn.at * dayMillis

const after = (before: Conditions, turns: ReadonlyArray<Turn>, from: number, until: number): Conditions => {
  let { hasWifi, server } = before
  let retained = before.retained
  const stage: Stage = {
    setServer: (condition) => {
      server = condition
    },
    setWifi: (has) => {
      hasWifi = has
    },
    simulateMessage: (topic, payload, options) => {
      if (options?.retain === true) retained = new Map(retained).set(topic, payload)
    }
  }
  for (const turn of turns) turn.apply(stage)
  return { from, until, server, hasWifi, retained }
}

/** The spans from the beginning on; the last has no end. Turns of the same time are one change. */
export const of = (turns: ReadonlyArray<Turn>): ReadonlyArray<Conditions> => {
  const times = [...new Set([0, ...turns.map((turn) => Math.max(0, timeOf(turn)))])].sort((a, b) => a - b)
  const spans: Array<Conditions> = []
  let last: Conditions = { from: 0, until: Infinity, server: "up", hasWifi: true, retained: new Map() }
  for (const [index, from] of times.entries()) {
    last = after(last, turns.filter((turn) => Math.max(0, timeOf(turn)) === from), from, times[index + 1] ?? Infinity)
    spans.push(last)
  }
  return spans
}

/** When the Server can be reached again after it could not. */
export const recoveries = (spans: ReadonlyArray<Conditions>): ReadonlyArray<number> =>
  spans.flatMap((span, index) => {
    const before = spans[index - 1]
    return before !== undefined && isHealthy(span) && !isHealthy(before) ? [span.from] : []
  })
