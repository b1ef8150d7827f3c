/** What a device says of its battery, and where that leads. */
import * as Plot from "@observablehq/plot"
import * as Discharge from "../../domain/compare/Discharge.ts"
import * as Energy from "../simulate/life/Energy.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { colours, dayMillis, margins } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"
import { dayOf, daysOf, momentOf, timeAxis } from "./timeAxis.ts"
import type { BatteryPoint, Device, Fleet } from "../../domain/observed/Fleet.ts"

/** More points than that nobody sees. */
const mostPoints = 480

const thinned = <A>(points: ReadonlyArray<A>): ReadonlyArray<A> => {
  const step = Math.ceil(points.length / mostPoints)
  return points.filter((_, index) => index % step === 0 || index === points.length - 1)
}

const valueOf = ({ percent, volts }: BatteryPoint, isPercent: boolean): number | undefined =>
  isPercent ? percent : volts

const chart = (
  fleet: Fleet,
  points: ReadonlyArray<BatteryPoint>,
  isPercent: boolean,
  found: Discharge.Discharge | undefined,
  size: Size
): string => {
  const shown = thinned(points)
  const values = shown.map((point) => valueOf(point, isPercent) ?? 0)
  const [low, high] = isPercent ? [0, 100] : [Math.min(...values) - 0.05, Math.max(...values) + 0.05]
  const days = daysOf(fleet)
  const line = found === undefined ? [] : [found.from, found.to].map((at) => ({
    day: dayOf(fleet, at),
    value: found.percent + (found.to - at) / dayMillis * found.perDay.value
  }))
  return draw({
    ...margins(size),
    height: 190,
    marginTop: 26,
    marginBottom: 38,
    x: { domain: [0, days] },
    y: {
      domain: [low, high],
      label: isPercent ? "% left" : "volts",
      labelArrow: "none",
      ticks: 5,
      tickSize: 4,
      grid: true
    },
    marks: [
      Plot.dot(shown, {
        x: ({ at }: BatteryPoint) => dayOf(fleet, at),
        y: (point: BatteryPoint) => valueOf(point, isPercent),
        r: 1.6,
        fill: colours.first,
        title: (point: BatteryPoint) =>
          `${momentOf(fleet, point.at)}: ${valueOf(point, isPercent)}${isPercent ? " %" : " V"}`
      }),
      Plot.line(line, { x: "day", y: "value", stroke: colours.second, strokeWidth: 2 }),
      ...timeAxis(fleet, size)
    ]
  }, size)
}

const dateOf = (fleet: Fleet, at: number): string =>
  !isFinite(at) ? "never" : fleet.isDated ? new Date(at).toISOString().slice(0, 10)
    : "day " + Math.ceil((at - fleet.from) / dayMillis)

const prediction = (fleet: Fleet, { empty, perDay, to }: Discharge.Discharge): string => {
  const rate = `It loses ${Energy.significant(perDay.value)} % a day`
  return empty.value <= to ? rate + ", and is empty by now."
    : `${rate}, and is empty on ${dateOf(fleet, empty.value)}, somewhere from ${dateOf(fleet, empty.low)} to ${
      dateOf(fleet, empty.high)
    }, if it goes on like that.`
}

/** Undefined: it says nothing of a battery. */
export const batteryLevel = (fleet: Fleet, { battery }: Device, id: string): Picture | undefined => {
  const last = battery[battery.length - 1]
  if (last === undefined) return undefined
  const isPercent = last.percent !== undefined
  const points = battery.filter((point) => valueOf(point, isPercent) !== undefined)
  const found = isPercent ? Discharge.discharge(points.map(({ at, percent = 0 }) => ({ at, percent }))) : undefined
  const now = isPercent ? `${last.percent} %` : `${last.volts} V`
  const future = found === undefined ? " It cannot be said yet when it is empty." : " " + prediction(fleet, found)
  return {
    id,
    title: "The battery",
    text:
      `The last that the device has said is ${now}${
        last.volts === undefined || !isPercent ? "" : ` (${last.volts} V)`
      }, at ${momentOf(fleet, last.at)}.` + future,
    draw: (size) => [chart(fleet, points, isPercent, found, size)],
    table: [
      ["", ""],
      ["last", now],
      ["values", Format.amount(points.length)],
      ...(found === undefined ? [] : [
        ["% a day", Energy.range(found.perDay, Energy.significant)],
        ["empty", `${dateOf(fleet, found.empty.low)} to ${dateOf(fleet, found.empty.high)}`]
      ])
    ]
  }
}
