/** The part of effect/Random that a device program uses. */
import type * as R from "effect/Random"
import { shaped } from "./shape.ts"

export type * from "effect/Random"

export const next = shaped({ t: () => Math.random() }) as unknown as typeof R.next
