/**
 * Which sensors with an interval of their own are due.
 */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import type { DeviceState } from "../state/DeviceState.ts"

/** Whether a sensor's interval is over at `now`, in milliseconds; if the clock was set back, it is over, too. */
export const isDue = ({ readAt }: DeviceState, { id, interval }: SensorConfig, now: number): boolean => {
  const last = readAt[id]
  return typeof last !== "number" || now < last || now - last >= interval * 1000
}

/** The sensor of that id was read at `now`. */
export const taken = (state: DeviceState, id: string, now: number): DeviceState => ({
  ...state,
  readAt: { ...state.readAt, [id]: now }
})
