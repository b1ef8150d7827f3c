/**
 * A device's file as a Schema, for programs on Node; the board's check is smaller than Schema alone. Made of
 * ConfigTable: a value is judged by its row, and a file whose values are right by the rules between values.
 *
 * Fields stand in the order in which `DeviceConfig.check` reads them, so that both complain about the same one first.
 * Defaults are not filled in here.
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

/** Of the right type, before its row judges it. */
const plainOf = ([, , kind]: ConfigTable.Row): Any => {
  if (typeof kind !== "string") return Schema.Literals(kind)
  if (kind === "boolean") return Schema.Boolean
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

/** Where the field of an issue stands. Keys of the user's choice may have dots in them. */
const pathOf = (value: unknown, field: string): ReadonlyArray<string> => {
  if (!ConfigTable.isObject(value)) return [field]
  const [key] = Object.keys(value).filter((name) => field.startsWith(name + ".")).sort((one, other) =>
    other.length - one.length
  )
  return key === undefined ? field.split(".") : [key, ...pathOf(value[key], field.slice(key.length + 1))]
}

/** What the rules between values have against a file. */
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
 * The document itself, without unknown keys, or every field at fault. Messages do not hold values: they may be
 * passwords.
 */
export const decode = (input: unknown): Result.Result<DeviceDocument, Refusal> =>
  Result.mapError(decodeAll(input), (error) => ({
    issues: format(error.issue).issues.map(({ message, path }) => ({
      field: path === undefined || path.length === 0 ? "configuration" : path.join("."),
      problem: message
    }))
  }))
