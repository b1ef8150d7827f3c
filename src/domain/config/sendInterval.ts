/** How often a device sends: more seldom while its battery is low, where the file asks for that. */
import type { DeviceConfig } from "./DeviceConfigFields.ts"

/** The least time between two connections, in seconds; 0: one at every wake. */
export const sendIntervalOf = (
  { battery, mqtt }: Pick<DeviceConfig, "battery" | "mqtt">,
  isBatteryLow: boolean | undefined
): number =>
  isBatteryLow === true && battery !== undefined && battery.lowSendInterval > mqtt.sendInterval
    ? battery.lowSendInterval : mqtt.sendInterval

/** The longest that it ever is, in seconds. */
export const longestSendInterval = (config: Pick<DeviceConfig, "battery" | "mqtt">): number =>
  sendIntervalOf(config, true)
