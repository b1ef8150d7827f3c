/** The part of effect/Clock that a device program uses. */
import type * as C from "effect/Clock"

export type * from "effect/Clock"

/** Espruino's Date.now() has a fraction. */
const currentTimeMillisUnsafe = (): number => {
  const millis = Date.now()
  return millis - millis % 1
}

/** A tag, see `Context`. */
export const Clock = { v: { currentTimeMillisUnsafe } } as unknown as typeof C.Clock
