/**
 * The rules between values of a device's file, for values that ConfigTable has read.
 *
 * A value that was refused already is `undefined` here, and no rule reports it again: one mistake, one line.
 */
import * as Result from "effect/Result"
import * as ConfigFault from "./ConfigFault.ts"
import type { Issue } from "./ConfigFault.ts"
import type { DeviceFile, MqttFile, SensorFile, Values } from "./ConfigFile.ts"
import * as ConfigTable from "./ConfigTable.ts"
import * as ConfigValue from "./ConfigValue.ts"
import type { Network } from "./DeviceConfigFields.ts"
import * as SensorQuantities from "./SensorQuantities.ts"
import { twiceIn } from "./BrokerList.ts"
import { quote } from "../bytes/Text.ts"
import * as Topic from "../packet/Topic.ts"

/** A sensor together with its key in the file, and with its quantities. */
export type SensorEntry = readonly [key: string, sensor: Values<SensorFile>, entry: SensorQuantities.Entry]

/** A board's bundle may come without it. */
const twice: typeof twiceIn | undefined = twiceIn

export const mqttRules = (mqtt: Values<MqttFile>, issues: Array<Issue>): void => {
  const refuse = (key: string, fix: string, problem: string) => issues.push({ field: "mqtt." + key, fix, problem })
  if (mqtt.enabled === true && mqtt.broker === "") {
    refuse("broker", "a host name or address while mqtt.enabled is true", "is empty")
  }
  if (twice !== undefined) {
    const same = twice(mqtt)
    if (same !== undefined) refuse("broker", "a list in which each Server is once", "has " + same + " twice")
  }
  if (mqtt.username === "" && mqtt.password) refuse("password", "empty without mqtt.username", "is given")
  if (mqtt.sslCert === "" && mqtt.sslKey) refuse("ssl_cert", "given together with mqtt.ssl_key", "is empty")
  if (mqtt.sslKey === "" && mqtt.sslCert) refuse("ssl_key", "given together with mqtt.ssl_cert", "is empty")
  const version = mqtt.topicConfigVersion
  const data = mqtt.topicConfigData
  if (version === "" && data) refuse("topic_config_version", "given together with mqtt.topic_config_data", "is empty")
  if (data === "" && version) refuse("topic_config_data", "given together with mqtt.topic_config_version", "is empty")
  if (data && data === version) {
    refuse("topic_config_data", "another topic than mqtt.topic_config_version", "is the same")
  }
  const least = mqtt.reconnect?.minInterval
  const most = mqtt.reconnect?.maxInterval
  if (least !== undefined && most !== undefined && most < least) {
    refuse("reconnect.max_interval", "at least mqtt.reconnect.min_interval (" + least + ")", "is " + most)
  }
  const apart = mqtt.reconnect?.tryInterval
  if (least !== undefined && apart !== undefined && apart > least) {
    refuse("reconnect.try_interval", "at most mqtt.reconnect.min_interval (" + least + ")", "is " + apart)
  }
}

/**
 * What must fit into the time that a wake may last. The tries must. The time for joining a network is no reason to
 * refuse a file, because joining is seldom slow, but the numbers in the fix leave room for it.
 */
export const awakeRules = (
  device: Values<DeviceFile>,
  mqtt: Values<MqttFile>,
  networks: ReadonlyArray<Network>,
  issues: Array<Issue>
): void => {
  const { awakeTimeout: awake, deepSleep } = device
  const { reconnect, timeout } = mqtt
  if (awake === undefined || timeout === undefined) return
  if (timeout > awake && timeout !== ConfigTable.standardTimeout) {
    issues.push({
      field: "mqtt.timeout",
      fix: "at most awake_timeout (" + awake + "); or raise awake_timeout",
      problem: "is " + timeout
    })
  }
  const attempts = reconnect?.maxAttempts
  const apart = reconnect?.tryInterval
  if (!deepSleep || reconnect?.enabled === false || attempts === undefined || !apart) return
  const needed = (attempts - 1) * apart + timeout
  if (needed <= awake) return
  let joining = 0
  for (const network of networks) if (network.timeout > 0) joining += network.timeout
  const most = Math.floor((awake - timeout - joining) / (attempts - 1))
  const fix = (most >= 1 ? "at most " + most : "0") + ", or awake_timeout at least " + Math.ceil(needed + joining)
  const tries = attempts + " tries" + (joining > 0 ? ", joining a network (" + joining + ")" : "") +
    " and mqtt.timeout (" + timeout + ")"
  issues.push({
    field: "mqtt.reconnect.try_interval",
    fix,
    problem: "is " + apart + ", and " + tries + " take longer than awake_timeout (" + awake + ")"
  })
}

