/**
 * The configuration of a device, and the check that turns a device's file into it.
 *
 * A file is checked in two steps: each value by its row in ConfigTable, then the rules between values in ConfigRules.
 * The check reports every mistake at once, and never replaces a wrong value by a default. It runs on the board, where
 * Schema does not fit; DeviceConfigSchema is made from the same table.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { withoutList } from "./BrokerList.ts"
import { batteryOf, batteryRules } from "./batteryOf.ts"
import * as ConfigFault from "./ConfigFault.ts"
import type { Issue } from "./ConfigFault.ts"
import type { DeviceFile, MqttFile, ReconnectFile, SensorFile, Values } from "./ConfigFile.ts"
import * as ConfigRules from "./ConfigRules.ts"
import type { Interval, SensorEntry } from "./ConfigRules.ts"
import * as ConfigTable from "./ConfigTable.ts"
import type { Report } from "./ConfigTable.ts"
import type { BatteryConfig, DeviceConfig, MqttConfig, Network, SensorConfig } from "./DeviceConfigFields.ts"
import * as Placeholder from "./Placeholder.ts"
import * as SensorQuantities from "./SensorQuantities.ts"

export type {
  BatteryConfig,
  DeviceConfig,
  MqttConfig,
  Network,
  OutboxPolicy,
  Quantity,
  ReconnectPolicy,
  ReconnectStart,
  SensorConfig
} from "./DeviceConfigFields.ts"

/**
 * The file is wrong. `message` has one line for each issue:
 * `mqtt.port must be a whole number from 1 to 65535, but is 70000`.
 */
export class InvalidConfig extends Data.TaggedError("InvalidConfig")<{
  readonly issues: ReadonlyArray<Issue>
  readonly message: string
}> {}

/** A valid configuration, and what was strange but harmless: unknown keys, an interval given twice. */
export interface Checked<T> {
  readonly config: T
  readonly warnings: ReadonlyArray<string>
}

export const invalid = (issues: ReadonlyArray<Issue>): InvalidConfig => {
  const lines: Array<string> = []
  for (const issue of issues) lines.push(issue.field + " must be " + issue.fix + ", but " + issue.problem)
  return new InvalidConfig({ issues, message: lines.join("\n") })
}

/** A board's bundle may come without it. */
const single: typeof withoutList | undefined = withoutList

/** Gives the values that were read their final form. Only for a file without issues. */
const toMqtt = (mqtt: Values<MqttFile>, templates: Placeholder.Texts, publishInterval: number): MqttConfig => {
  const { attemptCount, lastAttemptTime, ...policy } = mqtt.reconnect as ReconnectFile
  const { updateInterval: _, ...rest } = mqtt as MqttFile
  const config = {
    ...rest,
    port: rest.port === ConfigTable.absentNumber ? ConfigTable.standardPort(rest.ssl) : rest.port,
    publishInterval,
    reconnect: policy,
    reconnectStart: { attemptCount, lastAttemptTime },
    templates
  }
  return single === undefined ? config : single(config)
}

/**
 * Checks the dictionary of MQTT settings alone, for a program that has no device file. Fields are named as in the file,
 * `mqtt.port`. `deviceId` is filled in for `{device_id}`.
 */
export const checkMqtt = (
  input: unknown,
  deviceId: string = ConfigTable.standardId
): Result.Result<Checked<MqttConfig>, InvalidConfig> => {
  const report: Report = { issues: [], warnings: [] }
  const mqtt = ConfigTable.read<MqttFile>(ConfigTable.mqttRows, input, "mqtt", report)
  const templates = Placeholder.fillIn(mqtt, deviceId, report.issues)
  ConfigRules.mqttRules(mqtt, report.issues)
  if (report.issues.length > 0) return Result.fail(invalid(report.issues))
  const interval = ConfigRules.pickInterval(ConfigRules.mqttIntervals(mqtt), report.warnings)
  return Result.succeed({ config: toMqtt(mqtt, templates, interval), warnings: report.warnings })
}

