/**
 * A BME280, by Espruino's module, which must lie in the board's Storage. It has its SDA at `pin` and its SCL at the next one;
 * without a `pin` these are 21 and 22.
 */
import type { SensorConfig } from "../../../domain/DeviceConfig.ts"
import type { Measurement } from "../../../domain/Reading.ts"
import { platform } from "../platform.ts"

const defaultSda = 21

export const bme280 = ({ pin }: SensorConfig, done: (measurement: Measurement) => void): void => {
  const sda = pin || defaultSda
  platform.I2C1.setup({ sda, scl: sda + 1 })
  const got = platform.require("BME280").connect(platform.I2C1).getData()
  done({ temperature: got.temp, humidity: got.humidity })
}
