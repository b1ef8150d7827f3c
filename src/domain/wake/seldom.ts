/**
 * With `send_interval` a wake that need not send turns on no radio: it measures, remembers and sleeps.
 *
 * When the device last sent is when its last try began, if that went well; after one in vain the reconnect policy alone
 * says when the next may be. A board whose every wake sends does without this.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import { messagesOf } from "../config/messagesOf.ts"
import { sendIntervalOf } from "../config/sendInterval.ts"
import { isUrgent } from "./onChange.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Probation from "./Probation.ts"
import type { Wake } from "./Wake.ts"

/**
 * A wake that comes so early, as a share of the time between two, is the one that sends: the last try may have begun late
 * in its wake, and the next wake would be later still.
 */
const tolerance = 1 / 2

/** A board's bundle may come without it. */
const urgent: typeof isUrgent | undefined = isUrgent

/**
 * The messages that are pending when the interval is over. So many are sent whatever the clock says: one that is set
 * back again and again, or starts over with each power cut, must not keep the device silent.
 */
const messagesOfInterval = ({ mqtt, publishInterval, sensors }: DeviceConfig, sendInterval: number): number => {
  let messages = 0
  for (const sensor of sensors) {
    messages += sendInterval / Math.max(sensor.interval, publishInterval) * messagesOf(mqtt.publishValues, sensor)
  }
  return messages
}

/**
 * Whether a wake that began at `wokeAt`, in milliseconds, need not send what is pending. A clock that was set back says
 * nothing about how long ago the last try was, so then it sends; from there on it waits for the interval at most.
 */
export const isEarly = (
  { config, isUnsaved, state, stored }: Pick<Wake, "config" | "state" | "stored" | "isUnsaved">,
  wokeAt: number
): boolean => {
  const { mqtt, publishInterval, sensors } = config
  const { entries } = state.outbox
  const { attemptCount, lastAttemptTime } = state.reconnect
  // A device's first wake sends, and one whose reading flash does not take.
  if (stored === undefined || isUnsaved || attemptCount > 0 || Probation.isOn({ config, state })) return false
  if (urgent !== undefined && urgent(state)) return false
  const elapsed = wokeAt - lastAttemptTime
  const sendInterval = sendIntervalOf(config, state.isBatteryLow)
  if (elapsed < 0 || elapsed >= (sendInterval - publishInterval * tolerance) * 1000) return false
  // Nothing is to be evicted in the next wake.
  let room = mqtt.outbox.capacity
  for (const sensor of sensors) room -= messagesOf(mqtt.publishValues, sensor)
  const most = mqtt.sendWhenPending > 0 && mqtt.sendWhenPending <= room ? mqtt.sendWhenPending - 1 : room
  const count = DeviceState.pending(state)
  return count <= most && count < (messagesOfInterval(config, sendInterval) || Infinity) &&
    !entries.some(({ topic }) => topic === "config_status" || topic === "command_result")
}
