/**
 * Why nothing is to be done about a configuration that has arrived, if this can be found out at little cost. A board
 * has a twin, because reading a document costs it more than the whole rest of a wake.
 */
import * as ConfigUpdate from "../config/ConfigUpdate.ts"
import type { Wake } from "./Wake.ts"

/** A sentence for the log; undefined: the configuration is to be judged. */
export const known = (_wake: Wake, update: ConfigUpdate.ConfigUpdate): string | undefined =>
  ConfigUpdate.unremarkable(update)

/** What was found about an update before it is judged. */
export interface Look {
  /** Why nothing is to be done about it. */
  readonly reason?: string | undefined
  /** Why it is refused without being read. */
  readonly fault?: string | undefined
}

/** What `known` does not know, at whatever cost: here nothing is left. */
export const look = (_wake: Wake, _update: ConfigUpdate.ConfigUpdate): Look => ({})
