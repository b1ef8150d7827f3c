/**
 * What a sensor measured, and the Application Messages it becomes.
 */
import type { ApplicationMessage } from "./ApplicationMessage.ts"
import type { SensorConfig } from "./DeviceConfig.ts"
import * as Bytes from "./packet/Bytes.ts"
import type { TopicName } from "./Topic.ts"

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
const rounded = (value: number): number => Math.round(value * 100) / 100

const inUnit = (celsius: number, unit: string): number => unit === "F" ? celsius * 1.8 + 32 : celsius

/**
 * The messages for one reading under `prefix`: one JSON document at `<prefix>/<sensor id>/data`, and with `publishValues`
 * the plain values beside it. All QoS 1, not retained: success means acknowledged.
 */
export const toMessages = (reading: Reading, prefix: string, publishValues: boolean): ReadonlyArray<ApplicationMessage<1>> => {
  const sensor = reading.sensor
  const base = prefix + "/" + sensor.id + "/"
  const message = (name: string, text: string): ApplicationMessage<1> => ({
    // The prefix was checked with the configuration, so the whole is a Topic Name.
    topic: (base + name) as TopicName,
    payload: Bytes.fromText(text),
    qos: 1,
    retain: false
  })
  const document: { temperature?: number; humidity?: number; uptime?: number; unit?: string } = {}
  const values: Array<ApplicationMessage<1>> = []
  if (reading.temperature !== undefined) {
    document.temperature = rounded(inUnit(reading.temperature, sensor.temperature.unit))
    values.push(message("temperature", "" + document.temperature))
  }
  if (reading.humidity !== undefined) {
    document.humidity = rounded(reading.humidity)
    values.push(message("humidity", "" + document.humidity))
  }
  document.uptime = reading.uptime
  if (reading.temperature !== undefined) document.unit = sensor.temperature.unit
  const data = message("data", JSON.stringify(document))
  return publishValues ? [data].concat(values) : [data]
}
