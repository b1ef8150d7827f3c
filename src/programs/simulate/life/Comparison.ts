/**
 * Two configurations in the same days, row by row.
 */
import type { SimulationResult } from "./SimulationResult.ts"
import * as Energy from "./Energy.ts"
import * as Format from "../../dormouse/terminal/Format.ts"

export interface Row {
  readonly what: string
  readonly first: string
  readonly second: string
  /** How the second differs; empty: it does not. */
  readonly change: string
}

/** `+41 %`, `-12 %`; empty if it cannot be calculated. */
const change = (first: number, second: number): string => {
  if (first === second || first === 0) return ""
  const percent = (second / first - 1) * 100
  return (percent > 0 ? "+" : "-") +
    Energy.significant(
      Math.abs(percent) < 10 ? Math.round(Math.abs(percent) * 10) / 10 : Math.round(Math.abs(percent))
    ) + " %"
}

const row =
  (what: string, show: (value: number) => string, of: (lived: SimulationResult) => number) =>
  (a: SimulationResult, b: SimulationResult): Row => ({
    what,
    first: show(of(a)),
    second: show(of(b)),
    // If both look the same, the difference is too small to mention.
    change: show(of(a)) === show(of(b)) ? "" : change(of(a), of(b))
  })

const all = [
  row("a wake every", Format.duration, ({ config }) => config.publishInterval * 1_000),
  row("battery life", Energy.lifetime, ({ outlook }) => outlook.lifeDays.value),
  row("in such days", Energy.lifetime, ({ lived }) => lived.lifeDays.value),
  row("average current", Energy.current, ({ outlook }) => outlook.current.value),
  row("energy a message", Energy.energy, ({ outlook }) => outlook.joules?.value ?? 0),
  row("readings", Format.amount, ({ life }) => life.totals.readings),
  row("delivered", Format.amount, ({ delivered }) => delivered),
  row("pending at the end", Format.amount, ({ life }) => life.ending.pending),
  row("dropped", Format.amount, ({ life }) => life.totals.dropped),
  row("tries", Format.amount, ({ life }) => life.totals.tries),
  row("failed tries", Format.amount, ({ life }) => life.totals.failedTries),
  row("longest wait for the next", Format.duration, ({ life }) => life.totals.longestWait),
  row("writes to flash", Format.amount, ({ life }) => life.ending.writes)
]

export const rows = (a: SimulationResult, b: SimulationResult): ReadonlyArray<Row> => all.map((each) => each(a, b))

/** As columns of text. */
export const lines = (a: SimulationResult, b: SimulationResult, layout: Format.Layout): ReadonlyArray<string> => {
  const table = rows(a, b)
  const width = (texts: ReadonlyArray<string>) => Math.max(...texts.map((text) => text.length))
  const [one, two] = [width([a.name, ...table.map(({ first }) => first)]),
    width([b.name, ...table.map(({ second }) => second)])]
  const names = width(table.map(({ what }) => what))
  const line = (what: string, first: string, second: string, last: string) =>
    (layout.paint("quiet", what.padEnd(names + 2)) + first.padStart(one) + "   " +
      layout.paint("strong", second.padStart(two)) + "   " + last).trimEnd()
  return [line("", a.name, b.name, "")].concat(
    table.map((each) => line(each.what, each.first, each.second, each.change))
  )
}
