/**
 * The documents that devices publish, read with care: anybody may publish anything to their topics.
 *
 * What has a wrong type is refused with its reason, which never holds more of the message than a few characters. Keys
 * that are not known are no fault: a newer device may have more of them.
 */
import * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import * as Json from "../bytes/Json.ts"

/** What a reading says. Times are milliseconds since 1970, `uptime` is seconds since the device's first wake. */
export interface Reading {
  readonly temperature: number | undefined
  readonly humidity: number | undefined
  readonly uptime: number
  readonly unit: string | undefined
  readonly time: number | undefined
  /** Every other quantity, in the order of the document. */
  readonly quantities: ReadonlyArray<readonly [name: string, value: number]>
}

/**
 * What a status says: whose uptime was how much, and when, if the device knew. Of everything else, what is missing or has
 * a wrong type is undefined: it is kept for people, and decides nothing.
 */
export interface Status {
  readonly device: string
  readonly uptime: number
  readonly time: number | undefined
  readonly pending: number | undefined
  readonly evicted: number | undefined
  readonly tries: number | undefined
  readonly awakeMillis: number | undefined
  readonly radioMillis: number | undefined
  readonly wokenBy: string | undefined
  readonly program: string | undefined
  readonly configVersion: number | undefined
  readonly lastError: string | undefined
  readonly nextConnection: number | undefined
  readonly batteryPercent: number | undefined
  readonly batteryVolts: number | undefined
  readonly isBatteryLow: boolean | undefined
}

type Fields = Readonly<Record<string, unknown>>

/** More than any device publishes. A longer one would only cost memory. */
export const maximumBytes = 16_384

/** ISO 8601 with a time zone, as `2026-11-29T22:10:00Z`: without a zone it would mean another moment elsewhere. */
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

const fieldsOf = (text: string): Result.Result<Fields, string> => {
  let value: unknown
  try {
    value = Json.parse(text)
  } catch {
    return Result.fail("is not JSON")
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Result.succeed(value as Fields)
    : Result.fail("is JSON, but no object")
}

/** The text of a message; fails with what is wrong with its bytes. */
export const textOf = (payload: Bytes): Result.Result<string, string> => {
  if (payload.length > maximumBytes) return Result.fail(`has ${payload.length} bytes, more than ${maximumBytes}`)
  const text = Json.decode(payload)
  return text === undefined ? Result.fail("is not UTF-8") : Result.succeed(text)
}

const isMissing = (value: unknown): boolean => value === undefined || value === null

const numberFault = (fields: Fields, key: string): string | undefined => {
  const value = fields[key]
  return isMissing(value) || (typeof value === "number" && isFinite(value)) ? undefined
    : `has a ${key} that is no number`
}

const uptimeFault = ({ uptime }: Fields): string | undefined =>
  isMissing(uptime) ? "has no uptime"
    : typeof uptime === "number" && isFinite(uptime) && uptime >= 0 ? undefined
    : "has an uptime that is no number of at least 0"

const textFault = (fields: Fields, key: string): string | undefined =>
  isMissing(fields[key]) || typeof fields[key] === "string" ? undefined : `has a ${key} that is no text`

const timeFault = ({ time }: Fields): string | undefined =>
  isMissing(time) || (typeof time === "string" && iso.test(time) && isFinite(Date.parse(time))) ? undefined
    : "has a time that is no moment in ISO 8601"

/** As a number or a text of the table; what is missing is undefined, and so is null. */
const numberOf = (value: unknown): number | undefined => typeof value === "number" ? value : undefined
const stringOf = (value: unknown): string | undefined => typeof value === "string" ? value : undefined
const momentOf = (value: unknown): number | undefined => typeof value === "string" ? Date.parse(value) : undefined

/** Keys of a reading that are no quantity, or have a place of their own. */
const noOthers: ReadonlySet<string> = new Set(["temperature", "humidity", "uptime", "unit", "time"])

const isNumber = (value: unknown): value is number => typeof value === "number" && isFinite(value)

const othersOf = (fields: Fields): Reading["quantities"] =>
  Object.entries(fields).filter((entry): entry is [string, number] => !noOthers.has(entry[0]) && isNumber(entry[1]))

/** A reading; fails with what is wrong with it, as the end of a sentence that begins with its topic. */
export const reading = (text: string): Result.Result<Reading, string> =>
  Result.flatMap(fieldsOf(text), (fields) => {
    const fault = uptimeFault(fields) ?? numberFault(fields, "temperature") ?? numberFault(fields, "humidity") ??
      textFault(fields, "unit") ?? timeFault(fields)
    return fault !== undefined ? Result.fail(fault) : Result.succeed({
      temperature: numberOf(fields["temperature"]),
      humidity: numberOf(fields["humidity"]),
      uptime: fields["uptime"] as number,
      unit: stringOf(fields["unit"]),
      time: momentOf(fields["time"]),
      quantities: othersOf(fields)
    })
  })

const numberOrNothing = (value: unknown): number | undefined => isNumber(value) ? value : undefined

const statusOf = (fields: Fields): Status => ({
  device: fields["device"] as string,
  uptime: fields["uptime"] as number,
  time: momentOf(fields["time"]),
  pending: numberOrNothing(fields["pending"]),
  evicted: numberOrNothing(fields["evicted"]),
  tries: numberOrNothing(fields["tries"]),
  awakeMillis: numberOrNothing(fields["awake_ms"]),
  radioMillis: numberOrNothing(fields["radio_ms"]),
  wokenBy: stringOf(fields["woken_by"]),
  program: stringOf(fields["program"]),
  configVersion: numberOrNothing(fields["config_version"]),
  lastError: stringOf(fields["last_error"]),
  nextConnection: numberOrNothing(fields["next_connection"]),
  batteryPercent: numberOrNothing(fields["battery"]),
  batteryVolts: numberOrNothing(fields["battery_volts"]),
  isBatteryLow: typeof fields["battery_low"] === "boolean" ? fields["battery_low"] : undefined
})

/** A status, and why it is none, as of a reading. */
export const status = (text: string): Result.Result<Status, string> =>
  Result.flatMap(fieldsOf(text), (fields) => {
    const { device } = fields
    const deviceFault = typeof device === "string" && device !== "" ? undefined : "names no device"
    const fault = deviceFault ?? uptimeFault(fields) ?? timeFault(fields)
    return fault !== undefined ? Result.fail(fault) : Result.succeed(statusOf(fields))
  })