const readSensors = (input: unknown, report: Report): ReadonlyArray<SensorEntry> => {
  const entries: Array<SensorEntry> = []
  if (input === undefined) return entries
  if (!ConfigTable.isObject(input)) {
    report.issues.push(ConfigFault.notAnObject("sensors", input))
    return entries
  }
  for (const key of Object.keys(input)) {
    const path = "sensors." + key
    const sensor = ConfigTable.read<SensorFile>(ConfigTable.sensorRows, input[key], path, report)
    entries.push([key, sensor, SensorQuantities.read(input[key], path, report)])
  }
  return entries
}

const toSensor = (key: string, file: SensorFile, entry: SensorQuantities.Entry): SensorConfig => {
  const { driver = key, quantities: _, ...sensor } = file
  const id = sensor.id === ConfigTable.absent ? key : sensor.id
  const quantities = SensorQuantities.listOf(driver, key, sensor, entry)
  return {
    ...sensor,
    ...(driver === key ? {} : { key }),
    ...(quantities === undefined ? {} : { quantities }),
    type: driver,
    id,
    name: sensor.name === ConfigTable.absent ? id : sensor.name,
    pin: sensor.pin === ConfigTable.absentNumber ? 0 : sensor.pin
  }
}

const readNetworks = (device: Values<DeviceFile>, report: Report): ReadonlyArray<Network> => {
  const networks: Array<Network> = []
  const take = (field: string, value: unknown) => {
    if (value !== undefined) {
      networks.push(ConfigTable.read<Network>(ConfigTable.networkRows, value, field, report) as Network)
    }
  }
  take("network", device.network)
  take("network_fallback", device.networkFallback)
  return networks
}

/**
 * Checks a device's file, already parsed from JSON, and fills in every default. Unknown keys are warnings; a wrong
 * value anywhere, `null` included, fails with an `InvalidConfig` that lists them all. `mac` is filled in for `{mac}`, 12
 * hexadecimal digits; without it, that is left for a board to do.
 */
export const check = (input: unknown, mac?: string): Result.Result<Checked<DeviceConfig>, InvalidConfig> => {
  const report: Report = { issues: [], warnings: [] }
  const device = ConfigTable.read<DeviceFile>(ConfigTable.deviceRows, input, "", report)
  for (const key of ["deviceId", "deviceName"] as const) {
    const text = device[key]
    if (text !== undefined) device[key] = Placeholder.fillMac(text, mac)
  }
  const battery = batteryOf(device.battery, report)
  const networks = readNetworks(device, report)
  const entries = readSensors(device.sensors, report)
  const mqtt = ConfigTable.read<MqttFile>(ConfigTable.mqttRows, device.mqtt === undefined ? {} : device.mqtt, "mqtt",
    report)
  const templates = Placeholder.fillIn(mqtt, device.deviceId, report.issues, mac)
  ConfigRules.mqttRules(mqtt, report.issues)
  ConfigRules.sensorRules(entries, mqtt.topicDataPrefix, report.issues)
  ConfigRules.awakeRules(device, mqtt, networks, report.issues)
  batteryRules(device.battery, battery, report.issues)
  if (report.issues.length > 0) return Result.fail(invalid(report.issues))

  const file = device as DeviceFile
  const {
    battery: _battery,
    deviceName,
    mqtt: _mqtt,
    network: _network,
    networkFallback: _fallback,
    sensors: _sensors,
    updateInterval,
    ...rest
  } = file
  const own: Interval = ["update_interval", updateInterval]
  const publishInterval = ConfigRules.pickInterval([own].concat(ConfigRules.mqttIntervals(mqtt)), report.warnings)
  const sensors: Array<SensorConfig> = []
  for (const [key, sensor, entry] of entries) sensors.push(toSensor(key, sensor as SensorFile, entry))
  return Result.succeed({
    config: {
      ...rest,
      deviceName: deviceName === ConfigTable.absent ? rest.deviceId : deviceName,
      publishInterval,
      networks,
      ...(battery === undefined ? {} : { battery: battery as BatteryConfig }),
      sensors,
      mqtt: toMqtt(mqtt, templates, publishInterval)
    },
    warnings: report.warnings
  })
}
