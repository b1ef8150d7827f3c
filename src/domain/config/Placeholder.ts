/**
 * `{device_id}` in a device's file stands for the device's own id, and `{mac}` for the MAC address of its board, 12
 * hexadecimal digits: in every text of `mqtt` that names something to the Server, which are the Client Identifier, the user
 * name, and all topics. `{mac}` may also stand in the device's id and its name. Secrets, certificates, and the host are
 * used as they are.
 *
 * A file for many boards is bundled with `{mac}` in it, and each board fills in its own.
 */
import type { Issue } from "./ConfigFault.ts"
import { fixFor, problemOf } from "./ConfigFault.ts"
import type { MqttFile, Values } from "./ConfigFile.ts"
import * as ConfigTable from "./ConfigTable.ts"
import * as ConfigValue from "./ConfigValue.ts"
import type { DeviceConfig, Texts } from "./DeviceConfigFields.ts"

export type { Texts } from "./DeviceConfigFields.ts"

const idPlaceholder = "{device_id}"
const macPlaceholder = "{mac}"

/** As long as any other: what is filled in must fit on each board. */
const anyMac = "000000000000"

type Open = { [property: string]: unknown }

export const isFilledIn = ([key, , kind]: ConfigTable.Row): boolean =>
  kind === "topic" || key === "client_id" || key === "username"

/** Not by `split`: Espruino's returns nothing for a text that is shorter than the separator. */
const replaced = (text: string, placeholder: string, by: string): string => {
  const size = placeholder.length
  let filled = ""
  let from = 0
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    if (text.slice(at, at + size) !== placeholder) continue
    filled += text.slice(from, at) + by
    from = at + size
  }
  return filled + text.slice(from)
}

/** `mac` undefined: it is filled in on the board. */
export const fillMac = (text: string, mac: string | undefined): string =>
  mac === undefined ? text : replaced(text, macPlaceholder, mac)

export const fill = (text: string, deviceId: string, mac?: string): string =>
  fillMac(replaced(text, idPlaceholder, deviceId), mac)

/**
 * Fills in the values read from a file. Returns the texts that had a placeholder, as they are in the file. A value
 * that is not valid any more is reported, and left `undefined` like any other refused one.
 */
export const fillIn = (
  mqtt: Values<MqttFile>,
  deviceId: string | undefined,
  issues: Array<Issue>,
  mac?: string
): Texts => {
  const templates: { [property: string]: string } = {}
  const values: Open = mqtt
  for (const part of ConfigTable.mqttRows) {
    for (const row of part() as ReadonlyArray<ConfigTable.Row>) {
      const [key, property] = row
      const text = isFilledIn(row) ? values[property] : undefined
      if (typeof text !== "string" || deviceId === undefined) continue
      const filled = fill(text, deviceId, mac)
      const whole = fillMac(filled, anyMac)
      if (whole === text) continue
      if (filled !== text) templates[property] = text
      values[property] = filled
      if (ConfigValue.accepts(row, whole)) continue
      issues.push({
        field: "mqtt." + key,
        fix: fixFor(row),
        problem: problemOf(row, whole) + " with device_id filled in"
      })
      values[property] = undefined
    }
  }
  return templates
}

/**
 * The texts of `mqtt` that have a placeholder, as they are in the file. A text that was changed since is left out.
 */
export const templatesOf = ({ deviceId, mqtt }: DeviceConfig, mac: string): Texts => {
  const found: { [property: string]: string } = {}
  const values = mqtt as object as Open
  // A configuration that an older version of the program has stored has none.
  const templates = mqtt.templates ?? {}
  for (const property of Object.keys(templates)) {
    const text = templates[property] as string
    const value = values[property]
    if (fill(text, deviceId) === value || fill(text, deviceId, mac) === value) found[property] = text
  }
  return found
}
