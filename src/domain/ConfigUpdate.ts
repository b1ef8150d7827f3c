/**
 * What has arrived of a new configuration, and what is to be done about it.
 *
 * Messages come in any order, so `receive` only keeps the newest of each topic and `outcome` judges what is there.
 * In the two-topic form the number is the word of the Server and the document must bear it. A new file is laid over the
 * present one (`merge`), so that an update which leaves out the network or the password does not cut the device off.
 * No reason shows any of the document's text: it may hold passwords, and reasons are published.
 */
import * as Result from "effect/Result"
import * as ConfigTable from "./ConfigTable.ts"
import type { DeviceConfig, MqttConfig } from "./DeviceConfig.ts"
import { check } from "./DeviceConfig.ts"
import * as Bytes from "./packet/Bytes.ts"
import type { TopicFilter } from "./Topic.ts"

export interface ConfigUpdate {
  readonly mqtt: MqttConfig
  /** The version in use. */
  readonly version: number
  /** What an update is laid over. */
  readonly present: DeviceConfig | undefined
  /** The text on the version's topic; undefined until it arrives, always so in the one-topic form. */
  readonly announced: string | undefined
  readonly document: string | undefined
}

export type Outcome =
  | { readonly _tag: "Waiting" }
  /** `document` is the text to store: complete, and accepted by `DeviceConfig.check`. */
  | {
    readonly _tag: "Accepted"
    readonly version: number
    readonly document: string
    readonly config: DeviceConfig
    readonly warnings: ReadonlyArray<string>
  }
  | { readonly _tag: "Unchanged"; readonly version: number; readonly age: "equal" | "older"; readonly reason: string }
  /** `version` is the one refused, where it could be read. */
  | { readonly _tag: "Refused"; readonly version: number | undefined; readonly reason: string }

/** A file parsed from JSON. */
export interface Document {
  readonly [key: string]: unknown
}

/** Nothing has arrived. Without `present` an update must be a complete file. */
export const begin = (mqtt: MqttConfig, version: number, present?: DeviceConfig): ConfigUpdate => ({
  mqtt,
  version,
  present,
  announced: undefined,
  document: undefined
})

const hasTwoTopics = (mqtt: MqttConfig): boolean => mqtt.topicConfigVersion !== ""

const documentTopic = (mqtt: MqttConfig): string => hasTwoTopics(mqtt) ? mqtt.topicConfigData : mqtt.topicConfig

/** What to subscribe to: one topic or, where both are configured, the number's and the document's. */
export const topics = (mqtt: MqttConfig): ReadonlyArray<TopicFilter> => {
  if (!mqtt.enabled || !mqtt.loadConfigFromMqtt) return []
  // Checked with the configuration; a Topic Name is a Topic Filter too.
  const names = hasTwoTopics(mqtt) ? [mqtt.topicConfigVersion, mqtt.topicConfigData] : [mqtt.topicConfig]
  return names as ReadonlyArray<string> as ReadonlyArray<TopicFilter>
}

