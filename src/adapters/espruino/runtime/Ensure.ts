/**
 * What must run in any case: it is masked, so that no interruption can stop it.
 */
import { type Failure, guard, heed, isAny, level, type Next, type Node, pop } from "./Fiber.ts"

/** Of two failures the worse one is kept: a defect before an error before an interruption, and then the first. */
const worse = (first: Failure, second: Failure): Failure =>
  first.k === 0 ? second : second.k === 2 ? { k: 2, e: first.e } : first

/** Runs `self`, and then `last`, whatever the result was. */
export const ensure = (self: Node, last: Node): unknown => {
  const was = level.m
  const end = (done: () => unknown, failed: (second: Failure) => Failure) => {
    level.m = true
    const next: Next = () => {
      pop()
      level.m = was
      return done()
    }
    return guard(last, next, {
      x: (second) => {
        level.m = was
        throw failed(second)
      }
    })
  }
  return guard(self, (value) => {
    pop()
    return end(() => {
      if (isAny) heed()
      return value
    }, (second) => second)
  }, {
    x: (first) =>
      end(() => {
        throw first
      }, (second) => worse(first, second))
  })
}
