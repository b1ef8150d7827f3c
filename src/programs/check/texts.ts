/**
 * Texts that are valid but that nobody means: white space from copying, topics with empty levels, or topics of the
 * Server itself.
 */
import * as BoardRules from "../../domain/config/BoardRules.ts"
import { addressesOf } from "../../domain/config/BrokerList.ts"
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { Remark } from "./Remark.ts"

/** Texts that are compared as they are, by their paths. */
const compared = ({ mqtt, networks, sensors }: DeviceConfig): ReadonlyArray<readonly [path: string, text: string]> => [
  ...networks.flatMap(({ password, ssid }, index) =>
    [[BoardRules.networkFields[index] + ".ssid", ssid], [BoardRules.networkFields[index] + ".password",
      password]] as const
  ),
  ...sensors.map((sensor) => [BoardRules.pathOf(sensor) + ".id", sensor.id] as const),
  ...addressesOf(mqtt).map(({ host }) => ["mqtt.broker", host] as const),
  ["mqtt.client_id", mqtt.clientId],
  ["mqtt.username", mqtt.username],
  ["mqtt.password", mqtt.password],
  ["mqtt.config_secret", mqtt.configSecret]
]

const topics = ({ mqtt }: DeviceConfig): ReadonlyArray<readonly [path: string, topic: string]> => {
  const values: { readonly [property: string]: unknown } = { ...mqtt }
  return ConfigTable.rowsOf(ConfigTable.mqttRows).filter(([, , kind]) => kind === "topic")
    .map(([key, property]) => ["mqtt." + key, values[property] as string])
}

const blanks = (texts: ReadonlyArray<readonly [path: string, text: string]>): ReadonlyArray<Remark> =>
  texts.filter(([, text]) => text !== text.trim()).map(([path]) => ({
    path,
    message: `${path} begins or ends with white space, which counts; take it out unless it is meant`
  }))

/** A slash at the beginning is the default of this family of devices, so it is no mistake. */
const emptyLevel = ([path, topic]: readonly [path: string, topic: string]): ReadonlyArray<Remark> => {
  if (!topic.includes("//") && !(topic.length > 1 && topic.endsWith("/"))) return []
  const fixed = topic.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1")
  return [{
    path,
    message:
      `${path} is ${topic}, which has an empty level: who subscribes to ${fixed} gets none of its messages; write ${fixed}`
  }]
}

/** AWS takes data below `$aws`; no other Server takes any. */
const reserved = ([path, topic]: readonly [path: string, topic: string]): ReadonlyArray<Remark> =>
  topic.startsWith("$") && !topic.startsWith("$aws/")
    ? [{
      path,
      message:
        `${path} is ${topic}: topics that begin with $ are the Server's own, and most Servers drop what a device publishes there; choose another`
    }]
    : []

export const texts = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const all = topics(config)
  return [...blanks([...compared(config), ...all]), ...all.flatMap(emptyLevel), ...all.flatMap(reserved)]
}
