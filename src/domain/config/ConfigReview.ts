/**
 * Whether a newer configuration is valid after it is merged into the present one.
 *
 * No reason shows any of the document's text except what `DeviceConfig.check` shows.
 */
import * as Result from "effect/Result"
import * as Ability from "./Ability.ts"
import * as ConfigFault from "./ConfigFault.ts"
import * as ConfigTable from "./ConfigTable.ts"
import * as ConfigValue from "./ConfigValue.ts"
import { type ConfigUpdate, documentTopic } from "./ConfigUpdateFields.ts"
import { contentsOf } from "./Contents.ts"
import type { DeviceConfig, MqttConfig, SensorConfig } from "./DeviceConfig.ts"
import { check } from "./DeviceConfig.ts"
import { isPresent } from "./isPresent.ts"
import * as Machine from "./Machine.ts"
import * as Placeholder from "./Placeholder.ts"
import * as Signature from "./Signature.ts"
import * as UpdateLimits from "./UpdateLimits.ts"

/** A file parsed from JSON. */
export interface Document {
  readonly [key: string]: unknown
}

export type Verdict =
  /** Changes nothing: the version is not newer. */
  | { readonly _tag: "Unchanged"; readonly version: number; readonly age: "equal" | "older"; readonly reason: string }
  /** `document` is the whole file that the update results in, and `config` what the check made of it. */
  | {
    readonly _tag: "Accepted"
    readonly version: number
    readonly document: Document
    readonly config: DeviceConfig
    readonly warnings: ReadonlyArray<string>
  }
  /** `version` is the refused one, if it could be read. */
  | { readonly _tag: "Refused"; readonly version: number | undefined; readonly reason: string }

const laidOver = (present: Document, update: Document): { [key: string]: unknown } => {
  const merged: { [key: string]: unknown } = {}
  for (const part of [present, update]) {
    // Assigning to __proto__ would not make a key.
    for (const key of Object.keys(part)) if (key !== "__proto__") merged[key] = part[key]
  }
  return merged
}

const without = (document: Document, keys: ReadonlyArray<string>): Document => {
  const rest: { [key: string]: unknown } = {}
  for (const key of Object.keys(document)) if (keys.indexOf(key) < 0) rest[key] = document[key]
  return rest
}

const asDocument = (value: unknown): Document => ConfigTable.isObject(value) ? value : {}

/**
 * The update merged into the present file. A key in the update replaces the key of the file, and a key that it leaves
 * out keeps its value. This holds at the top and inside `mqtt`, so that broker, password, and networks are kept.
 * Everything deeper is replaced as a whole: an update with `sensors` must name all of them. The keys of the interval
 * are one setting: giving one of them replaces the others.
 */
export const merge = (present: Document, update: Document): Document => {
  const given = asDocument(update["mqtt"])
  let base = present
  let mqtt = asDocument(present["mqtt"])
  if (
    update["update_interval"] !== undefined || given["update_interval"] !== undefined ||
    given["publish_interval"] !== undefined
  ) {
    base = without(base, ["update_interval"])
    mqtt = without(mqtt, ["update_interval", "publish_interval"])
  }
  const merged = laidOver(base, update)
  if (update["mqtt"] === undefined || ConfigTable.isObject(update["mqtt"])) merged["mqtt"] = laidOver(mqtt, given)
  return merged
}

/** A sensor's entry in the file. */
const toEntry = (sensor: SensorConfig): Document => {
  const entry = ConfigTable.write(ConfigTable.sensorRows, sensor)
  if (sensor.key !== undefined) entry["driver"] = sensor.type
  if (sensor.quantities === undefined) return entry
  const quantities: { [key: string]: unknown } = {}
  const names: Array<string> = []
  for (const quantity of sensor.quantities) {
    const { key } = quantity
    names.push(key)
    if (key !== "temperature" && key !== "humidity") {
      quantities[key] = ConfigTable.write(ConfigTable.quantityRows, quantity)
    }
  }
  // The file of such a sensor says by these keys what it gives.
  const isOwn = ["module", "script", "command"].indexOf(sensor.type) >= 0
  const others = isOwn ? ["temperature", "humidity"].filter((key) => names.indexOf(key) < 0) : []
  return { ...without(entry, others), quantities }
}

