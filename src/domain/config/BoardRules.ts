/**
 * What an ESP32 with Espruino can do of a configuration that is valid in itself. `check --board` and `bundle` apply
 * these rules to a file, and a board applies them to an update.
 *
 * The limits in messages and bytes are those that an ESP32-C3, the smallest board, has memory for in the configurations
 * of docs/esp32.md: `npm run measure -- configurations`.
 */
import type { Issue } from "./ConfigFault.ts"
import { lacksPin } from "./batteryOf.ts"
import { addressesOf } from "./BrokerList.ts"
import { journalBytes } from "./journalBytes.ts"
import type { DeviceConfig, SensorConfig } from "./DeviceConfig.ts"
import * as DriverLookup from "./DriverLookup.ts"
import { quote, utf8Length } from "../bytes/Text.ts"

/** A board's bundle may come without them. */
const lacks: typeof lacksPin | undefined = lacksPin
const addresses: typeof addressesOf | undefined = addressesOf

/** Bytes of a board's journal, in which messages wait for a Server that is away. */
export const maxJournalBytes = journalBytes

/** Sensors of a board whose program is the largest: always on, with TLS. */
const fewSensors = 2

/**
 * Bytes of `mqtt.topic_data_prefix`, which is in the topic of each message, and of a sensor's id, which is stored with
 * each message.
 */
export const maxPrefixBytes = 200
export const maxIdBytes = 64

/**
 * How many bytes Espruino's firmware for ESP32 keeps of a network's name and of its password (jswrap_esp32_network.c).
 */
const maxSsidBytes = 31
const maxPasswordBytes = 63

/** What is wrong with a sensor that has no driver. */
export const noDriver = "has no driver"

/** Espruino's module that a sensor needs, which must be in the board's Storage; undefined: none. */
export const moduleOf = ({ module, type }: SensorConfig): string | undefined => module ?? DriverLookup.moduleOf(type)

/** The place of a sensor in the file. */
export const pathOf = ({ key, type }: Pick<SensorConfig, "key" | "type">): string => "sensors." + (key ?? type)

/** The keys of the networks in a file, the preferred one first. */
export const networkFields = ["network", "network_fallback"] as const

/** Everything in a configuration that a board cannot do. */
export const faults = ({ battery, deepSleep, mqtt, networks, sensors, time }: DeviceConfig): ReadonlyArray<Issue> => {
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
  for (const sensor of sensors) {
    const path = pathOf(sensor)
    if (!DriverLookup.isDriver(sensor.type)) refuse(path, "one of " + DriverLookup.names.join(", "), noDriver)
    bounded(path + ".id", sensor.id, maxIdBytes)
  }
  if (lacks !== undefined && lacks(battery)) {
    refuse("battery.pin", "given", "is missing: battery.command is for other machines")
  }
  const hasIpv6 = addresses === undefined ? (mqtt.broker as string).indexOf(":") >= 0
    : addresses(mqtt).some(({ host }) => host.indexOf(":") >= 0)
  if (hasIpv6) refuse("mqtt.broker", "a host name or an IPv4 address", "is an IPv6 address")
  if (time.server.indexOf(":") >= 0) refuse("time.server", "a host name or an IPv4 address", "is an IPv6 address")
  bounded("mqtt.topic_data_prefix", mqtt.topicDataPrefix, maxPrefixBytes)
  if (!deepSleep && mqtt.ssl && sensors.length > fewSensors) {
    refuse("sensors", "at most " + fewSensors + " with deep_sleep false and mqtt.ssl", "are " + sensors.length)
  }
  if (mqtt.outbox.bytes > maxJournalBytes) {
    refuse("mqtt.outbox.bytes", "at most " + maxJournalBytes, "is " + mqtt.outbox.bytes)
  }
  return issues
}
