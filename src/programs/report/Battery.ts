/**
 * The battery as it empties: in the simulated days, and after them.
 */
import * as Plot from "@observablehq/plot"
import { type Values, values } from "../../domain/energy/Figures.ts"
import * as Model from "../../domain/energy/Model.ts"
import * as Outlook from "../../domain/energy/Outlook.ts"
import * as Usage from "../../domain/energy/Usage.ts"
import type { SimulationResult } from "../simulate/life/SimulationResult.ts"
import * as Energy from "../simulate/life/Energy.ts"
import * as Ordinary from "../simulate/life/Ordinary.ts"
import { colours, dayMillis, margins, ofCase } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"

interface Point {
  readonly day: number
  /** Percent of the usable charge. */
  readonly left: number
}

const secondsAnHour = 3_600

/** What was left at the end of each span that was lived, until the battery was empty. */
const lived = ({ life: { chronicle }, setup }: SimulationResult): ReadonlyArray<Point> => {
  const v: Values = values(setup.figures)
  const usable = v.capacity * v.usableShare
  const used = chronicle.spans.map(({ to, usage }) => ({
    day: to / dayMillis,
    left: 100 *
      (1 -
        (Model.total(usage ?? Usage.empty(), v, setup.joining) / secondsAnHour +
            Outlook.lossCurrent(v) * to / 3_600_000) / usable)
  }))
  return [{ day: 0, left: 100 }, ...used.filter(({ left }) => left >= 0)]
}

const unitOf = (days: number): readonly [unit: string, days: number] =>
  days > 1_000 ? ["years", 365.25] : days > 120 ? ["months", 30.44] : ["days", 1]

const curve = (cases: ReadonlyArray<SimulationResult>, size: Size): string => {
  const longest = Math.max(...cases.map(({ outlook }) => outlook.lifeDays.high))
  const [unit, unitDays] = unitOf(longest)
  const scaled = (day: number) => day / unitDays
  const marks = cases.flatMap((each, index) => {
    const colour = ofCase(index)
    const { high, low, value } = each.outlook.lifeDays
    const points = lived(each)
    return [
      Plot.areaX([{ at: 100, from: 0, to: 0 }, { at: 0, from: low, to: high }], {
        y: "at",
        x1: (d: { from: number }) => scaled(d.from),
        x2: (d: { to: number }) => scaled(d.to),
        fill: colour,
        fillOpacity: 0.14
      }),
      Plot.line([{ day: 0, left: 100 }, { day: value, left: 0 }], {
        x: (d: Point) => scaled(d.day),
        y: "left",
        stroke: colour,
        strokeWidth: 1.5,
        strokeDasharray: "5 4"
      }),
      Plot.line(points, { x: (d: Point) => scaled(d.day), y: "left", stroke: colour, strokeWidth: 3 }),
      Plot.dot([value], {
        x: scaled(value),
        y: 0,
        r: 4,
        fill: colour,
        title: () =>
          `${each.name}: empty after ${Energy.lifetime(value)}, ${Energy.range(each.outlook.lifeDays, Energy.lifetime)}`
      }),
      Plot.text([value], {
        x: scaled(value),
        y: 0,
        dx: 7,
        dy: -12 - 18 * index,
        textAnchor: "start",
        text: () => Energy.lifetime(value),
        fill: colour,
        stroke: "var(--paper)",
        strokeWidth: 5,
        fontWeight: 600
      })
    ]
  })
  return draw({
    ...margins(size),
    height: size === "wide" ? 290 : 250,
    marginTop: 26,
    marginBottom: 40,
    x: {
      domain: [0, scaled(longest) * 1.04],
      label: unit,
      labelArrow: "none",
      labelAnchor: "right",
      ticks: size === "wide" ? 8 : 4,
      tickSize: 4
    },
    y: { domain: [0, 100], label: "% left of what is usable", labelArrow: "none", ticks: 5, tickSize: 4, grid: true },
    marks: [...marks, Plot.ruleY([0], { stroke: colours.quiet })]
  }, size)
}

const name = (each: SimulationResult, cases: ReadonlyArray<SimulationResult>): string =>
  cases.length > 1 ? each.name + ": " : ""

/** What the days of the story alone would mean. */
const days = (each: SimulationResult): string => {
  const story = Ordinary.inTheseDays(each)
  return story === undefined ? ""
    : ` If all days were like these, after ${Energy.lifetime(story.lifeDays)}: ${story.why}.`
}

export const battery = (cases: ReadonlyArray<SimulationResult>, id: string, title: string): Picture => ({
  id,
  title,
  text: cases.map((each) => {
    const { lifeDays } = each.outlook
    return name(each, cases) + (cases.length > 1 ? "empty" : "Empty") + " after " + Energy.lifetime(lifeDays.value) +
      " of ordinary days, somewhere from " + Energy.range(lifeDays, Energy.lifetime) + "." + days(each)
  }).join(" ") +
    " The dashed line is ordinary days, and the shade the range that the figures leave; the thick line is these days.",
  draw: (size) => [curve(cases, size)],
  table: [
    [cases.length > 1 ? "configuration" : "", "life", "at least", "at most"],
    ...cases.map((
      each
    ) => [each.name, Energy.lifetime(each.outlook.lifeDays.value), Energy.lifetime(each.outlook.lifeDays.low),
      Energy.lifetime(each.outlook.lifeDays.high)]
    )
  ]
})
