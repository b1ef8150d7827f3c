/** What the limits of a quantity say of one value, in the unit in which it is published. */
import type { Limits } from "../config/limits.ts"

/** In the quantity's unit, where none is given. */
const standardHysteresis = 0.5

/** Bits of an alarm: above the upper threshold, below the lower one. */
const aboveBit = 1
const belowBit = 2

/** The alarms of several quantities are digits to this base. */
export const alarmBase = 4

/** The alarm bits of one quantity. Within `hysteresis` of a threshold they stay as they were. */
export const alarmOf = (
  value: number,
  { above = Infinity, below = -Infinity, hysteresis = standardHysteresis }: Limits,
  before: number
): number => {
  const isAbove = value > above || (before & aboveBit) > 0 && value > above - hysteresis
  const isBelow = value < below || (before & belowBit) > 0 && value < below + hysteresis
  return (isAbove ? aboveBit : 0) + (isBelow ? belowBit : 0)
}

/** Differences as small as those of binary fractions do not count. */
export const isApart = (value: number, last: number | null, { change }: Limits): boolean =>
  change !== undefined && (last === null || Math.abs(value - last) >= change - 1e-9)
