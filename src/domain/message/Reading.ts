/**
 * What a sensor measured, and the Application Messages made from it.
 */
import type { Message } from "../delivery/Outbox.ts"
import { inUnit, isValue, type Measurement, type Reading, rounded } from "./Measurement.ts"
import { messagesOf } from "./Quantities.ts"

/** A board's bundle may come without it. */
const ofQuantities: typeof messagesOf | undefined = messagesOf

export { inUnit, isValue, type Measurement, type Reading, rounded } from "./Measurement.ts"

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
  if (ofQuantities !== undefined && sensor.quantities !== undefined) return ofQuantities(reading, publishValues)
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
