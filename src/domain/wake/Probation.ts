/**
 * A configuration update proves itself before it is kept: as long as the Server has not been reached with it, it is on
 * probation, and after so many wakes in vain the device goes back to the configuration that worked, and says so once it can.
 *
 * Counted are the wakes that may try, before they try, so that one that dies counts too.
 */
import { changed } from "../changed.ts"
import type { Wake } from "./Wake.ts"

/** In so many wakes an update may fail to reach the Server. */
export const mostWakes = 3

/** What is in force has not reached the Server yet. */
export const isOn = ({ config, state }: Pick<Wake, "config" | "state">): boolean =>
  state.probation.version > 0 && state.probation.version === config.version

/** This wake may try. True: that is to be remembered before it does. */
export const count = (wake: Wake): boolean => {
  if (!isOn(wake)) return false
  const { version, wakes } = wake.state.probation
  wake.state = changed(wake.state, { probation: { version, wakes: wakes + 1 } })
  return true
}

/** The update has had its wakes; or it is over with it, and the power went before it could be put away. */
export const isOver = (wake: Wake): boolean =>
  (isOn(wake) && wake.state.probation.wakes >= mostWakes) ||
  (wake.update !== undefined && wake.state.rolledBack === wake.config.version)
