/** The part of effect/Clock that a device program uses. */
import type * as C from "effect/Clock"
import { shaped } from "./shape.ts"

export type * from "effect/Clock"

/** What a bundle makes of `yield* currentTimeMillis`. Espruino's Date.now() has a fraction. */
export const now = (): number => {
  const millis = Date.now()
  return millis - millis % 1
}

export const currentTimeMillis = shaped(() => now()) as unknown as typeof C.currentTimeMillis
