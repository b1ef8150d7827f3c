/**
 * Finds a short list of faults that still breaks the promise: by leaving out smaller and smaller parts (delta
 * debugging), as src/programs/chaos/Shrink.ts does. Each guess is a whole life, so their number is limited.
 */
import type { Wake } from "./ObservedState.ts"
import * as Life from "./Life.ts"
import type { Planned } from "./Plan.ts"

/** Lives that may be spent on a shorter story. */
const maxLives = 40

/** A failure with the faults that are left of it, and what the last wakes were. */
export interface Shrunk {
  readonly planned: ReadonlyArray<Planned>
  readonly broken: Life.Broken
  readonly wakes: ReadonlyArray<Wake>
}

const without = <A>(all: ReadonlyArray<A>, from: number, count: number): ReadonlyArray<A> =>
  all.slice(0, from).concat(all.slice(from + count))

/**
 * `keep` is called with the flash image of each shorter story, which the next life overwrites; it returns where that is
 * kept.
 */
export const shrink = async (
  options: Omit<Life.Options, "onWake">,
  broken: Life.Broken,
  keep: (image: string) => string
): Promise<Shrunk> => {
  let best: Shrunk = {
    planned: options.planned.filter(({ at }) => at <= broken.wake.number),
    broken,
    wakes: [broken.wake]
  }
  let lives = 0
  const breaks = async (planned: ReadonlyArray<Planned>): Promise<boolean> => {
    const wakes: Array<Wake> = []
    const onWake = (wake: Wake) => {
      wakes.push(wake)
      if (wakes.length > 5) wakes.shift()
    }
    lives++
    // What broke before everything worked again need not wait for it.
    const end = best.broken.wake.isHealed ? options.wakes : best.broken.wake.number
    const found = await Life.live({ ...options, planned, wakes: end, onWake })
    if (found?.promise.name !== best.broken.promise.name) return false
    best = { planned, broken: { ...found, image: keep(found.image) }, wakes }
    return true
  }
  for (let size = Math.ceil(best.planned.length / 2); size >= 1 && lives < maxLives;) {
    let isShorter = false
    for (let from = 0; from < best.planned.length && lives < maxLives;) {
      if (await breaks(without(best.planned, from, size))) isShorter = true
      else from += size
    }
    if (size === 1 && !isShorter) break
    size = Math.max(1, Math.floor(size / 2))
  }
  return best
}
