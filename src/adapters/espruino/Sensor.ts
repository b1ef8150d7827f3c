/**
 * The Sensor port over Espruino's own modules, which must lie in the board's Storage, and made-up weather for a board
 * without a sensor.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../domain/DeviceConfig.ts"
import type { Measurement } from "../../domain/Reading.ts"
import { type Sensor, SensorError } from "../../ports/Sensor.ts"
import { bme280 } from "./drivers/bme280.ts"
import { dht22 } from "./drivers/dht22.ts"
import { simulated } from "./drivers/simulated.ts"

/** Calls back with nothing when the sensor does not answer. Throws when it cannot be asked. */
const drive = (sensor: SensorConfig, done: (measurement: Measurement | undefined) => void) => {
  if (sensor.type === "simulated") return simulated(sensor, done)
  if (sensor.type === "dht22") return dht22(sensor, done)
  if (sensor.type === "bme280") return bme280(sensor, done)
  throw new Error("no driver for " + sensor.type + "; use dht22, bme280 or simulated")
}

const read = (sensor: SensorConfig) =>
  Effect.callback<Measurement, SensorError>((resume) => {
    const fail = (message: string) => resume(Effect.fail(new SensorError({ sensor: sensor.id, message })))
    try {
      drive(sensor, (got) => got ? resume(Effect.succeed(got)) : fail("no answer; check its wiring and pin"))
    } catch (thrown) {
      const message = (thrown as Error).message
      fail(message.lastIndexOf("Module") < 0 ? message : message + "; put espruino.com/modules/ of that name into Storage")
    }
  })

export const sensor: Sensor["Service"] = { read }
