/**
 * What a board's bundle has in place of domain/wake/Timing when it asks no server for the time: a clock that nobody sets. An update that
 * names a server is refused (`Ability`).
 */
export const recalled = undefined
export const shown = undefined

export const beganAt = (_wake: unknown, wokeAt: number): number => wokeAt
