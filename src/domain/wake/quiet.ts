/**
 * A wake with nothing to send turns on no radio: nothing is pending, and each sensor has an interval of its own and is
 * not due, or publishes only what has changed.
 *
 * The device still reaches the Server at each reading, and at least every `max_interval`, and finds updates then. A
 * board whose sensors are read at every wake does not have this code.
 */
import { isSelective } from "../config/limits.ts"
import * as Outbox from "../delivery/Outbox.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"
import * as SensorSchedule from "./SensorSchedule.ts"
import type { Wake } from "./Wake.ts"

/** Whether a wake that began at `wokeAt`, in milliseconds, has nothing to send. */
export const isQuiet = ({ config, state }: Pick<Wake, "config" | "state">, wokeAt: number): boolean => {
  const { mqtt, publishInterval, sensors } = config
  const { attemptCount, lastAttemptTime } = state.reconnect
  // The next wake must not come later than the policy wants a try.
  const soon = wokeAt + publishInterval * 1000
  const isSeen = lastAttemptTime <= wokeAt && soon - lastAttemptTime <= mqtt.reconnect.maxInterval * 1000
  if (
    sensors.length === 0 || !isSeen || attemptCount > 0 || state.probation.version > 0 ||
    Outbox.size(state.outbox) + state.journal > 0
  ) return false
  // A sensor is asked a moment after the wake began.
  return sensors.every((sensor) =>
    isSelective(sensor) || sensor.interval > 0 && !SensorSchedule.isDue(state, sensor, wokeAt + shortestSleepMillis)
  )
}
