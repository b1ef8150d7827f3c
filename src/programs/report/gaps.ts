/** When readings came, and when they did not: a row for each sensor, or for each device of a fleet. */
import * as Plot from "@observablehq/plot"
import * as Format from "../dormouse/terminal/Format.ts"
import { colours, margins } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"
import { dayOf, daysOf, momentOf, timeAxis } from "./timeAxis.ts"
import { type Device, type Fleet, type Gap, type Sensor, spanMillis } from "../../domain/observed/Fleet.ts"

interface Stretch {
  readonly row: string
  readonly from: number
  readonly to: number
  readonly isGap: boolean
  readonly words: string
}

/** Shorter ones would not be seen. */
const isWide = (fleet: Fleet) => (gap: Gap): boolean => gap.to - gap.from >= spanMillis(fleet)

/** From the first reading to the end, cut at the gaps. */
const stretchesOf = (
  fleet: Fleet,
  row: string,
  sensors: ReadonlyArray<Sensor>,
  gaps: ReadonlyArray<Gap>
): ReadonlyArray<
  Stretch
> => {
  const length = spanMillis(fleet)
  const first = Math.min(...sensors.map(({ counts }) => counts.findIndex((count) => count > 0)).filter((at) => at >= 0))
  if (!isFinite(first)) return []
  const stretch = (from: number, to: number, isGap: boolean): Stretch => ({
    row,
    from: dayOf(fleet, from),
    to: dayOf(fleet, to),
    isGap,
    words: `${row}: ${isGap ? "no reading for" : "readings for"} ${Format.duration(to - from)}, from ${
      momentOf(fleet, from)
    }`
  })
  const found: Array<Stretch> = []
  let from = fleet.from + first * length
  for (const gap of gaps.filter(isWide(fleet))) {
    if (gap.from > from) found.push(stretch(from, gap.from, false))
    found.push(stretch(Math.max(from, gap.from), gap.to, true))
    from = gap.to
  }
  if (from < fleet.to) found.push(stretch(from, fleet.to, false))
  return found
}

const rowHeight = 20

const lanes = (fleet: Fleet, rows: ReadonlyArray<string>, stretches: ReadonlyArray<Stretch>, size: Size): string => {
  const longest = Math.max(...rows.map((row) => row.length))
  // Names need room: about seven pixels a letter.
  const room = Math.min(size === "wide" ? 190 : 110, 14 + 7 * longest)
  const most = Math.floor((room - 14) / 7)
  const label = (row: string) => row.length > most ? row.slice(0, most - 1) + "\u2026" : row
  return draw({
    ...margins(size),
    marginLeft: Math.max(room, margins(size).marginLeft),
    height: rows.length * rowHeight + 44,
    marginTop: 4,
    marginBottom: 38,
    x: { domain: [0, daysOf(fleet)] },
    y: { domain: rows, label: null, tickSize: 0, padding: 0.16, tickFormat: label },
    marks: [
      Plot.barX(stretches, {
        x1: "from",
        x2: "to",
        y: "row",
        fill: ({ isGap }: Stretch) => isGap ? colours.away : colours.good,
        fillOpacity: ({ isGap }: Stretch) => isGap ? 0.9 : 0.6,
        rx: 1.5,
        title: "words"
      }),
      ...timeAxis(fleet, size)
    ]
  }, size)
}

const longestOf = (gaps: ReadonlyArray<Gap>): number => Math.max(0, ...gaps.map(({ from, to }) => to - from))

const interval = ({ intervalMillis }: Sensor): string =>
  intervalMillis === undefined ? "-" : Format.duration(intervalMillis)

const gapWords = (gaps: ReadonlyArray<Gap>): string =>
  gaps.length === 0 ? "no gap"
    : gaps.length === 1 ? "1 gap of " + Format.duration(longestOf(gaps))
    : Format.plural(gaps.length, "gap") + ", the longest " + Format.duration(longestOf(gaps))

/** The sensors of one device. */
export const gaps = (fleet: Fleet, { sensors }: Device, id: string): Picture => ({
  id,
  title: "Gaps",
  text:
    sensors.map((sensor) =>
      `${sensor.name}: ${Format.plural(sensor.readings, "reading")}, one in ${interval(sensor)}, ${
        gapWords(sensor.gaps)
      }`
    ).join("; ") + (sensors.length === 0 ? "" : ". A gap is a pause of more than two and a half intervals."),
  draw: sensors.length === 0 ? undefined
    : (
      size
    ) => [
      lanes(fleet, sensors.map(({ name }) => name),
        sensors.flatMap((sensor) => stretchesOf(fleet, sensor.name, [sensor], sensor.gaps)), size)
    ],
  table: [
    ["sensor", "readings", "usually one in", "gaps", "longest gap", "last gap from"],
    ...sensors.map((
      sensor
    ) => [sensor.name, Format.amount(sensor.readings), interval(sensor), String(sensor.gaps.length),
      sensor.gaps.length === 0 ? "" : Format.duration(longestOf(sensor.gaps)),
      sensor.gaps.length === 0 ? "" : momentOf(fleet, sensor.gaps[sensor.gaps.length - 1]?.from ?? 0)]
    )
  ]
})

/** A device has a gap where all of its sensors have one. */
const commonGaps = (sensors: ReadonlyArray<Sensor>): ReadonlyArray<Gap> => {
  const [first, ...others] = sensors
  return others.reduce(
    (common: ReadonlyArray<Gap>, { gaps: own }) =>
      common.flatMap((one) =>
        own.map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) })).filter(
          ({ from, to }) => to > from
        )
      ),
    first?.gaps ?? []
  )
}

const readingsOf = ({ sensors }: Device): number => sensors.reduce((sum, { readings }) => sum + readings, 0)

const percentOf = ({ last }: Device): string => last?.percent === undefined ? "" : Math.round(last.percent) + " %"

/** All devices. */
export const fleetGaps = (fleet: Fleet, id: string): Picture => {
  const { devices } = fleet
  const gapsOf = new Map(devices.map((device) => [device.name, commonGaps(device.sensors)]))
  const silent = devices.filter(({ name }) => gapsOf.get(name)?.some(({ to }) => to === fleet.to))
  const readings = devices.reduce((sum, device) => sum + readingsOf(device), 0)
  return {
    id,
    title: "The fleet",
    text: `${Format.plural(devices.length, "device")}, ${Format.plural(readings, "reading")}. `
      + (silent.length === 0 ? "All of them have readings up to the end."
        : `Silent at the end: ${silent.slice(0, 10).map(({ name }) => name).join(", ")}${
          silent.length > 10 ? ", \u2026" : ""
        }.`),
    draw: (
      size
    ) => [
      lanes(fleet, devices.map(({ name }) => name),
        devices.flatMap(({ name, sensors }) => stretchesOf(fleet, name, sensors, gapsOf.get(name) ?? [])), size)
    ],
    table: [
      ["device", "readings", "gaps", "longest gap", "last seen", "battery", "tries a connection", "last error"],
      ...devices.map((device) => {
        const own = gapsOf.get(device.name) ?? []
        const { connectionCount, tries } = device
        return [device.name, Format.amount(readingsOf(device)), String(own.length),
          own.length === 0 ? "" : Format.duration(longestOf(own)), momentOf(fleet, device.lastSeen), percentOf(device),
          connectionCount === 0 ? "" : String(Math.round(100 * tries / connectionCount) / 100),
          device.last?.lastError ?? ""]
      })
    ]
  }
}