/** The file that `DeviceConfig.check` turns into `config`, without the reconnect state. */
export const toDocument = (config: DeviceConfig): Document => {
  const document = ConfigTable.write(ConfigTable.deviceRows, config)
  const mqtt = ConfigTable.write(ConfigTable.mqttRows, {
    ...config.mqtt,
    ...Placeholder.templatesOf(config, Machine.mac())
  })
  // If the port followed from `ssl`, it still does.
  if (config.mqtt.port === ConfigTable.standardPort(config.mqtt.ssl)) delete mqtt["port"]
  const sensors: { [type: string]: unknown } = {}
  for (const sensor of config.sensors) sensors[sensor.key ?? sensor.type] = toEntry(sensor)
  const [first, second] = config.networks
  if (first !== undefined) document["network"] = ConfigTable.write(ConfigTable.networkRows, first)
  if (second !== undefined) document["network_fallback"] = ConfigTable.write(ConfigTable.networkRows, second)
  if (config.battery !== undefined) document["battery"] = ConfigTable.write(ConfigTable.batteryRows, config.battery)
  document["sensors"] = sensors
  document["mqtt"] = mqtt
  return document
}

const begins = (text: string, start: string): boolean => text.slice(0, start.length) === start

/** A board has no files in which to find a certificate. */
const pemFault = (mqtt: MqttConfig): string | undefined => {
  const values = mqtt as object as { readonly [property: string]: unknown }
  for (const part of ConfigTable.mqttRows) {
    for (const row of part() as ReadonlyArray<ConfigTable.Row>) {
      const [key, property] = row
      const text = ConfigTable.isPem(row) ? values[property] as string : ""
      if (text !== "" && !begins(text, "-----BEGIN")) {
        return "mqtt." + key + " must be a PEM text in an update, but is something else"
      }
    }
  }
  return undefined
}

const versionRow = ConfigTable.versionRows[0]()[0]

const isVersion = (value: unknown): value is number => ConfigValue.accepts(versionRow, value)

const versions = () => ConfigFault.fixFor(versionRow)

const refused = (reason: string, version?: number): Verdict => ({ _tag: "Refused", version, reason })

const unchanged = (version: number, present: number): Verdict =>
  version === present
    ? { _tag: "Unchanged", version, age: "equal", reason: isPresent(version) }
    : {
      _tag: "Unchanged",
      version,
      age: "older",
      reason: "version " + version + " is older than the present version " + present
    }

const laid = (present: DeviceConfig | undefined, document: Document, version: number): Verdict => {
  const merged = present === undefined ? document : merge(toDocument(present), document)
  const checked = check(merged, Machine.mac())
  if (Result.isFailure(checked)) return refused(checked.failure.message, version)
  const { config, warnings } = checked.success
  // Otherwise whoever may change it needs no signature the next time, or locks the owner out.
  if (present !== undefined && config.mqtt.configSecret !== present.mqtt.configSecret) {
    return refused("mqtt.config_secret must be left out of an update: only the device's own file can change it",
      version)
  }
  const fault = pemFault(config.mqtt)
  if (fault !== undefined) return refused(fault, version)
  const inability = Ability.inability(config)
  if (inability !== undefined) return refused(inability, version)
  return { _tag: "Accepted", version, document: merged, config, warnings }
}

/** Judges what has arrived, when no more messages are expected. */
export const review = (update: ConfigUpdate): Verdict => {
  const { mqtt, version: present } = update
  const text = update.document ?? ""
  const topic = documentTopic(mqtt)
  // This is checked first: even the check of the signature takes memory.
  const unread = UpdateLimits.textFault(topic, text) ?? Ability.lack(text)
  if (unread !== undefined) return refused(unread)
  const contents = contentsOf(update)
  let announced: number | undefined
  if (mqtt.topicConfigVersion !== "") {
    const number = contents.announced
    if (!isVersion(number)) {
      return refused(mqtt.topicConfigVersion + " must hold " + versions() + ", but holds something else")
    }
    if (number <= present) return unchanged(number, present)
    announced = number
  }
  const forged = Signature.fault(mqtt.configSecret, text)
  if (forged !== undefined) return refused(forged, announced)
  const { document } = contents
  if (document === undefined) return refused(topic + " must hold JSON, but holds something else", announced)
  if (!ConfigTable.isObject(document)) {
    return refused(topic + " must hold a JSON object, but holds another value", announced)
  }
  const version = document["version"]
  if (version === undefined) {
    return refused("version must be given, one higher than " + present + ", but is missing", announced)
  }
  if (!isVersion(version)) return refused("version must be " + versions() + ", but is something else", announced)
  if (announced !== undefined && version !== announced) {
    return refused("version must be " + announced + " as announced, but is " + version, announced)
  }
  if (version <= present) return unchanged(version, present)
  const excess = UpdateLimits.fault(document)
  return excess === undefined ? laid(update.present, document, version) : refused(excess, version)
}
