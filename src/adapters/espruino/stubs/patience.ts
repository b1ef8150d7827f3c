/**
 * What a board's bundle has in place of programs/device/patience when its configuration says `deep_sleep`.
 */

/** What does the effect, as `compile/plainly` would make it. */
export const patient$now = (effect: () => unknown, _call: unknown, _what: unknown): unknown => effect()
