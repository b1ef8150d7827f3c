/**
 * Topics and names that two devices would share, that a device would send to itself, or that mean something else than
 * the user thinks.
 */
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { isFilledIn } from "../../domain/config/Placeholder.ts"
import { level as commandLevel } from "../../domain/wake/obey.ts"
import * as Status from "../../domain/message/Status.ts"
import type { Remark } from "./Remark.ts"
import { nearest } from "./unknownKeys.ts"

type Document = { readonly [key: string]: unknown }

const placeholders = ["device_id", "mac"]

/** Braces that stay as they are. */
export const braces = (mqtt: Document): ReadonlyArray<Remark> =>
  ConfigTable.rowsOf(ConfigTable.mqttRows).filter(isFilledIn).flatMap(([key]): ReadonlyArray<Remark> => {
    const value = mqtt[key]
    if (typeof value !== "string") return []
    const path = "mqtt." + key
    return [...value.matchAll(/\{([^{}]*)\}/g)].filter(([, name]) => !placeholders.includes(name as string)).map(
      ([all, name]) => {
        const meant = nearest(name as string, placeholders)
        return {
          path,
          message: `${path} holds ${all}, which is not filled in: ${
            meant === undefined ? "only {device_id} and {mac} are filled in" : `did you mean {${meant}}?`
          }`
        }
      }
    )
  })

/** What would happen to two devices with the same default. */
const isOn = ({ mqtt }: DeviceConfig): boolean =>
  mqtt.enabled && mqtt.loadConfigFromMqtt && mqtt.topicConfigVersion === ""

/** Defaults that a second device has, too. */
export const shared = (
  config: DeviceConfig,
  document: Document,
  mqtt: Document,
  sensors: Document
): ReadonlyArray<Remark> => {
  if (!config.mqtt.enabled) return []
  const found: Array<Remark> = []
  const missing = (path: string, is: string, then: string, fix: string) =>
    found.push({ path, message: `${path} is missing and so ${is}: ${then}; ${fix}` })
  if (document["device_id"] === undefined) {
    missing("device_id", config.deviceId, "a second device with that name cannot be distinguished from this one",
      "give each device a name of its own")
  }
  if (isOn(config) && mqtt["topic_config"] === undefined) {
    missing("mqtt.topic_config", config.mqtt.topicConfig, "every device with this default takes the same updates",
      `for updates of its own: "${config.mqtt.topicConfig}/{device_id}"`)
  }
  if (config.mqtt.publishStatus && mqtt["topic_data_prefix"] === undefined) {
    missing("mqtt.topic_data_prefix", config.mqtt.topicDataPrefix,
      "the status of a second device with this default replaces this one's",
      `for one of its own: "${config.mqtt.topicDataPrefix}/{device_id}"`)
  }
  // Below a prefix of the device's own, topics differ from those of any other.
  const hasOwnPrefix = /\{(device_id|mac)\}/.test(String(mqtt["topic_data_prefix"]))
  for (const sensor of hasOwnPrefix ? [] : config.sensors) {
    const { id, key = sensor.type } = sensor
    const given = sensors[key]
    if (typeof given !== "object" || given === null || "id" in given) continue
    missing(`sensors.${key}.id`, id, "the readings of a second device without it would go to the same topic",
      "give each sensor an id of its own")
  }
  return found
}

/** Topics that the device writes, each with what it writes there. */
const written = ({ mqtt, sensors }: DeviceConfig): ReadonlyMap<string, string> => {
  const prefix = mqtt.topicDataPrefix
  return new Map([
    [prefix + "/config_status", "its answers to updates"],
    ...(mqtt.topicCommand === "" ? [] : [[prefix + "/" + commandLevel, "its answers to commands"] as const]),
    ...(mqtt.publishStatus ? [[prefix + "/" + Status.level, "what it says of itself"] as const] : []),
    ...sensors.flatMap(({ id, quantities }): ReadonlyArray<readonly [string, string]> => [
      [`${prefix}/${id}/data`, `the readings of ${id}`],
      ...(mqtt.publishValues
        ? (quantities?.map(({ key }) => key) ?? ["temperature", "humidity"]).map((value) =>
          [`${prefix}/${id}/${value}`, `the ${value} of ${id}`] as const
        )
        : [])
    ])
  ])
}

/** Topics that it reads, by their keys. */
const read = ({ mqtt }: DeviceConfig): ReadonlyArray<readonly [key: string, topic: string]> => {
  const config: ReadonlyArray<readonly [string, string]> = mqtt.topicConfigVersion === ""
    ? [["topic_config", mqtt.topicConfig]]
    : [["topic_config_version", mqtt.topicConfigVersion], ["topic_config_data", mqtt.topicConfigData]]
  return [
    ...(mqtt.loadConfigFromMqtt ? config : []),
    ...(mqtt.topicCommand === "" ? [] : [["topic_command", mqtt.topicCommand] as const])
  ]
}

/** A topic with two meanings. */
export const confused = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { mqtt } = config
  if (!mqtt.enabled) return []
  const writes = written(config)
  const reads = read(config)
  const found: Array<Remark> = []
  reads.forEach(([key, topic], index) => {
    const path = "mqtt." + key
    const what = writes.get(topic)
    if (what !== undefined) {
      found.push({
        path,
        message:
          `${path} is ${topic}, where this device writes ${what}: it would read its own messages; give another topic`
      })
    }
    const [other] = reads.slice(0, index).find(([, before]) => before === topic) ?? []
    if (other !== undefined) {
      found.push({
        path,
        message:
          `${path} is ${topic} like mqtt.${other}: a message there would be taken as both; give each a topic of its own`
      })
    }
  })
  return found
}
