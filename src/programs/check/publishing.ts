/** What a sensor's keys say of which readings are published, where they have no effect, or not the one that is meant. */
import { pathOf } from "../../domain/config/BoardRules.ts"
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import { isSelective, type Limits, standardSilence, wholeWakes } from "../../domain/config/limits.ts"
import type { Remark } from "./Remark.ts"

const ofSensor = (config: DeviceConfig, sensor: SensorConfig): ReadonlyArray<Remark> => {
  const path = pathOf(sensor)
  const found: Array<Remark> = []
  const warn = (key: string, message: string) =>
    found.push({ path: path + "." + key, message: `${path}.${key} ${message}` })
  const limits: ReadonlyArray<readonly [name: string, limits: Limits]> = [
    ["temperature", sensor.temperature],
    ["humidity", sensor.humidity],
    ...(sensor.quantities ?? []).map((each) => ["quantities." + each.key, each] as const)
  ]
  for (const [name, { above, below, hysteresis }] of limits) {
    if (hysteresis !== undefined && above === undefined && below === undefined) {
      warn(name + ".hysteresis", `has no effect without ${name}.above or ${name}.below`)
    }
  }
  const { maxSilence = standardSilence } = sensor
  const period = wholeWakes(sensor.interval, config.publishInterval)
  if (sensor.maxSilence !== undefined && !isSelective(sensor)) {
    warn("max_silence", "has no effect without temperature.change or humidity.change: every reading is published")
  }
  if (isSelective(sensor) && maxSilence <= period) {
    const given = sensor.maxSilence === undefined ? `is missing and so ${maxSilence}` : `is ${maxSilence}`
    warn("max_silence",
      `${given}, and a reading is taken every ${period} s: every reading is published, whatever has changed`)
  }
  return found
}

/** Remarks on all sensors. */
export const publishing = (config: DeviceConfig): ReadonlyArray<Remark> =>
  config.sensors.flatMap((sensor) => ofSensor(config, sensor))
