/**
 * The JSON Schema (draft 7, which editors know best) of a device's file, made of the table that the check runs on and
 * of the meanings in configDocs. Not part of the board's program.
 *
 * It says what one value may be, and the two rules between values that a beginner meets first. It refuses nothing that
 * `DeviceConfig.check` accepts: unknown keys pass here as they do there. Texts are limited in bytes there and in
 * characters here, which are never more.
 */
import * as BoardRules from "./BoardRules.ts"
import { anyKey, configDocs, meaningOfPart } from "./configDocs.ts"
import { least as minOf, most as maxOf } from "./ConfigFault.ts"
import { needsPin } from "./ConfigRules.ts"
import * as ConfigTable from "./ConfigTable.ts"

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** No U+0000 (MQTT-1.5.3-2) and none of `characters`, which stand in a class of a regular expression. */
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
      return { type: "string", ...length(row), pattern: "^" + host + "(:" + host + "(:" + host + ")+)?$" }
    case "topic":
      return { type: "string", ...length(row), ...without("+#", "*") }
    case "level":
      return { type: "string", ...length(row), ...without("/+#", "+") }
    default:
      return { type: "string", ...length(row), ...without("", "*") }
  }
}

/** The default where a file can hold it; what follows from other values is told in words. */
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
  const told = "default" in known || docs.default === "required" ? "" : " Default: " + docs.default + "."
  // Backquotes are the README's; editors show a description as it is.
  return { description: (docs.meaning + "." + told).replaceAll("`", ""), ...known }
}

/** Where there is something to publish, there is somewhere to publish it to. */
const brokerWhenEnabled: JsonSchema = {
  anyOf: [
    { not: { properties: { enabled: { const: true } }, required: ["enabled"] } },
    { properties: { broker: { minLength: 1 } }, required: ["broker"] }
  ]
}

/** The keys of the user's choice; those that a board has a driver for are offered. */
const partsOf = (rows: ConfigTable.Rows, path: string): JsonSchema => {
  const one = objectOf(rows, path + "." + anyKey + ".")
  const withPin = { ...one, required: ["pin"] }
  return {
    properties: Object.fromEntries(BoardRules.drivers.map((type) => [type, needsPin(type) ? withPin : one])),
    additionalProperties: withPin
  }
}

const belowOf = (row: ConfigTable.Row, rows: ConfigTable.Rows, path: string): JsonSchema => {
  const description = meaningOfPart(path)
  const told = description === undefined ? {} : { description }
  if (row[2] === "parts") return { type: "object", ...told, ...partsOf(rows, path) }
  return objectOf(rows, path + ".", path === "mqtt" ? { ...told, ...brokerWhenEnabled } : told)
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
  }
}

/** As the text of a file. */
export const text: string = JSON.stringify(configJsonSchema, null, 2) + "\n"
