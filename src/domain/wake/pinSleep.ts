/**
 * A sleep that a pin ends, and nothing else: Espruino's firmware arms no timer for it. So the device sleeps by its timer
 * as long as something is to be done later, whatever the pin does: messages are pending, a try has failed, an update is
 * on probation, or flash does not have what is known. A board whose file names no such pin does without this.
 */
import * as DeviceState from "../state/DeviceState.ts"
import type { WakePin } from "./WakePin.ts"
import type { Wake } from "./Wake.ts"

/** The pin that ends the sleep at the end of a wake; undefined: the timer does. */
export const wakePinOf = (
  { config, isUnsaved, state }: Pick<Wake, "config" | "state" | "isUnsaved">
): WakePin | undefined => {
  const { deepSleep, wakeOn = "change", wakePin: pin } = config
  const isDone = DeviceState.pending(state) === 0 && state.reconnect.attemptCount === 0 && state.probation.version === 0
  return pin === undefined || !deepSleep || !isDone || isUnsaved === true ? undefined : { pin, on: wakeOn }
}
