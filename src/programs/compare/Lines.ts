/** What `dormouse compare` prints. */
import type { Comparison, Ending } from "../../domain/compare/Comparison.ts"
import type { Deviation, Measure, Member, Reason } from "../../domain/compare/Deviation.ts"
import type { Observed } from "../../domain/compare/Observed.ts"
import { docs, fileKey, type Name, names } from "../../domain/energy/Figures.ts"
import type { Estimate } from "../../domain/energy/Model.ts"
import type { Setup } from "../../domain/energy/Setup.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import * as Energy from "../simulate/life/Energy.ts"

const dayOf = (millis: number): string => isFinite(millis) ? new Date(millis).toISOString().slice(0, 10) : "never"

const percentADay = (percent: number): string => Energy.significant(percent) + " %"

const millis = (value: number): string => Format.amount(value) + " ms"

const count = (tries: number): string => String(Math.round(tries * 100) / 100)

type Shown = readonly [value: string, range: string]

const shownOf = (estimate: Estimate | undefined, show: (value: number) => string): Shown =>
  estimate === undefined ? ["-", ""] : [show(estimate.value), Energy.range(estimate, show)]

type Row = readonly [what: string, model: Shown, measured: Shown]

const rowsOf = ({ current, join, model }: Comparison, observed: Observed): ReadonlyArray<Row> => [
  ["before the radio", shownOf(model.beforeRadio, millis), shownOf(observed.times?.beforeRadio, millis)],
  ["radio on", shownOf(model.radio, millis), shownOf(observed.times?.radio, millis)],
  ["awake", shownOf(model.awake, millis), shownOf(observed.awake, millis)],
  ["of it the join", shownOf(model.join, millis), shownOf(join, millis)],
  ["tries", ["1", ""], [count(observed.tries),
    Math.round(100 * observed.firstTry) + " % of the connections at the first"]],
  ["battery a day", shownOf(model.perDay, percentADay), shownOf(observed.discharge?.perDay, percentADay)],
  ["average current", shownOf(model.current, Energy.current), shownOf(current, Energy.current)]
]

const indent = 23

const label = (text: string, layout: Format.Layout): string => layout.paint("quiet", text.padEnd(indent))

const table = (rows: ReadonlyArray<Row>, layout: Format.Layout): ReadonlyArray<string> => {
  const head: Row = ["", ["predicted", ""], ["measured", ""]]
  const width = (pick: (row: Row) => string) => Math.max(...[head, ...rows].map((row) => pick(row).length))
  const [one, two, three] = [width(([, model]) => model[0]), width(([, model]) => model[1]),
    width(([, , measured]) => measured[0])]
  return [head, ...rows].map(([what, model, measured]) =>
    (label(what, layout) + model[0].padStart(one) + "  " + model[1].padEnd(two) + "  " +
      layout.paint("strong", measured[0].padStart(three)) + "  " + measured[1]).trimEnd()
  )
}

const figureLine = (name: Name, before: Setup, after: Setup, layout: Format.Layout): string => {
  const [was, is] = [before.figures[name], after.figures[name]]
  const show = Energy.significant
  return label(fileKey(name), layout) +
    `${show(was.value)} -> ${layout.paint("strong", show(is.value))} ${docs[name][0]}` +
    `  (${show(is.low)} to ${show(is.high)}): ${docs[name][1]}`
}

const endingLine = ({ at, by }: Ending, index: number, layout: Format.Layout): string =>
  label(index === 0 ? "battery empty" : "", layout) + layout.paint("strong", dayOf(at.value)) +
  `  ${dayOf(at.low)} to ${dayOf(at.high)}, by ${by}`

const wrapped = (text: string, layout: Format.Layout, first = ""): ReadonlyArray<string> =>
  Format.broken(text, Math.max(30, layout.width - indent)).map((line, index) =>
    (index === 0 ? label(first, layout) : " ".repeat(indent)) + line
  )

const nouns: Readonly<Record<Measure, string>> = {
  beforeRadio: "before the radio",
  radio: "radio on",
  tries: "tries",
  perDay: "battery a day"
}

const showMeasure: Readonly<Record<Measure, (value: number) => string>> = {
  beforeRadio: millis,
  radio: millis,
  tries: count,
  perDay: percentADay
}

const reasonWords = (reason: Reason, usual: string): string => {
  if (reason._tag === "Silent") return "silent since " + new Date(reason.since).toISOString().slice(0, 16) + "Z"
  if (reason._tag === "Error") return "last error: " + reason.message
  const show = showMeasure[reason.what]
  return `${nouns[reason.what]} ${show(reason.value)}, ${usual} ${show(reason.usual)}`
}

/** What a terminal must not obey. */
const harmless = (text: string): string => text.replace(/\p{Cc}/gu, "?")

const mostSoon = 5

/** Of several devices those whose batteries are empty first. */
export const soonest = (all: ReadonlyArray<Member>, layout: Format.Layout): ReadonlyArray<string> => {
  const known = all.flatMap(({ device, observed: { discharge } }) =>
    discharge === undefined ? [] : [{ device, discharge }]
  )
  if (all.length < 2 || known.length === 0) return []
  const first = known.toSorted((one, other) => one.discharge.empty.value - other.discharge.empty.value).slice(0,
    mostSoon)
  return first.map(({ device, discharge: { empty, perDay } }, index) =>
    label(index === 0 ? "empty first" : "", layout) + layout.paint("strong", dayOf(empty.value)) +
    `  ${harmless(device)}, ${dayOf(empty.low)} to ${dayOf(empty.high)}; ${percentADay(perDay.value)} a day`
  )
}

/** `usual`: what the usual value is: that of the others, or expected. */
export const deviations = (all: ReadonlyArray<Deviation>, layout: Format.Layout): ReadonlyArray<string> => {
  const usual = all.length < 3 ? "expected" : "usually"
  const deviating = all.filter(({ reasons }) => reasons.length > 0)
  const sum = deviating.length === 0 ? all.length === 1 ? "it does not deviate" : `none of ${all.length} deviates`
    : `${deviating.length} of ${Format.plural(all.length, "device")}`
  return [
    label("deviating", layout) + sum,
    ...deviating.flatMap(({ device, reasons }) =>
      wrapped(harmless(reasons.map((reason) => reasonWords(reason, usual)).join("; ")), layout,
        harmless(device).slice(0, indent - 1))
    )
  ]
}

export const lines = (
  before: Setup,
  comparison: Comparison,
  observed: Observed,
  layout: Format.Layout
): ReadonlyArray<string> => {
  const corrected = names.filter((name) => comparison.corrected[name] !== undefined)
  return [
    ...table(rowsOf(comparison, observed), layout),
    "",
    Format.rule("figures that this corrects", layout),
    ...(corrected.length === 0 ? ["none"]
      : corrected.map((name) => figureLine(name, before, comparison.setup, layout))),
    ...comparison.remarks.flatMap((remark) => wrapped(remark, layout, "note")),
    "",
    Format.rule("the battery: " + before.battery, layout),
    label("life when full", layout) + Energy.lifetime(comparison.lifeDays.value) + "  " +
    Energy.range(comparison.lifeDays, Energy.lifetime) + ", with these figures",
    ...comparison.endings.map((ending, index) => endingLine(ending, index, layout))
  ]
}
