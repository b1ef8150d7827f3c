/**
 * The reading of a sensor that gives something else than temperature and humidity as they are measured: any quantities,
 * each calibrated, in its own unit and with its own decimals. A board whose file has no such sensor does without this.
 */
import type { Quantity, SensorConfig } from "../config/DeviceConfig.ts"
import { settingsOf } from "../config/SensorQuantities.ts"
import type { Message } from "../delivery/Outbox.ts"
import { inUnit, isValue, type Reading } from "./Measurement.ts"

/** What is published of one quantity. */
export type Value = readonly [quantity: Quantity, value: number]

const standardDecimals = 2

/** In the unit in which it is published: two points of a straight line, or a factor and what is added. */
const published = (sensor: SensorConfig, quantity: Quantity, measured: number): number => {
  const {
    decimals = standardDecimals,
    measuredHigh = 0,
    measuredLow,
    offset = 0,
    scale = 1,
    trueHigh = 0,
    trueLow = 0
  } = settingsOf(sensor, quantity)
  const value = quantity.key === "temperature" ? inUnit(measured, sensor.temperature.unit) : measured
  const calibrated = measuredLow === undefined ? value * scale + offset
    : trueLow + (value - measuredLow) * (trueHigh - trueLow) / (measuredHigh - measuredLow)
  const unit = Math.pow(10, decimals)
  return Math.round(calibrated * unit) / unit
}

/** Every value that was measured, in the order of the JSON; what is no number is left out. */
export const valuesOf = (
  sensor: SensorConfig,
  measurement: Readonly<Record<string, unknown>>
): ReadonlyArray<Value> => {
  const values: Array<Value> = []
  for (const quantity of sensor.quantities ?? []) {
    const measured = measurement[quantity.key]
    if (typeof measured === "number" && isValue(measured)) {
      values.push([quantity, published(sensor, quantity, measured)])
    }
  }
  return values
}

/** As `Reading.toMessages`: `unit` is the temperature's. */
export const messagesOf = (reading: Reading, publishValues: boolean): ReadonlyArray<Message> => {
  const { sensor, uptime } = reading
  const base = sensor.id + "/"
  const plain: Array<Message> = []
  let unit = ""
  let document = "{"
  for (const [{ key }, value] of valuesOf(sensor, reading as object as Readonly<Record<string, unknown>>)) {
    document += "\"" + key + "\":" + value + ","
    if (key === "temperature") unit = ",\"unit\":\"" + sensor.temperature.unit + "\""
    if (publishValues) plain.push({ topic: base + key, payload: "" + value })
  }
  return [{ topic: base + "data", payload: document + "\"uptime\":" + uptime + unit + "}" }].concat(plain)
}
