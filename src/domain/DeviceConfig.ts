/**
 * The configuration of a device, and the check that turns a device's file into it.
 *
 * A file is judged in two steps: each value by its row in ConfigTable, then the rules between values in ConfigRules. Everything wrong
 * is collected, so that one look at the message mends the file; nothing wrong is ever replaced by a default. Runs on
 * the board, where Schema does not fit; DeviceConfigSchema is its twin for Node.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as ConfigFault from "./ConfigFault.ts"
import type { Issue } from "./ConfigFault.ts"
import * as ConfigRules from "./ConfigRules.ts"
import type { DeviceFile, Interval, MqttFile, SensorEntry, SensorFile } from "./ConfigRules.ts"
import * as ConfigTable from "./ConfigTable.ts"
import type { Report, Values } from "./ConfigTable.ts"
import * as Placeholder from "./Placeholder.ts"

/** Networks to join, the first preferred. `timeout` in seconds. */
export interface Network {
  readonly ssid: string
  readonly password: string
  readonly timeout: number
}

export interface Quantity {
  readonly name: string
  readonly unit: string
}

export interface SensorConfig {
  /** The key in `sensors`: `dht22`, `bme280`, `simulated`: what drives it. */
  readonly type: string
  /** The level in the topic: `<prefix>/<id>/data`. */
  readonly id: string
  readonly name: string
  readonly pin: number
  /** Seconds between two readings; 0: at every wake. */
  readonly interval: number
  readonly temperature: Quantity
  readonly humidity: Quantity
}

/** The reconnect policy of the contract. Intervals in seconds. */
export interface ReconnectPolicy {
  readonly enabled: boolean
  readonly maxAttempts: number
  /** From the start of one of these tries to the start of the next; 0 or none: at once. */
  readonly tryInterval?: number | undefined
  readonly backoffFactor: number
  readonly minInterval: number
  readonly maxInterval: number
  /** The share of a wait, 0 to 1, that chance may take off it. Never adds: four tries a day are a promise. */
  readonly jitter: number
}

/** What must outlive deep sleep so that the policy can go on. `lastAttemptTime` in seconds of the device's clock. */
export interface ReconnectStart {
  readonly attemptCount: number
  readonly lastAttemptTime: number
}

export interface MqttConfig {
  readonly enabled: boolean
  /** Here, in the user name and in the topics `{device_id}` has been filled in. */
  readonly clientId: string
  readonly broker: string
  readonly port: number
  /** Empty: none. */
  readonly username: string
  readonly password: string
  /** Seconds; 0 turns it off. */
  readonly keepAlive: number
  /** Seconds that the Server may take to accept the connection, and for each of its answers. */
  readonly timeout: number
  readonly ssl: boolean
  /** PEM texts (programs on Node also take the name of a file); empty: none. */
  readonly sslCa: string
  readonly sslCert: string
  readonly sslKey: string
  /** True: the Client reconnects by itself. False: a bare Client, one connection. */
  readonly useEsp32Client: boolean
  readonly topicDataPrefix: string
  readonly topicConfig: string
  /** Both set, or both empty: the two-topic form. */
  readonly topicConfigVersion: string
  readonly topicConfigData: string
  /** Where an always-on device takes commands; empty: nowhere. */
  readonly topicCommand: string
  readonly loadConfigFromMqtt: boolean
  /** Updates must be signed with it (`Signature`); empty: they need not be. */
  readonly configSecret: string
  /** Seconds. */
  readonly configWaitTime: number
  readonly publishInterval: number
  /** Also publish plain values at `<prefix>/<id>/temperature` and `/humidity`. */
  readonly publishValues: boolean
  readonly reconnect: ReconnectPolicy
  readonly reconnectStart: ReconnectStart
  readonly outbox: OutboxPolicy
  /** The texts that hold `{device_id}` in the file, by property: an update may change the id. */
  readonly templates: Placeholder.Texts
}

export interface OutboxPolicy {
  /** Messages kept, 1 to 1,000. */
  readonly capacity: number
  readonly whenFull: "drop_oldest" | "keep_newest_per_topic"
}

export interface DeviceConfig {
  readonly deviceId: string
  readonly deviceName: string
  /** Of this document; an update must be newer. */
  readonly version: number
  /** Seconds between wakes: `update_interval`, else `mqtt.publish_interval`. */
  readonly publishInterval: number
  /** False: always on. */
  readonly deepSleep: boolean
  /** Seconds that one wake may last before the board sleeps whatever happens. */
  readonly awakeTimeout: number
  /** Wakes fall on a moment of the interval that is the device's own: `WakePhase`. */
  readonly spreadWakes: boolean
  readonly networks: ReadonlyArray<Network>
  readonly sensors: ReadonlyArray<SensorConfig>
  readonly mqtt: MqttConfig
}

