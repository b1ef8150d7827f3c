/**
 * One promise, watched through a board's life: it gives what broke the promise, or undefined. As in src/programs/chaos,
 * wake by wake.
 */
import type { Ledger, Wake } from "./ObservedState.ts"

export type Check = (wake: Wake, book: Ledger) => string | undefined

export interface Checker {
  readonly name: string
  /** In words for a user. */
  readonly promise: string
  /** A new life begins. */
  readonly begin: () => Check
}
