/**
 * The code of the sensors in a board's file, by their keys. This file stands for what the bundler makes
 * (`programs/bundle/driverCode`).
 */

/**
 * Reads one sensor at `pin`, and calls `done` once, with an object of numbers, a number, or nothing. `guarded` calls a
 * function that may throw.
 */
export type Read = (pin: number, done: (got?: unknown) => void, guarded: (attempt: () => void) => void) => void

export const reads: (key: string) => Read | undefined = () => undefined
