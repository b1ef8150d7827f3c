/**
 * Replaces programs/device/withDeadline in a board's bundle if its configuration says `deep_sleep`: a wake has an end
 * of its own.
 */

export const withDeadline = (effect: unknown, _open: unknown, _what: unknown): unknown => effect
