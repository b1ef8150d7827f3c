/**
 * Whether a clock is set. There is no flag for it: a board's clock begins near 1970 when the power comes, and so does a
 * simulation's, while a machine's shows the present.
 */

/** No clock that is set shows less: 2026-01-01T00:00:00Z, before this program could run. Milliseconds. */
export const leastKnownMillis = 1_767_225_600_000

/** No clock that is set shows more: 2100-01-01T00:00:00Z. */
export const mostKnownMillis = 4_102_444_800_000

/** `at` in milliseconds. */
export const isKnown = (at: number): boolean => at >= leastKnownMillis && at < mostKnownMillis

/** ISO 8601, UTC, whole seconds: `2026-11-29T22:10:00Z`. */
export const isoText = (at: number): string => new Date(at).toISOString().slice(0, 19) + "Z"
