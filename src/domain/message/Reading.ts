/**
 * What a sensor measured, and the Application Messages made from it.
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

/** Sensors are accurate to a tenth of a unit; more digits only cost flash and radio time. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** A value that is not a number is left out: JSON has none for it, and a plain `NaN` would confuse its readers. */
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
 * The messages for one reading: one JSON document at `<sensor id>/data` below the prefix, and with `publishValues` also
 * the plain values. All have QoS 1 and are not retained. QoS 1, because success means acknowledged.
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
