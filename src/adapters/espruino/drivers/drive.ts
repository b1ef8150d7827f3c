/**
 * What drives a sensor, by Espruino's own modules, which must lie in the board's Storage.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../../domain/config/DeviceConfig.ts"
import { isValue, type Measurement } from "../../../domain/message/Reading.ts"
import { SensorError } from "../../../ports/Sensor.ts"
import { platform } from "../platform/platform.ts"

/** A DHT22 is tried so often, 0.55 s each. */
const dhtTries = 5

const defaultSda = 21

/**
 * A BME280 that was just set up has measured after this time (9.3 ms at most, its data sheet, 9.1); before, it has no
 * values of its own.
 */
const bmeMillis = 20

/** A sensor that takes longer than this is broken: a DHT22 needs 2.8 s at worst. */
const deadlineMillis = 5_000

type Done = (measurement: Measurement | undefined) => void

/** What goes wrong in it is reported. */
type Guarded = (attempt: () => void) => void

/** A value that is not a number was not measured, whatever the module makes of it. */
const numbers = ({ humidity, temperature }: Measurement): Measurement => {
  const found: { temperature?: number; humidity?: number } = {}
  if (isValue(temperature)) found.temperature = temperature
  if (isValue(humidity)) found.humidity = humidity
  return found
}

// A module that has measured is dropped: one alone takes 150 of a board's variables for the rest of a wake.

const dht22 = (pin: number, done: Done) =>
  platform.require("DHT22").connect(pin).read((got) => {
    platform.Modules.removeCached("DHT22")
    done(got.err ? undefined : { temperature: got.temp, humidity: got.rh })
  }, dhtTries)

/** SDA at `pin` and SCL at the next one; without a `pin` 21 and 22. */
const bme280 = (pin: number, done: Done, guarded: Guarded) => {
  const sda = pin || defaultSda
  platform.I2C1.setup({ sda, scl: sda + 1 })
  const chip = platform.require("BME280").connect(platform.I2C1)
  setTimeout(guarded, bmeMillis, () => {
    const got = chip.getData()
    platform.Modules.removeCached("BME280")
    done({ temperature: got.temp, humidity: got.humidity })
  })
}

/**
 * Resumes once: with what was measured, or with what is wrong. Modules calculate deep in the C stack, so each is called
 * in its own turn of the loop, and so is the code that waits for it. A module that dies in its own turn, where nothing
 * can catch it, has not answered.
 */
export const drive = (
  { id, pin, type }: SensorConfig,
  resume: (measured: Effect.Effect<Measurement, SensorError>) => void
): void => {
  const settle = (measured: Effect.Effect<Measurement, SensorError>) => {
    clearTimeout(deadline)
    setTimeout(resume, 0, measured)
  }
  const fail = (message: string) => settle(Effect.fail(new SensorError({ sensor: id, message })))
  const deadline = setTimeout(fail, deadlineMillis, "it did not answer within 5 s; check its wiring")
  const answer: Done = (got) => {
    const found = numbers(got || {})
    if (isValue(found.temperature) || isValue(found.humidity)) settle(Effect.succeed(found))
    else fail(got ? "it measured no number; check its wiring" : "no answer; check its wiring and pin")
  }
  const guarded: Guarded = (attempt) => {
    try {
      attempt()
    } catch (thrown) {
      const message = (thrown as Error).message
      fail(
        message.lastIndexOf("Module") < 0 ? message : message + "; put espruino.com/modules/ of that name into Storage"
      )
    }
  }
  setTimeout(guarded, 0, () => {
    if (type === "dht22") dht22(pin, answer)
    else if (type === "bme280") bme280(pin, answer, guarded)
    else fail("no driver for " + type + "; use dht22, bme280 or simulated")
  })
}
