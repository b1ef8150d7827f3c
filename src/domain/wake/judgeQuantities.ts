/**
 * Whether a reading has changed, for a sensor that gives other quantities than temperature and humidity as they are
 * measured (`onChange`).
 */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import { settingsOf } from "../config/SensorQuantities.ts"
import type { Measurement } from "../message/Measurement.ts"
import * as Quantities from "../message/Quantities.ts"
import type { Judged, Published } from "../state/Selection.ts"
import { alarmBase, alarmOf, isApart } from "./Thresholds.ts"

/** What is remembered of a reading that is published: the alarms, and those values that are compared with the next. */
export const judgeQuantities = (
  sensor: SensorConfig,
  measurement: Measurement,
  [, , , lastAlarms, lastValues = {}]: Published,
  now: number
): Judged => {
  const values: Record<string, number> = { ...lastValues }
  const found: Record<string, number> = {}
  for (const [{ key }, value] of Quantities.valuesOf(sensor, measurement as Readonly<Record<string, unknown>>)) {
    found[key] = value
  }
  let alarms = 0
  let digit = 1
  let hasChanged = false
  for (const quantity of sensor.quantities ?? []) {
    const { key } = quantity
    const value = found[key]
    const limits = settingsOf(sensor, quantity)
    const before = Math.floor(lastAlarms / digit) % alarmBase
    alarms += digit * (value === undefined ? before : alarmOf(value, limits, before))
    if (value !== undefined && limits.change !== undefined) {
      if (isApart(value, lastValues[key] ?? null, limits)) hasChanged = true
      values[key] = value
    }
    digit *= alarmBase
  }
  return { next: [now, null, null, alarms, values], hasChanged }
}
