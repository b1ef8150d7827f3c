/**
 * What must be given back: acquired and released masked, so that no interruption comes between.
 */
import { type Failure, guard, heed, level, masked, type Next, type Node, stack } from "./Fiber.ts"

/** Of two failures the worse one is kept: a defect before an error before an interruption, and then the first. */
const worse = (first: Failure, second: Failure): Failure =>
  first.k === 0 ? second : second.k === 2 ? { k: 2, e: first.e } : first

/** Acquires and releases masked; `use` runs as interruptible as the whole. */
export const bracket = (acquire: Node, use: (resource: unknown) => Node, release: (resource: unknown) => Node): unknown => {
  const was = level.m
  const used = (resource: unknown): unknown => {
    const free = (done: Next, failed: (second: Failure) => unknown) => {
      level.m = true
      return guard(() => release(resource)(), done, { f: failed, x: undefined })
    }
    return guard(
      () => {
        const effect = use(resource)
        level.m = was
        heed()
        return effect()
      },
      (value) => {
        stack.pop()
        return free(() => {
          stack.pop()
          return value
        }, (second) => {
          throw second
        })
      },
      {
        x: (first) =>
          free(() => {
            stack.pop()
            throw first
          }, (second) => {
            throw worse(first, second)
          })
      }
    )
  }
  return masked(true, () => {
    stack.push(used, acquire)
  })
}

/** Runs `self` so that it can be interrupted, or not at all when it already is. */
export const unmasked = (self: Node): unknown => {
  if (!level.m) return self()
  return masked(false, () => {
    heed()
    return self()
  })
}
