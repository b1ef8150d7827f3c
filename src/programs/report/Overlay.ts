/**
 * Two devices in the same days, laid over each other: one picture of the world, and of each count one with a line for
 * each device.
 */
import * as Plot from "@observablehq/plot"
import type { SimulationResult } from "../simulate/life/SimulationResult.ts"
import { type Span, tried } from "../simulate/life/Chronicle.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { colours, dayAxis, dayMillis, margins, ofCase, wholeTicks } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"
import { text, world } from "./Timeline.ts"

interface Lane {
  readonly label: string
  readonly of: (span: Span) => number
}

const lanes: ReadonlyArray<Lane> = [
  { label: "wakes that tried", of: tried },
  { label: "delivered", of: (span) => span.delivered },
  { label: "pending", of: (span) => span.pending },
  { label: "dropped", of: (span) => span.dropped }
]

/** The tooltip: how many there were in a span. */
const tooltip = (name: string, { label, of }: Lane, span: Span): string =>
  `${name}, day ${Format.significantDay(span.from / dayMillis)}: ${Format.amount(of(span))} ${label}`

const lane = (cases: ReadonlyArray<SimulationResult>, each: Lane, isLast: boolean, size: Size): string => {
  const [first] = cases as readonly [SimulationResult]
  const most = Math.max(1, ...cases.flatMap(({ life }) => life.chronicle.spans.map(each.of)))
  return draw({
    ...margins(size),
    height: isLast ? 130 : 100,
    marginTop: 26,
    marginBottom: isLast ? 38 : 6,
    x: { domain: [0, first.days], ...(isLast ? {} : { axis: null }) },
    y: {
      domain: [0, most * 1.1],
      label: each.label,
      labelArrow: "none",
      ticks: wholeTicks(most),
      tickSize: 4,
      tickFormat: "d"
    },
    marks: [
      ...cases.flatMap(({ life: { chronicle: { spans } }, name }, index) => [
        Plot.lineY(spans, {
          x: (span: Span) => span.from / dayMillis,
          y: each.of,
          curve: "step-after",
          stroke: ofCase(index),
          strokeWidth: 2,
          strokeOpacity: 0.85
        }),
        Plot.rect(spans, {
          x1: (span: Span) => span.from / dayMillis,
          x2: (span: Span) => span.to / dayMillis,
          y1: 0,
          y2: each.of,
          fill: ofCase(index),
          fillOpacity: 0.08,
          title: (span: Span) => tooltip(name, each, span)
        })
      ]),
      Plot.ruleY([0], { stroke: colours.quiet }),
      ...(isLast ? dayAxis(first.days, size) : [])
    ]
  }, size)
}

/** What happened to both, of which the first gives the world. */
export const overlay = (
  cases: ReadonlyArray<SimulationResult>,
  id: string,
  title: string,
  noun: (lived: SimulationResult) => string
): Picture => {
  const [first] = cases as readonly [SimulationResult]
  const stamps = Format.dayStamps(first.days)
  const sums = lanes.map((
    each
  ) => [each.label, ...cases.map(({ life }) =>
    Format.amount(
      each.label === "pending" ? life.ending.pending
        : life.chronicle.spans.reduce((sum, span) => sum + each.of(span), 0)
    )
  )])
  return {
    id,
    title,
    text: cases.map((lived) => lived.name + ": " + text(lived, noun(lived))).join(" "),
    draw: (
      size
    ) => [world(first.life.chronicle, first.days, size),
      ...lanes.map((each, index) => lane(cases, each, index === lanes.length - 1, size))],
    table: [
      ["in these days", ...cases.map(({ name }) => name)],
      ...sums,
      ...first.life.chronicle.turns.map((turn) => [stamps.at(turn.at), turn.title, ""])
    ]
  }
}
