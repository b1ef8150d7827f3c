/**
 * What an ESP32 under Espruino can do of a configuration that is right in itself. `check --board` of a board and
 * `bundle` hold a file to it, and a board holds an update to it.
 *
 * The bounds in messages and bytes are what an ESP32-C3, the smallest of them, survives in the configurations of which
 * docs/esp32.md has the figures: `npm run measure -- configurations`.
 */
import type { Issue } from "./ConfigFault.ts"
import { journalBytes } from "./journalBytes.ts"
import type { DeviceConfig } from "./DeviceConfig.ts"
import { quote, utf8Length } from "../bytes/Text.ts"

/** Bytes of a board's journal, in which messages wait for a Server that is away. */
export const maxJournalBytes = journalBytes

/** Sensors where the program is largest: always on, with TLS. */
const fewSensors = 2

/**
 * Bytes of `mqtt.topic_data_prefix`, which is in the topic of each message, and of a sensor's id, which is kept with
 * each.
 */
export const maxPrefixBytes = 200
export const maxIdBytes = 64

/** What Espruino's firmware for ESP32 keeps of a network's name and of its password (jswrap_esp32_network.c). */
const maxSsidBytes = 31
const maxPasswordBytes = 63

/** What drives a sensor on a board. */
export const drivers = ["dht22", "bme280", "simulated"] as const

/** What is wrong with a sensor that nothing drives. */
export const noDriver = "has no driver"

/** Espruino's module that a driver needs, which must lie in the board's Storage. */
export const modules: { readonly [type: string]: string | undefined } = { "dht22": "DHT22", "bme280": "BME280" }

/** What a board has a driver for. */
export type Driver = typeof drivers[number]

export const isDriver = (type: string): type is Driver => (drivers as ReadonlyArray<string>).indexOf(type) >= 0

/** Where a file has its networks, the first preferred. */
export const networkFields = ["network", "network_fallback"] as const

/** Everything in a configuration that a board cannot do. */
export const faults = ({ deepSleep, mqtt, networks, sensors }: DeviceConfig): ReadonlyArray<Issue> => {
  const issues: Array<Issue> = []
  const refuse = (field: string, fix: string, problem: string) =>
    issues.push({ field, fix: fix + " on a board", problem })
  const bounded = (field: string, text: string, most: number, isSecret = false) => {
    const bytes = utf8Length(text)
    if (bytes > most) {
      refuse(field, "at most " + most + " bytes", "has " + bytes + (isSecret ? "" : ": " + quote(text.slice(0, 60))))
    }
  }
  networks.forEach(({ password, ssid }, index) => {
    bounded(networkFields[index] + ".ssid", ssid, maxSsidBytes)
    bounded(networkFields[index] + ".password", password, maxPasswordBytes, true)
  })
  for (const { id, type } of sensors) {
    if (!isDriver(type)) refuse("sensors." + type, "one of " + drivers.join(", "), noDriver)
    bounded("sensors." + type + ".id", id, maxIdBytes)
  }
  if (mqtt.broker.indexOf(":") >= 0) refuse("mqtt.broker", "a host name or an IPv4 address", "is an IPv6 address")
  bounded("mqtt.topic_data_prefix", mqtt.topicDataPrefix, maxPrefixBytes)
  if (!deepSleep && mqtt.ssl && sensors.length > fewSensors) {
    refuse("sensors", "at most " + fewSensors + " with deep_sleep false and mqtt.ssl", "are " + sensors.length)
  }
  if (mqtt.outbox.bytes > maxJournalBytes) {
    refuse("mqtt.outbox.bytes", "at most " + maxJournalBytes, "is " + mqtt.outbox.bytes)
  }
  return issues
}
