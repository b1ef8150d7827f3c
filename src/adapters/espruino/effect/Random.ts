/** The part of effect/Random that a device program uses. */
import type * as R from "effect/Random"
import { shaped } from "./shape.ts"

export type * from "effect/Random"

/** What a bundle makes of `yield* next`. */
export const draw = (): number => Math.random()

export const next = shaped(() => draw()) as unknown as typeof R.next
