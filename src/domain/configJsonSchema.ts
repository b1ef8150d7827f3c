/**
 * The JSON Schema (draft 7, which editors know best) of a device's file, made of the table that the check runs on and of the
 * meanings in configDocs. Not part of the board's program.
 *
 * It says what one value may be, and the two rules between values that a beginner meets first. It refuses nothing that
 * `DeviceConfig.check` accepts: unknown keys pass here as they do there. Texts are limited in bytes there and in
 * characters here, which are never more.
 */
import { configDocs } from "./configDocs.ts"
import * as ConfigTable from "./ConfigTable.ts"

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** No U+0000 (MQTT-1.5.3-2) and none of `characters`, which stand in a class of a regular expression. */
const without = (characters: string, times: string): JsonSchema => ({ pattern: "^[^\\u0000" + characters + "]" + times + "$" })

/** No colon is a name or an IPv4 address, several are an IPv6 address, one would be a port. */
const host = "[^\\u0000\\s/@:]*"

const limits = (least: number | undefined, most: number | undefined): JsonSchema => ({
  ...(least === undefined ? {} : { minimum: least }),
  ...(most === undefined ? {} : { maximum: most })
})

const length = (least = 0, most = 65_535): JsonSchema => ({ ...(least === 0 ? {} : { minLength: least }), maxLength: most })

const valueOf = (row: ConfigTable.Row): JsonSchema => {
  const [, , kind, , least, most] = row
  if (typeof kind !== "string") return { enum: kind }
  switch (kind) {
    case "boolean":
      return { type: "boolean" }
    case "whole":
      return { type: "integer", ...limits(least, most) }
    case "number":
      return { type: "number", ...limits(least, most) }
    case "above":
      return { type: "number", exclusiveMinimum: 0, ...limits(undefined, most) }
    case "host":
      return { type: "string", ...length(least, most), pattern: "^" + host + "(:" + host + "(:" + host + ")+)?$" }
    case "topic":
      return { type: "string", ...length(least, most), ...without("+#", "*") }
    case "level":
      return { type: "string", ...length(least, most), ...without("/+#", "+") }
    default:
      return { type: "string", ...length(least, most), ...without("", "*") }
  }
}

/** The default where a file can hold it; what follows from other values is told in words. */
const defaultOf = (row: ConfigTable.Row, words: string | undefined): JsonSchema => {
  const fallback = row[3]
  const holds = fallback !== undefined && fallback !== ConfigTable.required && fallback !== ConfigTable.absentNumber && JSON.stringify(fallback) === words
  return holds ? { default: fallback } : {}
}

const meaningOf = (path: string, row: ConfigTable.Row): JsonSchema => {
  const docs = configDocs.find(({ key }) => key === path)
  if (docs === undefined) return {}
  const known = defaultOf(row, docs.default)
  const told = "default" in known || docs.default === "required" ? "" : " Default: " + docs.default + "."
  // Backquotes are the README's; editors show a description as it is.
  return { description: (docs.meaning + "." + told).replaceAll("`", ""), ...known }
}

const objectOf = (table: ConfigTable.Rows, path: string, more: JsonSchema = {}): JsonSchema => {
  const properties: { [key: string]: JsonSchema } = {}
  const rows = ConfigTable.rowsOf(table)
  for (const row of rows) {
    const [key, , kind, fallback] = row
    if (kind === "any") continue
    properties[key] = kind === "table" ? objectOf(fallback as ConfigTable.Rows, path + key + ".") : { ...valueOf(row), ...meaningOf(path + key, row) }
  }
  const required = rows.filter((row) => row[3] === ConfigTable.required).map(([key]) => key)
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }), ...more }
}

const sensor = objectOf(ConfigTable.sensorRows, "sensors.<type>.")

/** Where there is something to publish, there is somewhere to publish it to. */
const brokerWhenEnabled: JsonSchema = {
  anyOf: [
    { not: { properties: { enabled: { const: true } }, required: ["enabled"] } },
    { properties: { broker: { minLength: 1 } }, required: ["broker"] }
  ]
}

const device = objectOf(ConfigTable.deviceRows, "")

export const configJsonSchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A Dormouse device",
  description: "The file of one device; keys that are not named here are ignored. Written by dormouse schema.",
  ...device,
  properties: {
    $schema: { type: "string", description: "Where an editor finds this schema; the device ignores it." },
    ...(device["properties"] as JsonSchema),
    network: objectOf(ConfigTable.networkRows, "network.", { description: "The Wi-Fi network to join." }),
    network_fallback: objectOf(ConfigTable.networkRows, "network_fallback.", { description: "The network to join when the first is not there." }),
    sensors: {
      type: "object",
      description: "The sensors, each under the name of what it is: dht22, bme280, or simulated, which needs no hardware.",
      properties: { dht22: { ...sensor, required: ["pin"] }, bme280: { ...sensor, required: ["pin"] }, simulated: sensor },
      additionalProperties: { ...sensor, required: ["pin"] }
    },
    mqtt: objectOf(ConfigTable.mqttRows, "mqtt.", { description: "The Server and what is published there.", ...brokerWhenEnabled })
  }
}

/** As the text of a file. */
export const text: string = JSON.stringify(configJsonSchema, null, 2) + "\n"
