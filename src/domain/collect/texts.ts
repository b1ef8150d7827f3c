/**
 * Rows as text for other programs: CSV (RFC 4180), JSON Lines, and the line protocol of InfluxDB. Each row is one line,
 * whatever its topic holds.
 */
import type { Row } from "./Row.ts"

export const formats = ["csv", "jsonl", "influx"] as const

export type Format = typeof formats[number]

const isoText = (millis: number): string => new Date(millis).toISOString()

const columns = ["time", "dated", "topic", "sensor", "temperature", "humidity", "unit", "uptime", "arrived"] as const

/** The last column: all other quantities, as one object of JSON, because each reading may have others. */
const others = "quantities"

/** The columns as other programs get them, without the last one. */
const values = (row: Row): Readonly<Record<typeof columns[number], string | number | undefined>> => ({
  time: isoText(row.time),
  dated: row.dated,
  topic: row.topic,
  sensor: row.sensor,
  temperature: row.temperature,
  humidity: row.humidity,
  unit: row.unit,
  uptime: row.uptime,
  arrived: isoText(row.arrived)
})

const csvField = (value: string | number | undefined): string => {
  const text = value === undefined ? "" : String(value)
  return /[",\r\n]/.test(text) ? "\"" + text.replaceAll("\"", "\"\"") + "\"" : text
}

/** What may not be in a line of the protocol has no escape there, so it is shown as its number. */
const withoutControls = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => "%" + character.charCodeAt(0).toString(16).padStart(2, "0"))

/** A backslash at the end would escape what follows the value. */
const tag = (text: string): string =>
  withoutControls(text).replace(/[,= ]/g, "\\$&").replace(/\\+$/, (all) => "%5c".repeat(all.length))

const fieldText = (text: string): string => "\"" + withoutControls(text).replace(/["\\]/g, "\\$&") + "\""

/** Names that have a meaning of their own in a line. */
const taken: ReadonlySet<string> = new Set(["dated", "topic", "sensor"])

/** The other quantities as fields. */
const fieldsOf = ({ quantities }: Row): ReadonlyArray<readonly [name: string, value: number]> =>
  quantities.filter(([name]) => name !== "").map(([name, value]) => [tag(taken.has(name) ? name + "_" : name), value])

const influx = (row: Row): string => {
  const tags = [["topic", row.topic], ["sensor", row.sensor], ["unit", row.unit ?? ""]] as const
  // An empty tag is not allowed.
  const tagged = tags.filter(([, value]) => value !== "").map(([name, value]) => "," + name + "=" + tag(value)).join("")
  const numbers = [["temperature", row.temperature], ["humidity", row.humidity], ["uptime", row.uptime],
    ...fieldsOf(row)] as const
  const fields = numbers.filter(([, value]) => value !== undefined).map(([name, value]) => name + "=" + value)
  return "reading" + tagged + " " + fields.concat("dated=" + fieldText(row.dated)).join(",") + " " + row.time + "000000"
}

/** The first line of a file; undefined: there is none. */
export const header = (format: Format): string | undefined =>
  format === "csv" ? [...columns, others].join(",") : undefined

/** One line, without its end. Influx has the time in nanoseconds. */
export const line = (format: Format, row: Row): string => {
  if (format === "influx") return influx(row)
  const all = values(row)
  const more = row.quantities.length === 0 ? undefined : Object.fromEntries(row.quantities)
  if (format === "jsonl") return JSON.stringify({ ...all, [others]: more })
  return columns.map((name) => csvField(all[name])).concat(csvField(more && JSON.stringify(more))).join(",")
}
