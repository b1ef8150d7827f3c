/**
 * What a checker is: one promise of the Client, watched through a whole story. It gives what broke the promise, or
 * undefined.
 */
import type { ObservedState } from "./ObservedState.ts"
import type { Observation } from "./Observation.ts"
import type { Options } from "./Story.ts"

/** `facts` are those from before `seen`. */
export type Check = (seen: Observation, facts: ObservedState) => string | undefined

export interface Checker {
  readonly name: string
  /** In words for a user. */
  readonly promise: string
  readonly begin: (options: Options) => Check
}
