/** What a board's bundle has in place of domain/state/keptClock when it asks no server for the time: nothing. */
export const withClock = undefined
export const clockOf = undefined
