/**
 * A checker: one promise, checked through a whole life. It returns what broke the promise, or undefined.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { ObservedState } from "./ObservedState.ts"
import type { Observation } from "./Observation.ts"

export type Check = (seen: Observation, facts: ObservedState) => string | undefined

export interface Checker {
  readonly name: string
  /** In words for a user. */
  readonly promise: string
  /** A new life begins. */
  readonly begin: (config: DeviceConfig) => Check
}
