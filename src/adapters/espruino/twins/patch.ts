/**
 * The twin of domain/state/patch.ts for a board: the same value, for to copy a field costs a board as much as to
 * change it, and a state has many.
 */
const assign = Object.assign

export const patch = <A extends object>(value: A, change: Partial<A>): A => assign(value, change)
