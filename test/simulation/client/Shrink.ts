/**
 * Finds a short list of steps that still breaks the promise: first among the last ones before it broke, then by leaving
 * out smaller and smaller parts (delta debugging). Each guess is a whole story, so their number is limited.
 */
import * as Effect from "effect/Effect"
import * as Life from "./Life.ts"
import type { Step } from "./Step.ts"

/** Stories that may be spent on a shorter one. */
const maxStories = 400

export interface Shrunk {
  readonly steps: ReadonlyArray<Step>
  readonly broken: Life.Broken
  readonly stories: number
}

export const shrink = (
  options: Life.Options,
  broken: Life.Broken,
  onStory: (stories: number, steps: number) => void = () => {}
): Effect.Effect<Shrunk> =>
  Effect.gen(function*() {
    let best: Shrunk = { steps: options.steps, broken, stories: 0 }
    const breaks = (steps: ReadonlyArray<Step>) =>
      Effect.gen(function*() {
        const life = yield* Life.live({ ...options, steps })
        const stories = best.stories + 1
        const isSame = life.broken?.promise.name === broken.promise.name
        best = isSame ? { steps, broken: life.broken, stories } : { ...best, stories }
        onStory(stories, best.steps.length)
        return isSame
      })
    for (let size = Math.ceil(best.steps.length / 2); size >= 1 && best.stories < maxStories;) {
      let isShorter = false
      for (let from = 0; from < best.steps.length && best.stories < maxStories;) {
        if (yield* breaks([...best.steps.slice(0, from), ...best.steps.slice(from + size)])) isShorter = true
        else from += size
      }
      if (size === 1 && !isShorter) break
      size = Math.max(1, Math.floor(size / 2))
    }
    return best
  })
