/**
 * What a board's bundle has in place of programs/device/patience when its configuration says `deep_sleep`.
 */
import type * as Patience from "../../../programs/device/patience.ts"

export const withPatience = ((effect: unknown) => effect) as typeof Patience.withPatience
