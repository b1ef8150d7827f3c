/**
 * Effect.gen over real generators, for programs that run as they are written. A board's interpreter has no generators:
 * its bundle has them compiled to flatMaps, and this file, unused, is left out.
 */
import type * as E from "effect/Effect"
import type { Node } from "./Fiber.ts"
import { shaped } from "./shape.ts"

export const gen = ((body: () => Iterator<Node, unknown, unknown>): Node =>
  shaped({
    a: { v: undefined },
    b: () => {
      const iterator = body()
      const next = (value: unknown): Node => {
        const state = iterator.next(value)
        return state.done === true ? { v: state.value } : { a: state.value, b: next }
      }
      return next(undefined)
    }
  })) as unknown as typeof E.gen
