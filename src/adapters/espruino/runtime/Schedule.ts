/**
 * The part of effect/Schedule that a device program uses. A Schedule is the effect that returns its step; it must not
 * fail.
 */
import type * as S from "effect/Schedule"

export type * from "effect/Schedule"

const same = (step: unknown): unknown => step

export const fromStep = same as unknown as typeof S.fromStep
export const toStep = same as unknown as typeof S.toStep