export type Interval = readonly [field: string, value: number | undefined]

/** If there are several keys for the interval, the first given one wins; others with another value cause a warning. */
export const pickInterval = (candidates: ReadonlyArray<Interval>, warnings: Array<string>): number => {
  let winner: Interval | undefined
  for (const candidate of candidates) {
    const [field, value] = candidate
    if (value === ConfigTable.absentNumber) continue
    if (winner === undefined) winner = candidate
    else if (winner[1] !== value) {
      warnings.push(field + " (" + value + ") is ignored: " + winner[0] + " (" + winner[1] + ") wins")
    }
  }
  return winner === undefined ? ConfigTable.standardInterval : winner[1] as number
}

export const mqttIntervals = (mqtt: Values<MqttFile>): ReadonlyArray<Interval> => [
  ["mqtt.update_interval", mqtt.updateInterval],
  ["mqtt.publish_interval", mqtt.publishInterval]
]

const longestEnding = "/temperature"

/** Those have no pin of their own, or choose it themselves. */
const pinless = ["simulated", "module", "script", "command"]

export const needsPin = (driver: string): boolean => pinless.indexOf(driver) < 0

type Refuse = (key: string, fix: string, problem: string) => void

const thresholds = (
  quantity: string,
  limits: { readonly above?: number | undefined; readonly below?: number | undefined } | undefined,
  refuse: Refuse
): void => {
  const { above, below } = limits ?? {}
  if (above === undefined || below === undefined || below < above) return
  refuse(quantity + ".below", "less than " + quantity + ".above (" + above + ")", "is " + below)
}

export const sensorRules = (
  sensors: ReadonlyArray<SensorEntry>,
  prefix: string | undefined,
  issues: Array<Issue>
): void => {
  const ids: Array<string> = []
  for (const [name, sensor, entry] of sensors) {
    const refuse: Refuse = (key, fix, problem) =>
      void issues.push({ field: "sensors." + name + "." + key, fix, problem })
    if (sensor.pin === ConfigTable.absentNumber && needsPin(sensor.driver ?? name)) {
      refuse("pin", "a whole number of at least 0", "is missing")
    }
    for (const key of ["temperature", "humidity"] as const) {
      const found = sensor[key]
      thresholds(key, found, refuse)
      if (found !== undefined) SensorQuantities.calibrationRules("sensors." + name + "." + key, found, issues)
    }
    for (const quantity of entry.quantities) thresholds("quantities." + quantity.key, quantity, refuse)
    SensorQuantities.rules(entry, "sensors." + name, issues)
    const id = sensor.id === ConfigTable.absent ? name : sensor.id
    if (id === undefined) continue
    if (!ConfigValue.isLevel(id)) refuse("id", ConfigFault.levelFix, "is " + quote(id) + ", the sensor's key")
    else if (ids.indexOf(id) >= 0) refuse("id", "an id of its own", "is " + quote(id) + " like another sensor's")
    else if (prefix !== undefined && Result.isFailure(Topic.name(prefix + "/" + id + longestEnding))) {
      refuse("id", "short enough for a Topic Name after mqtt.topic_data_prefix", "is too long")
    }
    ids.push(id)
  }
}
