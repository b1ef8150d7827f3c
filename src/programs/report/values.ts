/** What the sensors of a device measured: each quantity as a line, with the range of each span around it. */
import * as Plot from "@observablehq/plot"
import { quantities } from "../../domain/config/quantities.ts"
import * as Energy from "../simulate/life/Energy.ts"
import { colours, margins } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"
import { daysOf, momentOf, timeAxis } from "./timeAxis.ts"
import {
  type Device,
  type Fleet,
  middleOf,
  type Series,
  spanMillis,
  type ValueSpan
} from "../../domain/observed/Fleet.ts"

const unitOf = ({ quantity, unit }: Series): string =>
  quantity === "temperature" && unit !== undefined ? "\u00b0" + unit : quantities[quantity]?.unit ?? ""

/** `Temperature, \u00b0C`, and before it the sensor where there are several. */
const titleOf = (series: Series, isOneOfMany: boolean): string => {
  const { quantity, sensor } = series
  const unit = unitOf(series)
  return (isOneOfMany ? sensor + ": " : "") + (quantities[quantity]?.name ?? quantity) +
    (unit === "" ? "" : ", " + unit)
}

interface Point {
  readonly day: number
  readonly low: number
  readonly mean: number
  readonly high: number
}

const pointOf = (fleet: Fleet, span: ValueSpan | undefined, index: number): Point =>
  span === undefined ? { day: middleOf(fleet, index), low: NaN, mean: NaN, high: NaN }
    : { day: middleOf(fleet, index), low: span.low, mean: span.sum / span.count, high: span.high }

/** A span without a reading breaks the line only where readings are missing: it may be shorter than their interval. */
const pointsOf = (fleet: Fleet, device: Device, series: Series): ReadonlyArray<Point> => {
  const missing = device.sensors.find(({ name }) => name === series.sensor)?.gaps ?? []
  const isMissing = (index: number): boolean => {
    const middle = fleet.from + (index + 0.5) * spanMillis(fleet)
    return missing.some(({ from, to }) => from < middle && middle < to)
  }
  return series.spans.flatMap((span, index) =>
    span !== undefined || isMissing(index) ? [pointOf(fleet, span, index)] : []
  )
}

/** So many spans share a tooltip: hundreds of them would make the file large. */
const shared = 6

interface Hover {
  readonly from: number
  readonly to: number
  readonly words: string
}

const hovers = (fleet: Fleet, { spans }: Series): ReadonlyArray<Hover> => {
  const length = spanMillis(fleet)
  return Array.from({ length: Math.ceil(spans.length / shared) }, (_, group) => {
    const own = spans.slice(group * shared, (group + 1) * shared).filter((span) => span !== undefined)
    const [from, to] = [group * shared, Math.min(spans.length, (group + 1) * shared)]
    const day = (index: number) => index * length / 86_400_000
    const [low, high] = [Math.min(...own.map((span) => span.low)), Math.max(...own.map((span) => span.high))]
    const words = own.length === 0 ? "no reading" : Energy.range({ low, high, value: low }, (value) => String(value))
    return { from: day(from), to: day(to), words: momentOf(fleet, fleet.from + from * length) + ": " + words }
  })
}

const chart = (fleet: Fleet, device: Device, series: Series, isLast: boolean, size: Size): string => {
  const points = pointsOf(fleet, device, series)
  const known = points.filter(({ mean }) => !Number.isNaN(mean))
  const [low, high] = [Math.min(...known.map((point) => point.low)), Math.max(...known.map((point) => point.high))]
  const room = high > low ? (high - low) * 0.06 : Math.max(1, Math.abs(high) * 0.1)
  return draw({
    ...margins(size),
    height: isLast ? 140 : 112,
    marginTop: 26,
    marginBottom: isLast ? 38 : 6,
    x: { domain: [0, daysOf(fleet)], ...(isLast ? {} : { axis: null }) },
    y: {
      domain: [low - room, high + room],
      label: titleOf(series, device.sensors.length > 1),
      labelArrow: "none",
      ticks: 4,
      tickSize: 4,
      grid: true
    },
    marks: [
      Plot.areaY(points, { x: "day", y1: "low", y2: "high", fill: colours.first, fillOpacity: 0.22 }),
      Plot.lineY(points, { x: "day", y: "mean", stroke: colours.first, strokeWidth: 1.5 }),
      Plot.rect(hovers(fleet, series), {
        x1: "from",
        x2: "to",
        y1: low - room,
        y2: high + room,
        fillOpacity: 0,
        title: "words"
      }),
      ...(isLast ? timeAxis(fleet, size) : [])
    ]
  }, size)
}

const sums = ({ spans }: Series) => {
  const known = spans.filter((span) => span !== undefined)
  const count = known.reduce((all, span) => all + span.count, 0)
  return {
    low: Math.min(...known.map((span) => span.low)),
    mean: known.reduce((all, span) => all + span.sum, 0) / count,
    high: Math.max(...known.map((span) => span.high)),
    count
  }
}

const show = (value: number): string => String(Math.round(value * 100) / 100)

export const values = (fleet: Fleet, device: Device, id: string): Picture => {
  const { series } = device
  const many = device.sensors.length > 1
  const words = series.map((each) => {
    const { high, low } = sums(each)
    return `${titleOf(each, many)}: ${show(low)} to ${show(high)}`
  })
  return {
    id,
    title: "What was measured",
    text: series.length === 0 ? "There is no reading."
      : words.join("; ") +
        ". The line is the mean of a span, the band its range; where the line stops, readings are missing.",
    draw: series.length === 0 ? undefined
      : (size) => series.map((each, index) => chart(fleet, device, each, index === series.length - 1, size)),
    table: [
      ["quantity", "least", "mean", "most", "readings"],
      ...series.map((each) => {
        const { count, high, low, mean } = sums(each)
        return [titleOf(each, many), show(low), show(mean), show(high), String(count)]
      })
    ]
  }
}
