/**
 * What a checker is: one promise, watched through a whole life. It gives what broke the promise, or undefined.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { Facts } from "./Facts.ts"
import type { Seen } from "./Seen.ts"

export type Check = (seen: Seen, facts: Facts) => string | undefined

export interface Checker {
  readonly name: string
  /** In words for a user. */
  readonly promise: string
  /** A new life begins. */
  readonly begin: (config: DeviceConfig) => Check
}
