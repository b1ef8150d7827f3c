/**
 * The JSON Schema (draft 7, which editors support best) of a device's file, made from the table that the check uses and
 * from the meanings in configDocs. Not part of the board's program.
 *
 * It says what each value may be, and the two rules between values that a beginner meets first. It refuses nothing that
 * `DeviceConfig.check` accepts: both accept unknown keys. The check limits texts in bytes, the schema in characters,
 * which are never more.
 */
import { anyKey, anyQuantity, configDocs, meaningOfPart } from "./configDocs.ts"
import { least as minOf, most as maxOf } from "./ConfigFault.ts"
import { needsPin } from "./ConfigRules.ts"
import { maxServers } from "./BrokerList.ts"
import * as ConfigTable from "./ConfigTable.ts"
import * as DriverLookup from "./DriverLookup.ts"

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** No U+0000 (MQTT-1.5.3-2) and none of `characters`, which are in a character class of a regular expression. */
const without = (characters: string, times: string): JsonSchema => ({
  pattern: "^[^\\u0000" + characters + "]" + times + "$"
})

/** No colon is a name or an IPv4 address, several are an IPv6 address, one would be a port. */
const host = "[^\\u0000\\s/@:]*"

const maximum = ([, , , , , most]: ConfigTable.Row): JsonSchema => most === undefined ? {} : { maximum: most }

const range = (row: ConfigTable.Row): JsonSchema => ({ minimum: minOf(row), ...maximum(row) })

const length = (row: ConfigTable.Row): JsonSchema => ({
  ...(minOf(row) === 0 ? {} : { minLength: minOf(row) }),
  maxLength: maxOf(row)
})

const hostOf = (row: ConfigTable.Row): JsonSchema => ({
  type: "string",
  ...length(row),
  pattern: "^" + host + "(:" + host + "(:" + host + ")+)?$"
})

/** Each with a port of its own or without. */
const servers: JsonSchema = {
  type: "array",
  items: { type: "string", minLength: 1, pattern: "^[^\\u0000\\s/@]+$" },
  minItems: 1,
  maxItems: maxServers,
  uniqueItems: true
}

const valueOf = (row: ConfigTable.Row): JsonSchema => {
  const kind = row[2]
  if (typeof kind !== "string") return { enum: kind }
  switch (kind) {
    case "boolean":
      return { type: "boolean" }
    case "whole":
      return { type: "integer", ...range(row) }
    case "number":
      return { type: "number", ...range(row) }
    case "above":
      return { type: "number", exclusiveMinimum: 0, ...maximum(row) }
    case "host":
      return hostOf(row)
    case "hosts":
      return { anyOf: [hostOf(row), servers] }
    case "topic":
      return { type: "string", ...length(row), ...without("+#", "*") }
    case "level":
      return { type: "string", ...length(row), ...without("/+#", "+") }
    default:
      return { type: "string", ...length(row), ...without("", "*") }
  }
}

/** The default, if a file can contain it; a default that depends on other values is given in words. */
const defaultOf = (row: ConfigTable.Row, words: string | undefined): JsonSchema => {
  const fallback = row[3]
  const holds = fallback !== undefined && fallback !== ConfigTable.required && fallback !== ConfigTable.absentNumber &&
    JSON.stringify(fallback) === words
  return holds ? { default: fallback } : {}
}

const meaningOf = (path: string, row: ConfigTable.Row): JsonSchema => {
  const docs = configDocs.find(({ key }) => key === path)
  if (docs === undefined) return {}
  const known = defaultOf(row, docs.default)
  const byDefault = "default" in known || docs.default === "required" ? "" : " Default: " + docs.default + "."
  // Backquotes are for the README; editors show a description without any markup.
  return { description: (docs.meaning + "." + byDefault).replaceAll("`", ""), ...known }
}

/** If there is something to publish, there must be somewhere to publish it to. */
const brokerWhenEnabled: JsonSchema = {
  anyOf: [
    { not: { properties: { enabled: { const: true } }, required: ["enabled"] } },
    { properties: { broker: { minLength: 1 } }, required: ["broker"] }
  ]
}

const pinless = DriverLookup.names.filter((name) => !needsPin(name)).concat("command")

/** What every sensor may have, which is there once, and what one with a pin must have. */
const definitions = (): JsonSchema => ({
  sensor: objectOf(ConfigTable.sensorRows, "sensors." + anyKey + "."),
  wiredSensor: {
    allOf: [{ $ref: "#/definitions/sensor" }],
    anyOf: [{ required: ["pin"] }, { properties: { driver: { enum: pinless } }, required: ["driver"] }]
  }
})

const wired: JsonSchema = { $ref: "#/definitions/wiredSensor" }

/** Keys that the user chooses; the schema offers those that a board has a driver for. */
const sensors = (): JsonSchema => ({
  properties: Object.fromEntries([...DriverLookup.names, "command"].map((name) => [
    name,
    needsPin(name) ? wired : { $ref: "#/definitions/sensor" }
  ])),
  additionalProperties: wired
})

const partsOf = (rows: ConfigTable.Rows, path: string): JsonSchema =>
  path === "sensors" ? sensors() : { additionalProperties: objectOf(rows, path + "." + anyQuantity + ".") }

const belowOf = (row: ConfigTable.Row, rows: ConfigTable.Rows, path: string): JsonSchema => {
  const description = meaningOfPart(path)
  const described = description === undefined ? {} : { description }
  if (row[2] === "parts") return { type: "object", ...described, ...partsOf(rows, path) }
  return objectOf(rows, path + ".", path === "mqtt" ? { ...described, ...brokerWhenEnabled } : described)
}

const objectOf = (table: ConfigTable.Rows, path: string, more: JsonSchema = {}): JsonSchema => {
  const rows = ConfigTable.rowsOf(table)
  const properties = Object.fromEntries(rows.map((row): readonly [key: string, schema: JsonSchema] => {
    const inner = path + row[0]
    const below = ConfigTable.tableOf(row)
    return [row[0], below === undefined ? { ...valueOf(row), ...meaningOf(inner, row) } : belowOf(row, below, inner)]
  }))
  const required = rows.filter((row) => row[3] === ConfigTable.required).map(([key]) => key)
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }), ...more }
}

const device = objectOf(ConfigTable.deviceRows, "")

export const configJsonSchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A Dormouse device",
  description: "The file of one device; keys that are not named here are ignored. Written by dormouse schema.",
  ...device,
  properties: {
    $schema: { type: "string", description: "Where an editor finds this schema; the device ignores it." },
    ...(device["properties"] as JsonSchema)
  },
  definitions: definitions()
}

/** As the text of a file. */
export const text: string = JSON.stringify(configJsonSchema, null, 2) + "\n"
