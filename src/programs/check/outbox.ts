/** How many of a device's readings are kept while its Server is away. */
import { journalBytes } from "../../domain/config/journalBytes.ts"
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import { isThinnable, leastCapacity } from "../../domain/config/thinnable.ts"
import * as JournalRecord from "../../domain/delivery/JournalRecord.ts"
import * as Outbox from "../../domain/delivery/Outbox.ts"
import * as MadeUp from "../../domain/message/MadeUp.ts"
import * as Reading from "../../domain/message/Reading.ts"
import * as JournalLine from "../../domain/state/JournalLine.ts"
import { pageBytes } from "../../domain/state/FlashLog.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import type { Remark } from "./Remark.ts"

/** A position as long as most are, and an uptime of some years. */
const position = 100_000
const uptime = 100_000_000

/** Bytes that the messages of one reading take in the journal. */
const bytesOf = ({ mqtt }: DeviceConfig, sensor: SensorConfig): ReadonlyArray<number> => {
  const reading = { sensor, uptime, ...MadeUp.complete(sensor, { temperature: -20.55, humidity: 55.55 }, 0, 0.5) }
  return Reading.toMessages(reading, mqtt.publishValues).map((message) =>
    JournalLine.encode(position, JournalRecord.encode(message, undefined)).length
  )
}

/** What is kept of a device's readings. */
export interface Kept {
  /** Messages that have room in `outbox.bytes` and in the snapshot. */
  readonly fits: number
  /** Bytes of a message there, on average. */
  readonly each: number
  /** Days until there is no more room. */
  readonly days: number
}

/** Undefined: the device has no sensor, or sends nothing. */
export const kept = (config: DeviceConfig): Kept | undefined => {
  const { mqtt, publishInterval, sensors } = config
  const sizes = sensors.map((sensor) => ({ sizes: bytesOf(config, sensor), every: sensor.interval || publishInterval }))
  const perSecond = sizes.reduce((sum, { every, sizes }) => sum + sizes.length / every, 0)
  if (!mqtt.enabled || perSecond === 0) return undefined
  const bytesPerSecond = sizes.reduce((sum, one) => sum + one.sizes.reduce((a, b) => a + b, 0) / one.every, 0)
  const each = Math.ceil(bytesPerSecond / perSecond)
  // No message lies in two pages, and one page is erased before it is used again.
  const pages = Math.max(1, Math.floor(mqtt.outbox.bytes / pageBytes) - 1)
  const fits = pages * Math.floor(pageBytes / each) + Outbox.maxEntries
  return { fits, each, days: Math.min(fits, mqtt.outbox.capacity) / perSecond / 86_400 }
}

/** As a person reads it, in whole units: `7 days`, `9 hours`, `20 minutes`. */
const span = (days: number): string =>
  days >= 2 ? Format.plural(Math.floor(days), "day")
    : days >= 2 / 24 ? Format.plural(Math.floor(days * 24), "hour")
    : Format.plural(Math.floor(days * 1440), "minute")

/** In the summary of a device. */
export const words = (config: DeviceConfig): string => {
  const found = kept(config)
  if (found === undefined) return ""
  const count = Math.min(found.fits, config.mqtt.outbox.capacity)
  return `; keeps ${Format.plural(count, "message")} while the Server is away, ${span(found.days)} of readings`
}

/** So few messages that some topics have only one in the older half. */
const tooFewToThin = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { capacity, whenFull } = config.mqtt.outbox
  if (whenFull !== "thin_older" || !config.mqtt.enabled || isThinnable(config)) return []
  const least = leastCapacity(config)
  return [{
    path: "mqtt.outbox.capacity",
    message:
      `mqtt.outbox.capacity is ${capacity}, too few for mqtt.outbox.when_full "thin_older": the older half may ` +
      `have only one message of a topic, and then that one is dropped; make it at least ${least}`
  }]
}

/** More is asked for than has room. */
const tooMany = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const found = kept(config)
  const { bytes, capacity } = config.mqtt.outbox
  if (found === undefined || capacity <= found.fits) return []
  const needed = Math.ceil(capacity / Math.floor(pageBytes / found.each) + 1) * pageBytes
  const lower = `lower mqtt.outbox.capacity to ${found.fits}`
  const raise = `raise mqtt.outbox.bytes to ${needed}`
  return [{
    path: "mqtt.outbox.capacity",
    message:
      `mqtt.outbox.capacity is ${capacity}, but only some ${found.fits} messages of ${found.each} bytes fit into mqtt.outbox.bytes (${bytes}), `
      + `${span(found.days)} of readings; `
      + (needed > journalBytes ? `${lower}, or ${raise} for a machine that is no board` : `${raise}, or ${lower}`)
  }]
}

/** What does not go together. */
export const outbox = (config: DeviceConfig): ReadonlyArray<Remark> => [...tooFewToThin(config), ...tooMany(config)]
