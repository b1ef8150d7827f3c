/**
 * The twin of domain/state/patch.ts for a board: it changes the same value, because copying a field costs a board as
 * much as changing it, and a state has many.
 */
const assign = Object.assign

export const patch = <A extends object>(value: A, change: Partial<A>): A => assign(value, change)
