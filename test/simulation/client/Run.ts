/** Many stories, one seed after the other, until one breaks a promise. */
import * as Effect from "effect/Effect"
import type { Checker } from "./Checker.ts"
import * as Life from "./Life.ts"
import type { FaultKind } from "./Step.ts"
import * as Story from "./Story.ts"
import type { Mutant } from "./User.ts"

export interface Options {
  readonly seed: number
  readonly seeds: number
  readonly checkers: ReadonlyArray<Checker>
  /** Each seed is a story of each of these kinds; by default that of MQTT 3.1.1 without a store. */
  readonly kinds?: ReadonlyArray<Story.KindName> | undefined
  readonly mutant?: Mutant | undefined
  /** Kinds of faults that come in every story. */
  readonly wanted?: ReadonlyArray<FaultKind> | undefined
  readonly onStory?: (sum: Sum) => void
}

export interface Sum {
  stories: number
  /** Simulated milliseconds. */
  millis: number
  clients: number
  connections: number
  publications: number
  arrivals: number
  /** How often each kind of fault was injected. */
  readonly injected: Map<string, number>
}

export interface Failure {
  readonly options: Life.Options
  readonly broken: Life.Broken
}

const add = (sum: Sum, { facts, millis }: Life.Life): void => {
  sum.stories++
  sum.millis += millis
  sum.clients += facts.clients.size
  sum.connections += facts.links.size
  sum.publications += facts.publications.size
  for (const { arrivals } of facts.publications.values()) sum.arrivals += arrivals
  for (const [kind, count] of facts.injected) sum.injected.set(kind, (sum.injected.get(kind) ?? 0) + count)
}

export const run = (options: Options): Effect.Effect<{ readonly sum: Sum; readonly failure: Failure | undefined }> =>
  Effect.gen(function*() {
    const sum: Sum = {
      stories: 0,
      millis: 0,
      clients: 0,
      connections: 0,
      publications: 0,
      arrivals: 0,
      injected: new Map()
    }
    const { checkers, kinds = ["mqtt4"], mutant } = options
    for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
      for (const kind of kinds) {
        const story = Story.draw(String(seed), kind, options.wanted)
        const set: Life.Options = { story, steps: story.steps, checkers, mutant }
        const life = yield* Life.live(set)
        add(sum, life)
        options.onStory?.(sum)
        if (life.broken !== undefined) return { sum, failure: { options: set, broken: life.broken } }
      }
    }
    return { sum, failure: undefined }
  })
