/**
 * Many lives, one seed after the other, until there are enough years or a promise is broken.
 */
import * as Effect from "effect/Effect"
import type { Checker } from "./life/Checker.ts"
import * as Counts from "./life/Counts.ts"
import * as Life from "./Life.ts"
import * as Scene from "./life/Scene.ts"

export interface Options {
  readonly seed: string
  /** Simulated years in total; 0: only the life of this seed. */
  readonly years: number
  /** Wakes of one life, at its interval. */
  readonly wakes: number
  readonly checkers: ReadonlyArray<Checker>
  /** Called after each life. */
  readonly onLife: (sum: Sum) => void
}

export interface Sum {
  readonly counts: Counts.Counts
  lives: number
  /** The last seed that was lived. */
  seed: string
}

/** A life that broke a promise. */
export interface Failure<F> {
  readonly seed: string
  readonly scene: Scene.Scene
  /** All faults of its seed, and those that were injected. */
  readonly plan: ReadonlyArray<F>
  readonly faults: ReadonlyArray<F>
  readonly broken: Life.Broken
}

export const yearMillis = 365 * 86_400_000

/** The seeds that follow one: 7, 8, 9; or of a text: abc, abc.1, abc.2. */
export const seedAfter = (first: string, count: number): string => {
  if (count === 0) return first
  return /^\d{1,15}$/.test(first) ? String(Number(first) + count) : first + "." + count
}

/** The device of a seed and the faults that are planned for it. */
export const setting = <World extends Life.TroubledWorld, F extends Life.Fault>(
  adapters: Life.Adapters<World, F>,
  seed: string,
  wakes: number
) => {
  const scene = Scene.draw(seed, wakes)
  return {
    seed,
    scene,
    plan: adapters.plan(seed, scene.config.publishInterval * 1_000, Life.actMillis(scene),
      Scene.others(scene.config).length > 0)
  }
}

export const run = <World extends Life.TroubledWorld, F extends Life.Fault>(
  adapters: Life.Adapters<World, F>,
  options: Options
): Effect.Effect<{ readonly sum: Sum; readonly failure: Failure<F> | undefined }> =>
  Effect.gen(function*() {
    const { checkers, onLife, wakes } = options
    const sum: Sum = { counts: Counts.make(), lives: 0, seed: options.seed }
    do {
      const set = setting(adapters, seedAfter(options.seed, sum.lives), wakes)
      const { broken, counts } = yield* Life.live(adapters, { ...set, checkers })
      Counts.join(sum.counts, counts)
      sum.lives++
      sum.seed = set.seed
      onLife(sum)
      if (broken !== undefined) return { sum, failure: { ...set, faults: set.plan, broken } }
    } while (sum.counts.millis < options.years * yearMillis)
    return { sum, failure: undefined }
  })
