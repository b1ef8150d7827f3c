/** What a sensor's configuration says of which readings are published, and which at once. */
import type { SensorConfig } from "./DeviceConfig.ts"
import { hasLists } from "./hasLists.ts"

/** What one quantity may have. Values in the unit in which it is published. */
export type Limits = Pick<SensorConfig["humidity"], "change" | "above" | "below" | "hysteresis">

/** The longest time without a published reading, in seconds, where none is given. */
export const standardSilence = 3600

const hasChange = ({ change }: Limits): boolean => change !== undefined

/** Whether a sensor's readings are published only when they have changed. */
export const isSelective = ({ humidity, quantities, temperature }: SensorConfig): boolean =>
  hasChange(temperature) || hasChange(humidity) ||
  hasLists && quantities !== undefined && quantities.some(hasChange)

const hasThreshold = ({ above, below }: Limits): boolean => above !== undefined || below !== undefined

/** Whether a sensor's readings are compared with those before. */
export const isCompared = (sensor: SensorConfig): boolean =>
  isSelective(sensor) || hasThreshold(sensor.temperature) || hasThreshold(sensor.humidity) ||
  hasLists && sensor.quantities !== undefined && sensor.quantities.some(hasThreshold)

/** Whole wakes until so many seconds have passed, at least one; in seconds, as `interval` between two wakes. */
export const wholeWakes = (seconds: number, interval: number): number =>
  Math.max(1, Math.ceil(seconds / interval)) * interval

/** Seconds between two published readings of a sensor at the most, while all is well. */
export const publishedEvery = (sensor: SensorConfig, interval: number): number =>
  wholeWakes(Math.max(sensor.interval, isSelective(sensor) ? sensor.maxSilence ?? standardSilence : 0), interval)
