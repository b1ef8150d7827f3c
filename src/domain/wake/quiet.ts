/**
 * A wake with nothing to say turns on no radio: every sensor has an interval of its own, none is due, and nothing is
 * owed.
 *
 * The Server is reached all the same at each reading, and at least every `max_interval`: updates are found then. A
 * board whose sensors are read at every wake does without this.
 */
import * as Outbox from "../delivery/Outbox.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"
import * as SensorSchedule from "./SensorSchedule.ts"
import type { Wake } from "./Wake.ts"

/** Whether a wake that began at `wokeAt`, in milliseconds, has nothing to say. */
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
    sensor.interval > 0 && !SensorSchedule.isDue(state, sensor, wokeAt + shortestSleepMillis)
  )
}
