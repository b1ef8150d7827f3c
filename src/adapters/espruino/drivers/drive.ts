/**
 * What drives a sensor, by Espruino's own modules, which must lie in the board's Storage. A board without a sensor keeps it in
 * a file of its own.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../../domain/DeviceConfig.ts"
import type { Measurement } from "../../../domain/Reading.ts"
import { SensorError } from "../../../ports/Sensor.ts"
import { platform } from "../platform.ts"

/** A DHT22 is tried so often, 0.55 s each. */
const dhtTries = 5

const defaultSda = 21

type Done = (measurement: Measurement | undefined) => void

const dht22 = (pin: number, done: Done) =>
  platform.require("DHT22").connect(pin).read(
    (got) => done(got.err ? undefined : { temperature: got.temp, humidity: got.rh }),
    dhtTries
  )

/** SDA at `pin` and SCL at the next one; without a `pin` 21 and 22. */
const bme280 = (pin: number, done: Done) => {
  const sda = pin || defaultSda
  platform.I2C1.setup({ sda, scl: sda + 1 })
  const got = platform.require("BME280").connect(platform.I2C1).getData()
  done({ temperature: got.temp, humidity: got.humidity })
}

/** Resumes once: with what was measured, or with what is wrong. */
export const drive = ({ id, pin, type }: SensorConfig, resume: (measured: Effect.Effect<Measurement, SensorError>) => void): void => {
  const fail = (message: string) => resume(Effect.fail(new SensorError({ sensor: id, message })))
  const answer: Done = (got) => got ? resume(Effect.succeed(got)) : fail("no answer; check its wiring and pin")
  try {
    if (type === "dht22") dht22(pin, answer)
    else if (type === "bme280") bme280(pin, answer)
    else fail("no driver for " + type + "; use dht22, bme280 or simulated")
  } catch (thrown) {
    const message = (thrown as Error).message
    fail(message.lastIndexOf("Module") < 0 ? message : message + "; put espruino.com/modules/ of that name into Storage")
  }
}
