/** The connections of a device: how many, at which try, how long it was awake for them, and what was still pending. */
import * as Plot from "@observablehq/plot"
import * as Format from "../dormouse/terminal/Format.ts"
import { colours, margins, wholeTicks } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"
import { daysOf, momentOf, timeAxis } from "./timeAxis.ts"
import { type ConnectionSpan, type Device, type Fleet, spanMillis } from "../../domain/observed/Fleet.ts"

interface Bar {
  readonly from: number
  readonly to: number
  readonly at: string
  readonly first: number
  readonly later: number
  readonly awake: number
  readonly pending: number
}

/** So many spans are one bar. */
const joined = 4

const barsOf = (fleet: Fleet, { connections }: Device): ReadonlyArray<Bar> => {
  const length = spanMillis(fleet) * joined / 86_400_000
  const sum = (own: ReadonlyArray<ConnectionSpan>, of: (span: ConnectionSpan) => number) =>
    own.reduce((all, span) => all + of(span), 0)
  return Array.from({ length: connections.length / joined }, (_, index) => {
    const own = connections.slice(index * joined, (index + 1) * joined)
    return {
      from: index * length,
      to: (index + 1) * length,
      at: momentOf(fleet, fleet.from + index * length * 86_400_000),
      first: sum(own, ({ first }) => first),
      later: sum(own, ({ later }) => later),
      awake: sum(own, ({ awakeSum }) => awakeSum) / sum(own, ({ awakeCount }) => awakeCount),
      pending: Math.max(...own.map(({ pending }) => pending))
    }
  })
}

const counts = (fleet: Fleet, bars: ReadonlyArray<Bar>, isLast: boolean, size: Size): string => {
  const most = Math.max(1, ...bars.map(({ first, later }) => first + later))
  return draw({
    ...margins(size),
    height: isLast ? 150 : 120,
    marginTop: 26,
    marginBottom: isLast ? 38 : 6,
    x: { domain: [0, daysOf(fleet)], ...(isLast ? {} : { axis: null }) },
    y: {
      domain: [0, most * 1.1],
      label: "connections in " + Format.duration(spanMillis(fleet) * joined),
      labelArrow: "none",
      ticks: wholeTicks(most),
      tickFormat: "d",
      tickSize: 4
    },
    marks: [
      Plot.rectY(bars, {
        x1: "from",
        x2: "to",
        y1: 0,
        y2: "first",
        fill: colours.good,
        insetRight: 0.5,
        title: ({ at, first }: Bar) => `${at}: ${first} at the first try`
      }),
      Plot.rectY(bars.filter(({ later }) => later > 0), {
        x1: "from",
        x2: "to",
        y1: "first",
        y2: ({ first, later }: Bar) => first + later,
        fill: colours.failed,
        insetRight: 0.5,
        title: ({ at, later }: Bar) => `${at}: ${later} at a later try`
      }),
      Plot.ruleY([0], { stroke: colours.quiet }),
      ...(isLast ? timeAxis(fleet, size) : [])
    ]
  }, size)
}

const seconds = ({ awake }: Bar): number => awake / 1_000

const awakeChart = (fleet: Fleet, bars: ReadonlyArray<Bar>, size: Size): string => {
  const known = bars.filter(({ awake }) => !Number.isNaN(awake))
  return draw({
    ...margins(size),
    height: 140,
    marginTop: 26,
    marginBottom: 38,
    x: { domain: [0, daysOf(fleet)] },
    y: {
      domain: [0, Math.max(...known.map(seconds)) * 1.15],
      label: "seconds awake, mean",
      labelArrow: "none",
      ticks: 4,
      tickSize: 4,
      grid: true
    },
    marks: [
      Plot.rectY(known, {
        x1: "from",
        x2: "to",
        y1: 0,
        y2: seconds,
        fill: colours.first,
        insetRight: 0.5,
        title: (bar: Bar) => `${bar.at}: ${Format.duration(bar.awake)} awake`
      }),
      Plot.ruleY([0], { stroke: colours.quiet }),
      ...timeAxis(fleet, size)
    ]
  }, size)
}

const sumOf = ({ connections }: Device, of: (span: ConnectionSpan) => number): number =>
  connections.reduce((sum, span) => sum + of(span), 0)

export const connections = (fleet: Fleet, device: Device, id: string): Picture => {
  const { connectionCount, last, tries } = device
  if (connectionCount === 0) {
    const text = "The device has not said how it connects: that needs mqtt.publish_status."
    return { id, title: "Connections", text, draw: undefined, table: [] }
  }
  const bars = barsOf(fleet, device)
  const [first, later] = [sumOf(device, (span) => span.first), sumOf(device, (span) => span.later)]
  const awakeCount = sumOf(device, (span) => span.awakeCount)
  const awake = sumOf(device, (span) => span.awakeSum) / awakeCount
  const pending = Math.max(...device.connections.map((span) => span.pending))
  const hasAwake = awakeCount > 0
  return {
    id,
    title: "Connections",
    text: Format.plural(connectionCount, "connection")
      + (later === 0 ? (connectionCount === 1 ? "" : ", all") + " at the first try."
        : `, ${Format.amount(first)} at the first try and ${Format.amount(later)} at a later one; ${
          Math.round(100 * tries / connectionCount) / 100
        } tries for each.`)
      + (hasAwake ? ` The device was awake for ${Format.duration(awake)}, as a mean.` : "")
      + (last?.lastError === undefined ? "" : ` Its last error: ${last.lastError}.`),
    draw: (size) => [counts(fleet, bars, !hasAwake, size), ...(hasAwake ? [awakeChart(fleet, bars, size)] : [])],
    table: [
      ["", ""],
      ["connections", Format.amount(connectionCount)],
      ["at the first try", Format.amount(first)],
      ["at a later one", Format.amount(later)],
      ["tries", Format.amount(tries)],
      ...(hasAwake ? [["awake, mean", Format.duration(awake)]] : []),
      ["pending at the end of one, at most", Format.amount(pending)]
    ]
  }
}
