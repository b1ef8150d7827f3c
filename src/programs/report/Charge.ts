/**
 * What each day takes out of the battery, by cause; and the whole, by phase.
 */
import * as Plot from "@observablehq/plot"
import * as Model from "../../domain/energy/Model.ts"
import * as Usage from "../../domain/energy/Usage.ts"
import type { SimulationResult } from "../simulate/life/SimulationResult.ts"
import * as Energy from "../simulate/life/Energy.ts"
import { causeColours, colours, dayAxis, dayMillis, margins, ofCase } from "./pictures.ts"
import { draw, type Picture, type Size, widths } from "./Svg.ts"

const secondsAnHour = 3_600

/** Some days, or one, and the milliampere hours that each of them took, by cause. */
interface Stretch {
  readonly from: number
  readonly to: number
  readonly rates: ReadonlyMap<Model.Cause, number>
}

/** With more than these, bars are too thin. */
const maxStretches = 60

const stretches = ({ days, life: { chronicle: { spans } }, setup }: SimulationResult): ReadonlyArray<Stretch> => {
  const length = Math.max(1, Math.ceil(days / maxStretches)) * dayMillis
  const isLast = (index: number) => index === spans.length - 1
  const ends = spans.filter(({ from, to }, index) =>
    isLast(index) || Math.floor(to / length + 1e-9) > Math.floor(from / length + 1e-9)
  )
  let [from, before] = [0, Usage.empty()]
  return ends.map(({ to, usage = Usage.empty() }) => {
    const perDay = secondsAnHour * (to - from) / dayMillis
    const sums = [...Model.byCause(Usage.difference(usage, before), setup)].map(([cause, charge]) =>
      [cause, charge / perDay] as const
    )
    const stretch = { from: from / dayMillis, to: to / dayMillis, rates: new Map(sums) }
    from = to
    before = usage
    return stretch
  })
}

const sum = ({ rates }: Stretch): number => [...rates.values()].reduce((total, rate) => total + rate, 0)

const bars = (all: ReadonlyArray<Stretch>, days: number, most: number, size: Size): string => {
  const parts = all.flatMap(({ from, rates, to }) =>
    Model.causes.map((cause) => ({ from, to, cause, rate: rates.get(cause) ?? 0 }))
  )
  return draw({
    ...margins(size),
    height: size === "wide" ? 240 : 210,
    marginTop: 26,
    marginBottom: 40,
    x: { domain: [0, days] },
    y: { domain: [0, most * 1.08], label: "mAh a day", labelArrow: "none", ticks: 5, tickSize: 4, grid: true },
    color: { domain: [...Model.causes], range: Model.causes.map((cause) => causeColours[cause]) },
    marks: [
      Plot.rectY(parts, Plot.stackY({
        x1: "from",
        x2: "to",
        y: "rate",
        fill: "cause",
        order: [...Model.causes],
        insetLeft: 0.5,
        insetRight: 0.5,
        title: tooltipOf
      })),
      Plot.ruleY([0], { stroke: colours.quiet }),
      ...dayAxis(days, size)
    ]
  }, size)
}

/** The tooltip of one part of a bar. */
const tooltipOf = (
  { cause, from, rate, to }: {
    readonly cause: string
    readonly from: number
    readonly rate: number
    readonly to: number
  }
): string => `${daysOf({ from, to })}: ${cause} ${Energy.significant(rate)} mAh a day`

/** `day 3`, `days 3 to 5`. */
const daysOf = ({ from, to }: Pick<Stretch, "from" | "to">): string => {
  const [first, last] = [Math.floor(from) + 1, Math.ceil(to)]
  return first >= last ? "day " + first : "days " + first + " to " + last
}

/** The day of a case with the most charge, for an axis that several share. */
export const dearest = (lived: SimulationResult): number => Math.max(...stretches(lived).map(sum))

