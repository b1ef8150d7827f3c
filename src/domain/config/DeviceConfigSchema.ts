/**
 * A device's file as a Schema, for programs on Node; the board's check is smaller than Schema alone. Made from
 * ConfigTable: each value is checked by its row, and then the file by the rules between values.
 *
 * Fields are in the order in which `DeviceConfig.check` reads them, so that both report the same one first. Defaults
 * are not filled in here.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as ConfigFault from "./ConfigFault.ts"
import type { DeviceDocument } from "./ConfigFile.ts"
import * as ConfigTable from "./ConfigTable.ts"
import * as ConfigValue from "./ConfigValue.ts"
import * as DeviceConfig from "./DeviceConfig.ts"

export type { DeviceDocument } from "./ConfigFile.ts"

type Any = Schema.Codec<unknown>

/** A value of the right type, before its row checks it. */
const plainOf = ([, , kind]: ConfigTable.Row): Any => {
  if (typeof kind !== "string") return Schema.Literals(kind)
  if (kind === "boolean") return Schema.Boolean
  if (kind === "hosts") return Schema.Union([Schema.String, Schema.Array(Schema.String)])
  return kind === "whole" || kind === "number" || kind === "above" ? Schema.Finite : Schema.String
}

const valueOf = (row: ConfigTable.Row): Any =>
  plainOf(row).check(
    Schema.makeFilter((value) => ConfigValue.accepts(row, value), { expected: ConfigFault.fixFor(row) })
  )

const objectOf = (rows: ConfigTable.Rows): Any =>
  Schema.Struct(Object.fromEntries(ConfigTable.rowsOf(rows).map((row) => {
    const below = ConfigTable.tableOf(row)
    const object = below === undefined ? undefined : objectOf(below)
    const value = object === undefined ? valueOf(row)
      : row[2] === "parts" ? Schema.Record(Schema.String, object) : object
    return [row[0], row[3] === ConfigTable.required ? value : Schema.optionalKey(value)]
  })))

/** The path of an issue's field. Keys that the user chooses may have dots in them. */
const pathOf = (value: unknown, field: string): ReadonlyArray<string> => {
  if (!ConfigTable.isObject(value)) return [field]
  const [key] = Object.keys(value).filter((name) => field.startsWith(name + ".")).sort((one, other) =>
    other.length - one.length
  )
  return key === undefined ? field.split(".") : [key, ...pathOf(value[key], field.slice(key.length + 1))]
}

/** The issues of a file by the rules between values. */
const faultsOf = (given: unknown) =>
  Result.match(DeviceConfig.check(given), {
    onSuccess: () => [],
    onFailure: ({ issues }) =>
      issues.map(({ field, fix, problem }) => {
        const issue = "must be " + fix + ", but " + problem
        return { path: pathOf(given, field), issue }
      })
  })

/** The types are those of the rows that it is made of. */
export const DeviceConfigSchema = objectOf(ConfigTable.deviceRows).check(Schema.makeFilter(faultsOf)) as Schema.Codec<
  DeviceDocument
>

/** What the Schema refuses: the fields, in the names of `DeviceConfig.check`. */
export interface Refusal {
  readonly issues: ReadonlyArray<{ readonly field: string; readonly problem: string }>
}

const decodeAll = Schema.decodeUnknownResult(DeviceConfigSchema, { errors: "all" })
const format = SchemaIssue.makeFormatterStandardSchemaV1()

/**
 * The document itself, without unknown keys, or every wrong field. Messages have no values in them: they may be
 * passwords.
 */
export const decode = (input: unknown): Result.Result<DeviceDocument, Refusal> =>
  Result.mapError(decodeAll(input), (error) => ({
    issues: format(error.issue).issues.map(({ message, path }) => ({
      field: path === undefined || path.length === 0 ? "configuration" : path.join("."),
      problem: message
    }))
  }))
