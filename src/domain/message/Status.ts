/** What a device says of itself: one retained JSON document at `<prefix>/status`, which the next one replaces. */

import { addressesOf } from "../config/BrokerList.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import { publishedEvery, wholeWakes } from "../config/limits.ts"
import { sendIntervalOf } from "../config/sendInterval.ts"

/** What is said of the battery; null: it could not be measured. */
export interface BatteryStatus {
  readonly percent: number | null
  readonly volts: number | null
  readonly isLow: boolean
}

export interface Status {
  /** Several devices may share a prefix. */
  readonly device: string
  /** Seconds since the device was first powered up. */
  readonly uptime: number
  /** When this is said, ISO 8601; undefined: the clock is not known. */
  readonly time: string | undefined
  /** Messages that are not acknowledged yet, and messages that were evicted from a full Outbox since the first wake. */
  readonly pending: number
  readonly evicted: number
  /** Tries since the last one that succeeded, this one included. */
  readonly tries: number
  /** Milliseconds that this wake and its radio have taken until now. */
  readonly awakeMillis: number
  readonly radioMillis: number
  /** Why the program started: `timer`, `pin`, `power` or `reset`. */
  readonly wokenBy: string
  /** The version of Dormouse. */
  readonly program: string
  readonly configVersion: number
  /** What went wrong since the last status; empty: nothing. */
  readonly lastError: string
  /** Seconds until the device connects again, at the latest, while all is well; null: when a pin wakes it. */
  readonly nextConnection: number | null
  /** Which of several Servers it is published at, `host:port`; undefined: the configuration names one. */
  readonly server?: string | undefined
  /** Undefined: none is measured. */
  readonly battery?: BatteryStatus | undefined
}

/** A board's bundle may come without it. */
const several: typeof addressesOf | undefined = addressesOf

/** Below the prefix. */
export const level = "status"

/**
 * Seconds from a connection to the next one, at the latest, while the Server is there: by the interval; by that of the
 * sensor which is published first, at the latest after `max_interval`; by `send_interval`, or
 * `low_send_interval` while the battery is low. What is urgent comes earlier.
 */
export const nextConnection = (config: DeviceConfig, isBatteryLow?: boolean): number => {
  const { deepSleep, mqtt, publishInterval, sensors } = config
  if (!deepSleep) return publishInterval
  let next = sensors.length === 0 ? publishInterval : wholeWakes(mqtt.reconnect.maxInterval, publishInterval)
  for (const sensor of sensors) next = Math.min(next, publishedEvery(sensor, publishInterval))
  return Math.max(next, wholeWakes(sendIntervalOf(config, isBatteryLow), publishInterval))
}

/** As it is published. */
export const toText = (status: Status): string => {
  const document: Record<string, unknown> = {
    "device": status.device,
    "uptime": status.uptime,
    "pending": status.pending,
    "evicted": status.evicted,
    "tries": status.tries,
    "awake_ms": status.awakeMillis,
    "radio_ms": status.radioMillis,
    "woken_by": status.wokenBy,
    "program": status.program,
    "config_version": status.configVersion,
    "last_error": status.lastError === "" ? null : status.lastError,
    "next_connection": status.nextConnection
  }
  if (status.battery !== undefined) {
    document["battery"] = status.battery.percent
    document["battery_volts"] = status.battery.volts
    document["battery_low"] = status.battery.isLow
  }
  if (several !== undefined && status.server !== undefined) document["server"] = status.server
  // The interpreter writes what is undefined as null.
  if (status.time !== undefined) document["time"] = status.time
  return JSON.stringify(document)
}