/** `most`: what the axis must reach. */
export const charge = (lived: SimulationResult, id: string, title: string, most: number): Picture => {
  const all = stretches(lived)
  const whole = all.map(sum)
  return {
    id,
    title,
    text: "The day with the least charge took " + Energy.significant(Math.min(...whole)) +
      " mAh, the day with the most " +
      Energy.significant(Math.max(...whole)) + " mAh. Of the whole: "
      + lived.lived.causes.map(({ name, share }) => name + " " + Energy.percent(share)).join(", ") + ".",
    draw: (size) => [bars(all, lived.days, most, size)],
    table: [
      ["mAh a day", ...Model.causes],
      ...all.map((
        stretch
      ) => [daysOf(stretch), ...Model.causes.map((cause) => Energy.significant(stretch.rates.get(cause) ?? 0))])
    ]
  }
}

interface Phase {
  readonly phase: string
  readonly milliampHours: number
  readonly share: number
  /** Which of the cases. */
  readonly index: number
}

const phasesOf = (cases: ReadonlyArray<SimulationResult>): ReadonlyArray<Phase> =>
  cases.flatMap(({ ordinaryDays, outlook }, index) =>
    outlook.phases.map(({ millicoulombs, name, share }) => ({
      phase: name,
      milliampHours: millicoulombs / secondsAnHour / ordinaryDays,
      share,
      index
    }))
  )

const phaseBars = (all: ReadonlyArray<Phase>, cases: number, size: Size): string => {
  const order = [...new Set([...all].sort((a, b) => b.milliampHours - a.milliampHours).map(({ phase }) => phase))]
  const most = Math.max(...all.map(({ milliampHours }) => milliampHours))
  const row = 26 + 16 * cases
  const thick = 11
  return draw({
    marginLeft: 2,
    marginRight: 74,
    marginTop: 2,
    marginBottom: 2,
    height: row * order.length + 4,
    x: { domain: [0, most], axis: null },
    y: { domain: [0, order.length], axis: null, reverse: true },
    marks: [
      Plot.text(order, {
        x: 0,
        y: (_, index: number) => index,
        dy: 10,
        textAnchor: "start",
        text: (phase: string) => phase,
        fill: colours.ink
      }),
      ...Array.from({ length: cases }, (_, index) => {
        const mine = all.filter((each) => each.index === index)
        const place = (each: Phase) => order.indexOf(each.phase) + (22 + 16 * index + thick / 2) / row
        return [
          Plot.link(mine, {
            x1: 0,
            x2: "milliampHours",
            y1: place,
            y2: place,
            stroke: ofCase(index),
            strokeWidth: thick,
            title: (each: Phase) =>
              `${each.phase}: ${Energy.significant(each.milliampHours)} mAh a day, ${Energy.percent(each.share)}`
          }),
          Plot.text(mine, {
            x: "milliampHours",
            y: place,
            dx: 6,
            textAnchor: "start",
            text: (each: Phase) => Energy.percent(each.share),
            fill: colours.quiet
          })
        ]
      }).flat()
    ],
    width: widths[size]
  }, size)
}

const leading = ({ outlook }: SimulationResult): string =>
  outlook.phases.slice(0, 3).map(({ name, share }) => name + " (" + Energy.percent(share) + ")").join(", ")

export const phases = (cases: ReadonlyArray<SimulationResult>, id: string, title: string): Picture => {
  const all = phasesOf(cases)
  return {
    id,
    title,
    text:
      cases.map((each) =>
        (cases.length > 1 ? each.name + ": most goes into " : "Most goes into ") + leading(each) + "."
      ).join(" ")
      + " The bars are charge on an ordinary day, the percentages a phase's share of the whole.",
    draw: (size) => [phaseBars(all, cases.length, size)],
    table: [
      ["phase", ...cases.flatMap((each) => [each.name + ", mAh a day", "share"])],
      ...[...new Set(all.map(({ phase }) => phase))].map((phase) => [phase, ...cases.flatMap((_, index) => {
        const found = all.find((each) => each.phase === phase && each.index === index)
        return [Energy.significant(found?.milliampHours ?? 0), Energy.percent(found?.share ?? 0)]
      })])
    ]
  }
}
