/**
 * What identifies a message of a device under test. Its sensors count, so no two readings are the same, and a message
 * is identified by its topic and its text, wherever it is found.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Status from "../../../domain/message/Status.ts"
import type { Measurement } from "../../../domain/message/Reading.ts"
import * as Bytes from "../../../domain/bytes/Bytes.ts"

const separator = " "

/** What follows the prefix, which an update may change: `<sensor id>/data`, one of its values, `config_status` or `command_result`. */
const place = (topic: string): string => {
  const isOne = topic.endsWith("config_status") || topic.endsWith("command_result")
  return topic.split("/").slice(isOne ? -1 : -2).join("/")
}

/** Readings are distinguished by the count, other messages by their text. `topic` with the prefix or without. */
export const keyOf = (topic: string, text: string): string => {
  const count = topic.endsWith("/data") ? /^\{"temperature":([0-9.]+)/.exec(text)?.[1] : undefined
  return place(topic) + separator + (count ?? text)
}

/** What the device says of itself: not pending at any time, and none of the ledger's. */
export const isStatus = (topic: string): boolean => topic.endsWith("/" + Status.level)

/** The same for a message that was found on its way. */
export const key = (topic: string, payload: Bytes.Bytes): string => keyOf(topic, Bytes.toText(payload))

export const topic = (key: string): string => key.slice(0, key.indexOf(separator))

/** The count of the reading behind a message; undefined when it is no reading's. */
export const count = (key: string): number | undefined => {
  const value = Number(key.slice(key.indexOf(separator) + 1))
  return Number.isNaN(value) ? undefined : value
}

/** What a sensor measures at its reading number `n`, if it gives so much. */
export const measurement = (n: number): Measurement => {
  const values = { temperature: n / 100, humidity: n / 100, pressure: n / 100 }
  return values
}

/** The keys of the messages that a reading becomes. */
export const expected = (
  { mqtt, sensors }: DeviceConfig,
  sensor: string,
  { temperature }: Measurement
): ReadonlyArray<string> => {
  const list = sensors.find(({ id }) => id === sensor)?.quantities?.map(({ key }) => key)
  const names = mqtt.publishValues ? ["data", ...(list ?? ["temperature", "humidity"])] : ["data"]
  return names.map((name) => sensor + "/" + name + separator + temperature)
}

/** What a reading says of the moment in which it was taken. */
export interface Moments {
  /** Seconds. */
  readonly uptime: number
  /** Milliseconds since 1970; undefined: it does not say. */
  readonly time: number | undefined
}

/** Undefined for what is no reading's document. */
export const moments = (topic: string, payload: Bytes.Bytes): Moments | undefined => {
  if (!topic.endsWith("/data")) return undefined
  const { time, uptime } = JSON.parse(Bytes.toText(payload)) as { readonly uptime: number; readonly time?: string }
  return { uptime, time: time === undefined ? undefined : Date.parse(time) }
}

/** The key of the document that a reading must become. */
export const document = (sensor: string, { temperature }: Measurement): string =>
  sensor + "/data" + separator + temperature
