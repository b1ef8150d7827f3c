/**
 * What a sensor measured, and the Application Messages it becomes.
 */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import type { Message } from "../delivery/Outbox.ts"

/** Temperature in degrees Celsius, relative humidity in percent. */
export interface Measurement {
  readonly temperature?: number
  readonly humidity?: number
}

export interface Reading extends Measurement {
  readonly sensor: SensorConfig
  /** Seconds since the device was first powered up. */
  readonly uptime: number
}

/** Sensors are good for a tenth of a unit; more digits only cost flash and radio. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** What is no number is no value: JSON has none for it, and who reads a plain `NaN` takes it for one or stumbles. */
export const isValue = (value: number | undefined): value is number => value !== undefined && isFinite(value)

export const inUnit = (celsius: number, unit: string): number => unit === "F" ? celsius * 1.8 + 32 : celsius

/** With `publishValues`: each value under a topic of its own, which begins with `base`. */
const valueMessages = (base: string, { humidity, temperature }: Measurement): ReadonlyArray<Message> => {
  const all: Array<Message> = []
  if (temperature !== undefined) all.push({ topic: base + "temperature", payload: "" + temperature })
  if (humidity !== undefined) all.push({ topic: base + "humidity", payload: "" + humidity })
  return all
}

/**
 * The messages for one reading: one JSON document at `<sensor id>/data` below the prefix, and with `publishValues` the
 * plain values beside it. All QoS 1, not retained: success means acknowledged.
 */
export const toMessages = (reading: Reading, publishValues: boolean): ReadonlyArray<Message> => {
  const { humidity, sensor, temperature, uptime } = reading
  const { unit } = sensor.temperature
  const base = sensor.id + "/"
  const document: { temperature?: number; humidity?: number; uptime?: number; unit?: string } = {}
  const hasTemperature = isValue(temperature)
  if (hasTemperature) document["temperature"] = rounded(inUnit(temperature, unit))
  if (isValue(humidity)) document["humidity"] = rounded(humidity)
  document["uptime"] = uptime
  if (hasTemperature) document["unit"] = unit
  const messages = [{ topic: base + "data", payload: JSON.stringify(document) }]
  return publishValues ? messages.concat(valueMessages(base, document)) : messages
}
