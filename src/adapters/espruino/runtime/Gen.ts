/**
 * Effect.gen over real generators, for programs that run as they are written. A board's interpreter has no generators:
 * its bundle has them compiled to flatMaps, and this file, unused, is left out.
 */
import type * as E from "effect/Effect"
import { type Node, push } from "./Fiber.ts"
import { shaped } from "./shape.ts"

export const gen = ((body: () => Iterator<Node, unknown, unknown>): Node =>
  shaped(() => {
    const iterator = body()
    const next = (value: unknown): unknown => {
      const state = iterator.next(value)
      if (state.done === true) return state.value
      push(next)
      return state.value()
    }
    return next(undefined)
  })) as unknown as typeof E.gen
