/**
 * Whose turn it is of the sensors with an interval of their own.
 */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import type { DeviceState } from "../state/DeviceState.ts"

/** A sensor's interval is over at `now`, in milliseconds; a clock that was set back makes it due, too. */
export const isDue = ({ readAt }: DeviceState, { id, interval }: SensorConfig, now: number): boolean => {
  const last = readAt[id]
  return typeof last !== "number" || now < last || now - last >= interval * 1000
}

/** The sensor of that id was read at `now`. */
export const taken = (state: DeviceState, id: string, now: number): DeviceState => ({
  ...state,
  readAt: { ...state.readAt, [id]: now }
})
