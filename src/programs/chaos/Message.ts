/**
 * What identifies a message of a device under test. Its sensors count: no two readings are the same, so a message is known
 * by its topic and its text, wherever it is met.
 */
import type { MqttConfig } from "../../domain/DeviceConfig.ts"
import type { Measurement } from "../../domain/Reading.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"

const separator = " "

/** Readings are told apart by the count; of anything else by its text. */
export const key = (topic: string, payload: Bytes.Bytes): string => {
  const text = Bytes.toText(payload)
  const count = topic.endsWith("/data") ? /^\{"temperature":([0-9.]+)/.exec(text)?.[1] : undefined
  return topic + separator + (count ?? text)
}

export const topic = (key: string): string => key.slice(0, key.indexOf(separator))

/** The count of the reading behind a message; undefined when it is no reading's. */
export const count = (key: string): number | undefined => {
  const value = Number(key.slice(key.indexOf(separator) + 1))
  return Number.isNaN(value) ? undefined : value
}

/** What a sensor finds at its reading number `n`. */
export const measurement = (n: number): Measurement => ({ temperature: n / 100, humidity: n / 100 })

/** The keys of the messages that a reading must become. */
export const expected = (mqtt: MqttConfig, sensor: string, { temperature }: Measurement): ReadonlyArray<string> => {
  const base = mqtt.topicDataPrefix + "/" + sensor + "/"
  const names = mqtt.publishValues ? ["data", "temperature", "humidity"] : ["data"]
  return names.map((name) => base + name + separator + temperature)
}
