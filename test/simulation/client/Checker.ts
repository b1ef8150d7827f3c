/**
 * What a checker is: one promise of the Client, watched through a whole story. It gives what broke the promise, or
 * undefined.
 */
import type { Facts } from "./Facts.ts"
import type { Seen } from "./Seen.ts"
import type { Options } from "./Story.ts"

/** `facts` are those from before `seen`. */
export type Check = (seen: Seen, facts: Facts) => string | undefined

export interface Checker {
  readonly name: string
  /** In words for a user. */
  readonly promise: string
  readonly begin: (options: Options) => Check
}