/** The file is wrong. `message` has one line for each issue: `mqtt.port must be a whole number from 1 to 65535, but is 70000`. */
export class InvalidConfig extends Data.TaggedError("InvalidConfig")<{
  readonly issues: ReadonlyArray<Issue>
  readonly message: string
}> {}

/** A configuration that holds, and what was strange but harmless: unknown keys, an interval given twice. */
export interface Checked<T> {
  readonly config: T
  readonly warnings: ReadonlyArray<string>
}

export const invalid = (issues: ReadonlyArray<Issue>): InvalidConfig => {
  const lines: Array<string> = []
  for (const issue of issues) lines.push(issue.field + " must be " + issue.fix + ", but " + issue.problem)
  return new InvalidConfig({ issues, message: lines.join("\n") })
}

/** Gives the values read their final shape. Only for a file without issues. */
const toMqtt = (mqtt: Values<MqttFile>, templates: Placeholder.Texts, publishInterval: number): MqttConfig => {
  const { attemptCount, lastAttemptTime, ...policy } = mqtt.reconnect as ReconnectPolicy & ReconnectStart
  const { updateInterval: _, ...rest } = mqtt as MqttFile
  return {
    ...rest,
    port: rest.port === ConfigTable.absentNumber ? (rest.ssl ? 8883 : 1883) : rest.port,
    publishInterval,
    reconnect: policy,
    reconnectStart: { attemptCount, lastAttemptTime },
    templates
  }
}

/**
 * Checks the dictionary of MQTT settings alone, for a program that has no device file. Fields are named as in the file,
 * `mqtt.port`. `deviceId` is filled in for `{device_id}`.
 */
export const checkMqtt = (input: unknown, deviceId = "esp_sensor"): Result.Result<Checked<MqttConfig>, InvalidConfig> => {
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
  for (const type of Object.keys(input)) {
    entries.push([type, ConfigTable.read<SensorFile>(ConfigTable.sensorRows, input[type], "sensors." + type, report)])
  }
  return entries
}

const toSensor = (type: string, sensor: SensorFile): SensorConfig => {
  const id = sensor.id === ConfigTable.absent ? type : sensor.id
  return {
    type,
    id,
    name: sensor.name === ConfigTable.absent ? id : sensor.name,
    pin: sensor.pin === ConfigTable.absentNumber ? 0 : sensor.pin,
    interval: sensor.interval,
    temperature: sensor.temperature as Quantity,
    humidity: sensor.humidity as Quantity
  }
}

const readNetworks = (device: Values<DeviceFile>, report: Report): ReadonlyArray<Network> => {
  const networks: Array<Network> = []
  const take = (field: string, value: unknown) => {
    if (value !== undefined) networks.push(ConfigTable.read<Network>(ConfigTable.networkRows, value, field, report) as Network)
  }
  take("network", device.network)
  take("network_fallback", device.networkFallback)
  return networks
}

/**
 * Checks a device's file, already parsed from JSON, and fills in every default. Unknown keys are warnings; a wrong value
 * anywhere, `null` included, fails with an `InvalidConfig` that lists them all.
 */
export const check = (input: unknown): Result.Result<Checked<DeviceConfig>, InvalidConfig> => {
  const report: Report = { issues: [], warnings: [] }
  const device = ConfigTable.read<DeviceFile>(ConfigTable.deviceRows, input, "", report)
  const networks = readNetworks(device, report)
  const entries = readSensors(device.sensors, report)
  const mqtt = ConfigTable.read<MqttFile>(ConfigTable.mqttRows, device.mqtt === undefined ? {} : device.mqtt, "mqtt", report)
  const templates = Placeholder.fillIn(mqtt, device.deviceId, report.issues)
  ConfigRules.mqttRules(mqtt, report.issues)
  ConfigRules.sensorRules(entries, mqtt.topicDataPrefix, report.issues)
  ConfigRules.awakeRules(device, mqtt, networks, report.issues)
  if (report.issues.length > 0) return Result.fail(invalid(report.issues))

  const file = device as DeviceFile
  const own: Interval = ["update_interval", file.updateInterval]
  const publishInterval = ConfigRules.pickInterval([own].concat(ConfigRules.mqttIntervals(mqtt)), report.warnings)
  const sensors: Array<SensorConfig> = []
  for (const [type, sensor] of entries) sensors.push(toSensor(type, sensor as SensorFile))
  return Result.succeed({
    config: {
      deviceId: file.deviceId,
      deviceName: file.deviceName === ConfigTable.absent ? file.deviceId : file.deviceName,
      version: file.version,
      publishInterval,
      deepSleep: file.deepSleep,
      awakeTimeout: file.awakeTimeout,
      spreadWakes: file.spreadWakes,
      networks,
      sensors,
      mqtt: toMqtt(mqtt, templates, publishInterval)
    },
    warnings: report.warnings
  })
}
