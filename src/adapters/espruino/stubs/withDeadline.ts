/**
 * What a board's bundle has in place of programs/device/withDeadline when its configuration says `deep_sleep`: a wake
 * has its own end.
 */

export const withDeadline = (effect: unknown, _open: unknown, _what: unknown): unknown => effect
