/** The part of effect/Duration that a device program uses. A Duration is a number of milliseconds. */
import type * as D from "effect/Duration"

export type * from "effect/Duration"

export const millis = ((millis: number) => millis) as unknown as typeof D.millis
export const toMillis = ((millis: number) => millis) as unknown as typeof D.toMillis
