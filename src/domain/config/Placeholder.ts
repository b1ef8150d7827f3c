/**
 * `{device_id}` in a device's file stands for the device's own id, in every text of `mqtt` that names something to the
 * Server: the Client Identifier, the user name, and all topics. Secrets, certificates, and the host are used as they
 * are.
 */
import type { Issue } from "./ConfigFault.ts"
import { fixFor, problemOf } from "./ConfigFault.ts"
import type { MqttFile, Values } from "./ConfigFile.ts"
import * as ConfigTable from "./ConfigTable.ts"
import * as ConfigValue from "./ConfigValue.ts"
import type { DeviceConfig, Texts } from "./DeviceConfigFields.ts"

export type { Texts } from "./DeviceConfigFields.ts"

const placeholder = "{device_id}"

type Open = { [property: string]: unknown }

export const isFilledIn = ([key, , kind]: ConfigTable.Row): boolean =>
  kind === "topic" || key === "client_id" || key === "username"

/** Not by `split`: Espruino's returns nothing for a text that is shorter than the separator. */
export const fill = (text: string, deviceId: string): string => {
  const size = placeholder.length
  let filled = ""
  let from = 0
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    if (text.slice(at, at + size) !== placeholder) continue
    filled += text.slice(from, at) + deviceId
    from = at + size
  }
  return filled + text.slice(from)
}

/**
 * Fills in the values read from a file. Returns the texts that had the placeholder, as they are in the file. A value
 * that is not valid any more is reported, and left `undefined` like any other refused one.
 */
export const fillIn = (mqtt: Values<MqttFile>, deviceId: string | undefined, issues: Array<Issue>): Texts => {
  const templates: { [property: string]: string } = {}
  const values: Open = mqtt
  for (const part of ConfigTable.mqttRows) {
    for (const row of part() as ReadonlyArray<ConfigTable.Row>) {
      const [key, property] = row
      const text = isFilledIn(row) ? values[property] : undefined
      if (typeof text !== "string" || deviceId === undefined) continue
      const filled = fill(text, deviceId)
      if (filled === text) continue
      templates[property] = text
      values[property] = filled
      if (ConfigValue.accepts(row, filled)) continue
      issues.push({
        field: "mqtt." + key,
        fix: fixFor(row),
        problem: problemOf(row, filled) + " with device_id filled in"
      })
      values[property] = undefined
    }
  }
  return templates
}

/**
 * The texts of `mqtt` that have the placeholder, as they are in the file. A text that was changed since is left out.
 */
export const templatesOf = ({ deviceId, mqtt }: DeviceConfig): Texts => {
  const found: { [property: string]: string } = {}
  const values = mqtt as object as Open
  // A configuration that an older version of the program has stored has none.
  const templates = mqtt.templates ?? {}
  for (const property of Object.keys(templates)) {
    const text = templates[property] as string
    if (fill(text, deviceId) === values[property]) found[property] = text
  }
  return found
}
