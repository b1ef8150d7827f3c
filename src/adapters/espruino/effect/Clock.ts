/** The part of effect/Clock that a device program uses. */
import type * as C from "effect/Clock"
import { shaped } from "./shape.ts"

export type * from "effect/Clock"

/** Espruino's Date.now() has a fraction. */
export const currentTimeMillis = shaped({ t: () => Math.floor(Date.now()) }) as unknown as typeof C.currentTimeMillis
