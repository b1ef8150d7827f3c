/**
 * Replaces domain/wake/quiet in a board's bundle if every sensor of its configuration is read at each wake: it does
 * nothing. After an update that gives the sensors intervals, the board reads less often, and connects at each wake
 * until it is flashed again.
 */
export const isQuiet = undefined
