/** The axis of time of what was observed: dates of a calendar, or days of a simulation. */
import * as Plot from "@observablehq/plot"
import * as Format from "../dormouse/terminal/Format.ts"
import { dayAxis, dayMillis } from "./pictures.ts"
import type { Size } from "./Svg.ts"
import type { Fleet } from "../../domain/observed/Fleet.ts"

export const daysOf = ({ from, to }: Fleet): number => Math.max(1e-6, (to - from) / dayMillis)

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const two = (value: number): string => String(value).padStart(2, "0")

const dateOf = (at: number): string => {
  const date = new Date(at)
  return date.getUTCDate() + " " + (months[date.getUTCMonth()] ?? "")
}

const clockOf = (at: number): string => {
  const date = new Date(at)
  return two(date.getUTCHours()) + ":" + two(date.getUTCMinutes())
}

/** A moment as a person reads it: `3 Nov 14:05`, UTC; in a simulation `day 03 14:05:00`. */
export const momentOf = (fleet: Fleet, at: number): string =>
  fleet.isDated ? dateOf(at) + " " + clockOf(at) : Format.dayStamps(daysOf(fleet)).at(at - fleet.from)

/** Hours between two ticks. */
const steps = [1, 2, 3, 6, 12, 24, 48, 120, 240, 720, 2_160, 8_760]

const dated = (fleet: Fleet, size: Size): ReadonlyArray<Plot.Markish> => {
  const hours = daysOf(fleet) * 24
  const most = size === "wide" ? 9 : 4
  const step = (steps.find((each) => hours / each <= most) ?? 8_760) * 3_600_000
  const first = Math.ceil(fleet.from / step) * step
  const ticks: Array<number> = []
  for (let at = first; at <= fleet.to; at += step) ticks.push(at)
  const label = (at: number) => step < dayMillis && at % dayMillis !== 0 ? clockOf(at) : dateOf(at)
  return [
    Plot.axisX(ticks.map((at) => (at - fleet.from) / dayMillis), {
      tickFormat: (day: number) => label(Math.round(fleet.from + day * dayMillis)),
      tickSize: 4,
      label: null
    })
  ]
}

export const timeAxis = (fleet: Fleet, size: Size): ReadonlyArray<Plot.Markish> =>
  fleet.isDated ? dated(fleet, size) : dayAxis(daysOf(fleet), size)

/** Of a moment, in the scale of the axis. */
export const dayOf = ({ from }: Fleet, at: number): number => (at - from) / dayMillis
