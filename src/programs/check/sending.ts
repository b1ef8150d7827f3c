/**
 * Whether `send_interval` and `send_when_pending` do what they say, beside the other keys.
 */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { messagesOf, messagesOfWake } from "../../domain/config/messagesOf.ts"
import type { Remark } from "./Remark.ts"

const interval = "mqtt.send_interval"
const pending = "mqtt.send_when_pending"

/** Messages that all sensors make in so many seconds, where each is read in all wakes from its interval on. */
const messagesIn = (seconds: number, { mqtt, publishInterval, sensors }: DeviceConfig): number =>
  sensors.reduce(
    (sum, sensor) =>
      sum + seconds / Math.max(sensor.interval, publishInterval) * messagesOf(mqtt.publishValues, sensor),
    0
  )

/** The Outbox is full before the interval is over, so that is when the device sends. */
const overflow = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { mqtt: { outbox: { capacity }, sendInterval }, publishInterval } = config
  const messages = Math.ceil(messagesIn(sendInterval, config))
  const most = Math.floor(capacity / messagesIn(1, config))
  if (messages <= capacity) return []
  const shorter = most > publishInterval ? `${interval} to at most ${most}` : `${interval} to 0`
  return [{
    path: interval,
    message: `${interval} (${sendInterval}) is as long as ${messages} messages take, and mqtt.outbox.capacity has room `
      + `for ${capacity}: the device sends when they are pending, about every ${most} s; set ${shorter}, or the `
      + `capacity to ${messages}`
  }]
}

export const sending = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { deepSleep, mqtt, publishInterval } = config
  const { enabled, outbox, sendInterval, sendWhenPending } = mqtt
  const remark = (path: string, message: string): ReadonlyArray<Remark> => [{ path, message }]
  if (!enabled) return []
  if (sendInterval === 0) {
    return sendWhenPending === 0 ? [] :
      remark(pending,
        `${pending} is given, but ${interval} is not: every wake sends all the same; give ${interval} too`)
  }
  if (!deepSleep) {
    return remark(interval,
      `${interval} is given, but deep_sleep is false: a device that is always on sends each reading at once; leave it `
        + "out, or set deep_sleep to true")
  }
  if (sendInterval <= publishInterval) {
    return remark(interval, `${interval} (${sendInterval}) is not above the interval (${publishInterval}): every wake `
      + `sends all the same; set it to ${publishInterval * 2} or more, or leave it out`)
  }
  // From here on there is no room for the messages of another wake.
  const full = outbox.capacity - messagesOfWake(config) + 1
  if (sendWhenPending > full) {
    return remark(pending, `${pending} (${sendWhenPending}) is not reached: mqtt.outbox.capacity (${outbox.capacity}) `
      + `leaves no room for another wake's messages from ${Math.max(0, full)} on, and the device sends then; set it to `
      + "0, or the capacity higher")
  }
  return sendWhenPending > 0 ? [] : overflow(config)
}
