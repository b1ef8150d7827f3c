/**
 * The Sensor port over Espruino's own modules, which must lie in the board's Storage, and made-up weather for a board
 * without a sensor. A BME280 has its SDA at `pin` and its SCL at the next one; without a `pin` these are 21 and 22.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../domain/DeviceConfig.ts"
import type { Measurement } from "../../domain/Reading.ts"
import * as Weather from "../../domain/Weather.ts"
import { type Sensor, SensorError } from "../../ports/Sensor.ts"
import { platform } from "./platform.ts"

/** A DHT22 is tried so often, 0.55 s each. */
const dhtTries = 5

const defaultSda = 21

type Done = (measurement: Measurement | undefined) => void

const dht22 = (pin: number, done: Done) =>
  platform.require("DHT22").connect(pin).read(
    (got) => done(got.err ? undefined : { temperature: got.temp, humidity: got.rh }),
    dhtTries
  )

const bme280 = (pin: number, done: Done) => {
  const sda = pin || defaultSda
  platform.I2C1.setup({ sda, scl: sda + 1 })
  const got = platform.require("BME280").connect(platform.I2C1).getData()
  done({ temperature: got.temp, humidity: got.humidity })
}

const drive = (sensor: SensorConfig, done: Done) => {
  switch (sensor.type) {
    case "dht22":
      return dht22(sensor.pin, done)
    case "bme280":
      return bme280(sensor.pin, done)
    default:
      throw new Error("no driver for " + sensor.type + "; use dht22, bme280 or simulated")
  }
}

const ask = (sensor: SensorConfig) =>
  Effect.callback<Measurement, SensorError>((resume) => {
    const fail = (message: string) => resume(Effect.fail(new SensorError({ sensor: sensor.id, message })))
    try {
      drive(sensor, (got) => got ? resume(Effect.succeed(got)) : fail("no answer; check its wiring and pin"))
    } catch (thrown) {
      const message = (thrown as Error).message
      fail(message.lastIndexOf("Module") < 0 ? message : message + "; put espruino.com/modules/ of that name into Storage")
    }
  })

const weather = Effect.sync(() => Weather.at(Date.now(), Math.random()))

export const sensor: Sensor["Service"] = { read: (sensor) => sensor.type === "simulated" ? weather : ask(sensor) }
