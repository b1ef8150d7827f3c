/**
 * Made-up weather for machines without a sensor: plausible to a person, and the same for the same arguments.
 */
import type { Measurement } from "./Reading.ts"

const dayMillis = 86_400_000
const warmestMillis = 15 * 3_600_000
/** Radians; a number, because a board's interpreter looks up each name. */
const turn = 6.283185307179586

/** To a tenth, as sensors give it. */
const tenths = (value: number): number => Math.round(value * 10) / 10

/**
 * 16 to 24 degrees Celsius through the day, warmest at 15:00 UTC; the humidity is lowest then. `now` in milliseconds
 * since 1970; `chance`, 0 to 1, adds a small random part.
 */
export const at = (now: number, chance: number): Measurement => {
  const warmth = Math.cos(((now - warmestMillis) / dayMillis) * turn)
  return {
    temperature: tenths(20 + 4 * warmth + 0.6 * chance - 0.3),
    humidity: tenths(50 - 12 * warmth - 4 * chance + 2)
  }
}
