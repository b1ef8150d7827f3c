/** The part of effect/Random that a device program uses. */
import type * as R from "effect/Random"
import { shaped } from "./shape.ts"

export type * from "effect/Random"

/** A tag, see `Context`. */
export const Random = { v: { nextDoubleUnsafe: () => Math.random() } } as unknown as typeof R.Random

export const next = shaped(() => Math.random()) as unknown as typeof R.next
