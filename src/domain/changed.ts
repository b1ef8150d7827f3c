/** A value with some of its fields changed; the value itself is not to be used again, and may be the one that is returned. */
export const changed = <A extends object>(value: A, change: Partial<A>): A => ({ ...value, ...change })
