/**
 * The results of a fleet's life, by policy: a column for each, the amounts below each other.
 */
import * as Format from "../../dormouse/terminal/Format.ts"
import type { Recovery, Sums } from "./Ledger.ts"

export interface Column {
  readonly name: string
  readonly sums: Sums
}

/** How many devices there are and for how long. */
export interface Size {
  readonly devices: number
  readonly days: number
}

/** A line of the table: what, and how much of it. An energy model has its lines here, from the same sums. */
export type Row = readonly [label: string, value: (sums: Sums, size: Size) => string]

const none = "-"

/** The worst of several recoveries. */
const peakAfter = ({ recoveries }: Sums): string =>
  recoveries.length === 0 ? none : Format.amount(Math.max(...recoveries.map((recovery) => recovery.peak)))

const backAfter = ({ recoveries }: Sums, { devices }: Size): string => {
  if (recoveries.length === 0) return none
  const isWhole = (recovery: Recovery) => recovery.back === devices
  const last = recoveries[recoveries.length - 1] as Recovery
  if (!isWhole(last)) return Format.amount(devices - last.back) + " missing"
  if (!recoveries.every(isWhole)) return "not each time"
  return Format.duration(Math.max(...recoveries.map(({ at, lastBackAt }) => lastBackAt - at)))
}

const tenths = (value: number): string => value >= 100 ? Format.amount(value) : value.toFixed(1)

const perDay = (amount: number, { days, devices }: Size): number => amount / days / devices

const percent = (share: number): string => (share * 100).toFixed(2) + " %"

/** `noun` is what one message is called. */
export const rows = (noun: string): ReadonlyArray<Row> => [
  ["connections in one second: at power-up", (sums) => Format.amount(sums.powerUpPeak)],
  ["  on quiet days, at most", (sums) => Format.amount(sums.usualPeak)],
  ["  when the Server is back, at most", peakAfter],
  ["until all are back", backAfter],
  ["tries that failed, a device", (sums, { devices }) => tenths(sums.failedTries / devices)],
  [noun + "s delivered", (sums) => Format.amount(sums.delivered)],
  ["  of these delayed", (sums) => Format.amount(sums.delayed)],
  ["  by at most", (sums) => sums.delayed === 0 ? none : Format.duration(sums.longestDelayMillis)],
  [noun + "s dropped from a full Outbox", (sums) => Format.amount(sums.dropped)],
  ["tries, a device and day", (sums, size) => tenths(perDay(sums.tries, size))],
  ["radio on, a device and day", (sums, size) => Format.duration(perDay(sums.radioMillis, size))],
  ["  of the time", (sums, { days, devices }) => percent(sums.radioMillis / days / devices / 86_400_000)]
]

/** The table as lines. */
export const lines = (
  columns: ReadonlyArray<Column>,
  size: Size,
  paint: Format.Paint,
  given: ReadonlyArray<Row>
): ReadonlyArray<string> => {
  const cells = given.map(([, value]) => columns.map(({ sums }) => value(sums, size)))
  const labelWidth = Math.max(...given.map(([label]) => label.length))
  const widths = columns.map(({ name }, column) =>
    Math.max(name.length, ...cells.map((row) => (row[column] as string).length))
  )
  const right = (texts: ReadonlyArray<string>) =>
    texts.map((text, column) => "   " + text.padStart(widths[column] as number)).join("")
  const head = paint("strong", " ".repeat(labelWidth) + right(columns.map(({ name }) => name)))
  return [head].concat(
    given.map(([label], row) => paint("quiet", label.padEnd(labelWidth)) + right(cells[row] as ReadonlyArray<string>))
  )
}
