/**
 * What must be done in any case: masked, so that no interruption comes between.
 */
import { type Failure, guard, guarded, heed, level, type Node } from "./Fiber.ts"

/** Of two failures the worse one is kept: a defect before an error before an interruption, and then the first. */
const worse = (first: Failure, second: Failure): Failure =>
  first.k === 0 ? second : second.k === 2 ? { k: 2, e: first.e } : first

/** Runs `self`, and then `last`, whatever came of it. */
export const ensure = (self: Node, last: Node): unknown => {
  const here = level
  const was = here.m
  const end = (done: () => unknown, failed: (second: Failure) => Failure) => {
    here.m = true
    return guard(last, () => {
      guarded()
      here.m = was
      return done()
    }, (second) => {
      here.m = was
      throw failed(second)
    })
  }
  return guard(self, (value) => {
    guarded()
    return end(() => {
      heed()
      return value
    }, (second) => second)
  }, undefined, (first) =>
    end(() => {
      throw first
    }, (second) => worse(first, second)))
}
