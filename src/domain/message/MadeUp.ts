/** Made-up values for machines without a sensor, for every quantity that one gives. Not part of a board's program. */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import { rowOf } from "../config/drivers.ts"
import { quantities } from "../config/quantities.ts"
import type { Measurement } from "./Measurement.ts"

const dayMillis = 86_400_000
/** Where nothing is known of a quantity. */
const unknown = { low: 0, high: 100, isBinary: undefined }

/** A made-up count: one in so many milliseconds. */
export const countMillis = 600_000

/** Through the day between the least and the most that is usual, with a small random part; `chance` is 0 to 1. */
const valueOf = (key: string, now: number, chance: number): number => {
  const { high, isBinary, low } = quantities[key] ?? unknown
  const share = 0.5 + 0.45 * Math.sin((now / dayMillis + key.length / 7) * 2 * Math.PI) + 0.1 * (chance - 0.5)
  if (isBinary === true) return share > 0.7 ? 1 : 0
  return Math.round((low + (high - low) * share) * 100) / 100
}

/** What the sensor measures, if its temperature and humidity are these. `now` in milliseconds since 1970. */
export const complete = (
  sensor: SensorConfig,
  measurement: Measurement,
  now: number,
  chance: number
): Measurement => {
  if (sensor.quantities === undefined) return measurement
  const found: Record<string, number> = {}
  const known = measurement as Readonly<Record<string, number | undefined>>
  for (const { key } of sensor.quantities) {
    const isTotal = quantities[key]?.isTotal ?? rowOf(sensor.type)?.counts
    found[key] = known[key] ?? (isTotal === true ? Math.floor(now / countMillis) : valueOf(key, now, chance))
  }
  return found
}

const hourMillis = 3_600_000

/**
 * Milliseconds from `now` until a contact is opened or closed: one to seven hours, by a rule that looks like chance, six times a
 * day on average.
 */
export const untilPin = (now: number): number => {
  const share = Math.abs(Math.sin(Math.floor(now / 1_000) * 12.9898) * 43_758.5453) % 1
  return Math.round((1 + 6 * share) * hourMillis)
}
