/**
 * A configuration update proves itself before it is kept: as long as the Server has not been reached with it, it is on
 * probation, and after so many wakes in vain the device goes back to the configuration that worked, and says so once it can.
 *
 * Counted are the wakes that may try, before they try, so that one that dies counts too.
 */
import * as Effect from "effect/Effect"
import { changed } from "../../domain/changed.ts"
import type { Storage } from "../../ports/Storage.ts"
import * as Memory from "./Memory.ts"

/** In so many wakes an update may fail to reach the Server. */
export const mostWakes = 3

/** What is in force has not reached the Server yet. */
export const isOn = ({ config, state }: Memory.Memory): boolean => state.probation.version > 0 && state.probation.version === config.version

/** This wake may try. */
export const count = (memory: Memory.Memory): Effect.Effect<void, never, Storage> => {
  if (!isOn(memory)) return Effect.void
  const { version, wakes } = memory.state.probation
  memory.state = changed(memory.state, { probation: { version, wakes: wakes + 1 } })
  return Memory.remember(memory)
}

/** The update has had its wakes; or it is over with it, and the power went before it could be put away. */
export const isOver = (memory: Memory.Memory): boolean =>
  (isOn(memory) && memory.state.probation.wakes >= mostWakes) ||
  (memory.update !== undefined && memory.state.rolledBack === memory.config.version)
