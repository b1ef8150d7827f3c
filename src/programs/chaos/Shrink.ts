/**
 * Finds a short list of faults that still breaks the promise: first among the last ones before it broke, then by
 * leaving out smaller and smaller parts (delta debugging). Each guess is a whole life, so their number is limited.
 */
import * as Effect from "effect/Effect"
import * as Life from "./Life.ts"
import type { Failure } from "./Run.ts"

/** How many lives may be used for a shorter story. */
const maxLives = 250

/** A failure with the faults that are left of it; so many `lives` have been used. */
export interface Shrunk<F> {
  readonly faults: ReadonlyArray<F>
  readonly broken: Life.Broken
  readonly lives: number
}

const without = <A>(all: ReadonlyArray<A>, from: number, count: number): ReadonlyArray<A> =>
  all.slice(0, from).concat(all.slice(from + count))

export const shrink = <World extends Life.TroubledWorld, F extends Life.Fault>(
  adapters: Life.Adapters<World, F>,
  failure: Failure<F>,
  options: {
    readonly program?: Life.Options<World, F>["program"]
    readonly onLife?: (lives: number, faults: number) => void
  } = {}
): Effect.Effect<Shrunk<F>> =>
  Effect.gen(function*() {
    const { scene, seed } = failure
    const { promise } = failure.broken
    let best: Shrunk<F> = {
      faults: failure.faults.filter(({ at }) => at <= failure.broken.at),
      broken: failure.broken,
      lives: 0
    }
    const breaks = (faults: ReadonlyArray<F>) =>
      Effect.gen(function*() {
        const isLast = best.broken.at > Life.actMillis(scene)
        const program = options.program === undefined ? {} : { program: options.program }
        const until = isLast ? {} : { until: best.broken.at + 1 }
        const { broken } = yield* Life.live(adapters, {
          seed,
          scene,
          plan: faults,
          checkers: [promise],
          ...until,
          ...program
        })
        best = broken?.promise.name === promise.name ? { faults, broken, lives: best.lives + 1 }
          : { ...best, lives: best.lives + 1 }
        options.onLife?.(best.lives, best.faults.length)
        return best.faults === faults
      })
    const all = best.faults
    for (let count = 0; count < all.length; count = Math.max(1, count * 2)) {
      if (yield* breaks(all.slice(all.length - count))) break
    }
    for (let size = Math.ceil(best.faults.length / 2); size >= 1 && best.lives < maxLives;) {
      let isShorter = false
      for (let from = 0; from < best.faults.length && best.lives < maxLives;) {
        if (yield* breaks(without(best.faults, from, size))) isShorter = true
        else from += size
      }
      if (size === 1 && !isShorter) break
      size = Math.max(1, Math.floor(size / 2))
    }
    return best
  })