/** Takes a message. Other topics change nothing, nor does an empty payload: that is how a retained message is removed. */
export const receive = (
  update: ConfigUpdate,
  message: { readonly topic: string; readonly payload: Bytes.Bytes }
): ConfigUpdate => {
  if (Bytes.length(message.payload) === 0) return update
  if (hasTwoTopics(update.mqtt) && message.topic === update.mqtt.topicConfigVersion) {
    return { ...update, announced: Bytes.toText(message.payload) }
  }
  return message.topic === documentTopic(update.mqtt) ? { ...update, document: Bytes.toText(message.payload) } : update
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isVersion = (value: unknown): value is number =>
  typeof value === "number" && isFinite(value) && value >= 0 && Math.floor(value) === value

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
 * The update laid over the present file. A key that the update names is the update's, one that it leaves out stays: at the
 * top and inside `mqtt`, so that broker, password, and networks survive. Everything deeper is replaced as a whole: an
 * update that names `sensors` names all of them. The keys of the interval are one setting: naming one replaces the others.
 */
export const merge = (present: Document, update: Document): Document => {
  const given = asDocument(update["mqtt"])
  let base = present
  let mqtt = asDocument(present["mqtt"])
  if (update["update_interval"] !== undefined || given["update_interval"] !== undefined || given["publish_interval"] !== undefined) {
    base = without(base, ["update_interval"])
    mqtt = without(mqtt, ["update_interval", "publish_interval"])
  }
  const merged = laidOver(base, update)
  if (update["mqtt"] === undefined || ConfigTable.isObject(update["mqtt"])) merged["mqtt"] = laidOver(mqtt, given)
  return merged
}

/** The file that `DeviceConfig.check` turns into `config`, `{device_id}` filled in and without the reconnect state. */
export const toDocument = (config: DeviceConfig): Document => {
  const document = ConfigTable.write(ConfigTable.deviceRows, config)
  const mqtt = ConfigTable.write(ConfigTable.mqttRows, config.mqtt)
  // A port that followed from `ssl` goes on following it.
  if (config.mqtt.port === (config.mqtt.ssl ? 8883 : 1883)) delete mqtt["port"]
  const sensors: { [type: string]: unknown } = {}
  for (const sensor of config.sensors) sensors[sensor.type] = ConfigTable.write(ConfigTable.sensorRows, sensor)
  const [first, second] = config.networks
  if (first !== undefined) document["network"] = ConfigTable.write(ConfigTable.networkRows, first)
  if (second !== undefined) document["network_fallback"] = ConfigTable.write(ConfigTable.networkRows, second)
  document["sensors"] = sensors
  document["mqtt"] = mqtt
  return document
}

const refused = (reason: string, version?: number): Outcome => ({ _tag: "Refused", version, reason })

const unchanged = (version: number, present: number): Outcome =>
  version === present
    ? { _tag: "Unchanged", version, age: "equal", reason: "version " + version + " is the present version" }
    : { _tag: "Unchanged", version, age: "older", reason: "version " + version + " is older than the present version " + present }

const begins = (text: string, start: string): boolean => text.slice(0, start.length) === start

/** A board has no files to look a certificate up in. */
const pemFault = (mqtt: MqttConfig): string | undefined => {
  const texts = [["ssl_ca", mqtt.sslCa], ["ssl_cert", mqtt.sslCert], ["ssl_key", mqtt.sslKey]] as const
  for (const [key, text] of texts) {
    if (text !== "" && !begins(text, "-----BEGIN")) return "mqtt." + key + " must be a PEM text in an update, but is something else"
  }
  return undefined
}

const judge = (update: ConfigUpdate, document: Document, version: number): Outcome => {
  const merged = update.present === undefined ? document : merge(toDocument(update.present), document)
  const checked = check(merged)
  if (Result.isFailure(checked)) return refused(checked.failure.message, version)
  const { config, warnings } = checked.success
  const fault = pemFault(config.mqtt)
  if (fault !== undefined) return refused(fault, version)
  return { _tag: "Accepted", version, document: JSON.stringify(merged), config, warnings }
}

/** What to do with what has arrived so far. A later message may change the answer: a document that came too early, say. */
export const outcome = (update: ConfigUpdate): Outcome => {
  const topic = documentTopic(update.mqtt)
  let announced: number | undefined
  if (hasTwoTopics(update.mqtt)) {
    if (update.announced === undefined) return { _tag: "Waiting" }
    const number = parse(update.announced)
    if (!isVersion(number)) return refused(update.mqtt.topicConfigVersion + " must hold a whole number of at least 0, but holds something else")
    if (number <= update.version) return unchanged(number, update.version)
    announced = number
  }
  if (update.document === undefined) return { _tag: "Waiting" }
  const document = parse(update.document)
  if (document === undefined) return refused(topic + " must hold JSON, but holds something else", announced)
  if (!ConfigTable.isObject(document)) return refused(topic + " must hold a JSON object, but holds another value", announced)
  const version = document["version"]
  if (version === undefined) return refused("version must be given, one higher than " + update.version + ", but is missing", announced)
  if (!isVersion(version)) return refused("version must be a whole number of at least 0, but is something else", announced)
  if (announced !== undefined && version !== announced) {
    return refused("version must be " + announced + " as announced, but is " + version, announced)
  }
  return version <= update.version ? unchanged(version, update.version) : judge(update, document, version)
}

/** The text for `<prefix>/config_status`: `{"version":3,"status":"accepted"}`; with a `reason` unless accepted. Undefined while waiting. */
export const status = (result: Outcome): string | undefined => {
  switch (result._tag) {
    case "Waiting":
      return undefined
    case "Accepted":
      return JSON.stringify({ version: result.version, status: "accepted" })
    case "Unchanged":
      return JSON.stringify({ version: result.version, status: "unchanged", reason: result.reason })
    case "Refused":
      return JSON.stringify({ version: result.version, status: "refused", reason: result.reason })
  }
}
