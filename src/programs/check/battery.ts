/** What a file says of its battery that has no effect, or not the one that is meant. */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { messagesOfWake } from "../../domain/config/messagesOf.ts"
import type { Remark } from "./Remark.ts"

const interval = "battery.low_send_interval"

export const battery = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { battery: given, deepSleep, mqtt, publishInterval } = config
  if (given === undefined || !mqtt.enabled) return []
  const { low, lowSendInterval } = given
  const remark = (path: string, message: string): ReadonlyArray<Remark> => [{ path, message }]
  const unsaid = mqtt.publishStatus ? []
    : remark("battery", "battery is measured, but no message says what it has: set mqtt.publish_status to true")
  if (lowSendInterval === 0) return unsaid
  const usual = Math.max(mqtt.sendInterval, publishInterval)
  const wrong = !deepSleep
    ? "is given, but deep_sleep is false: a device that is always on sends each reading at once; leave it out"
    : low === 0 ? "is given, but battery.low is 0: the battery is never low; set battery.low to 20 or so"
    : lowSendInterval <= usual
    ? `(${lowSendInterval}) is not above the time between two connections (${usual}): a low battery changes nothing; `
      + `set it to ${usual * 2} or more, or leave it out`
    : lowSendInterval / publishInterval * messagesOfWake(config) > mqtt.outbox.capacity
    ? `(${lowSendInterval}) brings more messages than mqtt.outbox.capacity (${mqtt.outbox.capacity}) has room for: the `
      + "device sends when they are pending; make the capacity larger, or the interval shorter"
    : undefined
  return [...unsaid, ...(wrong === undefined ? [] : remark(interval, `${interval} ${wrong}`))]
}
