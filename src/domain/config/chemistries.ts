/**
 * How full a battery is by its voltage.
 *
 * A curve is a list of points, the fullest first, with straight lines between them. The voltages are those of a cell at
 * rest or under the few milliamperes of a board without its radio, at room temperature. Cells differ, and cold, age and
 * load lower the voltage: a percentage that follows from it is good to some ten percent, and for LiFePO4, whose voltage
 * hardly changes over most of its charge, to no more than full, middle and nearly empty.
 *
 * Li-ion and LiFePO4: the tables of charge by voltage at rest that makers of packs publish, one cell of them. Alkaline
 * and NiMH: makers' discharge graphs at small loads, the time to each voltage as a share of all.
 */
import type { BatteryConfig } from "./DeviceConfigFields.ts"

/** Volts and percent. */
export type Point = readonly [volts: number, percent: number]
export type Curve = ReadonlyArray<Point>

const liIon: Curve = [[4.2, 100], [4.08, 85], [3.98, 75], [3.87, 60], [3.8, 40], [3.73, 20], [3.69, 10], [3.61, 5], [
  3.27,
  0
]]
const lifepo4: Curve = [[3.4, 100], [3.33, 90], [3.3, 70], [3.28, 40], [3.23, 20], [3, 9], [2.5, 0]]
const alkaline: Curve = [[1.58, 100], [1.45, 85], [1.35, 65], [1.25, 40], [1.15, 20], [1.05, 8], [0.9, 0]]
const nimh: Curve = [[1.4, 100], [1.32, 85], [1.28, 65], [1.24, 40], [1.2, 20], [1.1, 5], [1, 0]]

/** That of one cell. */
const cellOf = (chemistry: BatteryConfig["chemistry"]): Curve => {
  switch (chemistry) {
    case "li-ion":
      return liIon
    case "lifepo4":
      return lifepo4
    case "alkaline":
      return alkaline
    case "nimh":
      return nimh
  }
}

/** The curve of a whole battery. */
export const curveOf = ({ cells, chemistry, empty, full }: BatteryConfig): Curve =>
  full !== undefined && empty !== undefined ? [[full, 100], [empty, 0]]
    : cellOf(chemistry).map(([volts, percent]) => [volts * cells, percent])

/** Along a curve: what belongs to `value`, where `from` and `to` say which of a point's two numbers is which. */
const along = (curve: Curve, value: number, from: 0 | 1, to: 0 | 1): number => {
  let above = curve[0] as Point
  for (const point of curve) {
    if (value >= point[from]) {
      const share = above[from] > point[from] ? (value - point[from]) / (above[from] - point[from]) : 0
      return point[to] + (above[to] - point[to]) * share
    }
    above = point
  }
  return above[to]
}

/** 0 to 100. */
export const percentOf = (battery: BatteryConfig, volts: number): number => along(curveOf(battery), volts, 0, 1)

/** The voltage of a battery that is so full: the inverse of `percentOf`. */
export const voltsOf = (battery: BatteryConfig, percent: number): number => along(curveOf(battery), percent, 1, 0)

/**
 * Whether a battery can have this voltage. None that runs a board has half of its empty one, or half as much again as
 * its full one: nothing is connected, or the divider is another.
 */
export const canBe = (battery: BatteryConfig, volts: number): boolean => {
  const curve = curveOf(battery)
  return volts >= (curve[curve.length - 1] as Point)[0] / 2 && volts <= (curve[0] as Point)[0] * 1.5
}
