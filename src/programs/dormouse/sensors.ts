/**
 * What the commands know of each sensor that a board has a driver for: one row for each driver, so that none is
 * forgotten.
 */
import type { Driver } from "../../domain/config/BoardRules.ts"

export interface UsedPin {
  /** The number of the GPIO. */
  readonly pin: number
  /** Which of the sensor's wires; empty if there is only one. */
  readonly role: string
}

export interface SensorRow {
  readonly title: string
  readonly description: string
  /** What `pin` means, as a question; undefined: the sensor has no wires. */
  readonly pinQuestion: string | undefined
  /** The pin that the boards' makers and Espruino's examples use. */
  readonly usualPin: number | undefined
  /** The pins of a sensor whose `pin` is this. */
  readonly pins: (pin: number) => ReadonlyArray<UsedPin>
}

/** The usual I2C pins of an ESP32, which Espruino uses if no pin is given. */
const usualSda = 21

export const sensors: { readonly [type in Driver]: SensorRow } = {
  dht22: {
    title: "DHT22",
    description: "temperature and humidity, one wire",
    pinQuestion: "GPIO pin",
    usualPin: 4,
    pins: (pin) => [{ pin, role: "" }]
  },
  bme280: {
    title: "BME280",
    description: "temperature and humidity, I2C",
    pinQuestion: "GPIO pin of its SDA; SCL is the next",
    usualPin: usualSda,
    pins: (pin) => {
      const sda = pin === 0 ? usualSda : pin
      return [{ pin: sda, role: " (its SDA)" }, { pin: sda + 1, role: " (its SCL)" }]
    }
  },
  simulated: {
    title: "simulated",
    description: "made-up weather; needs no hardware",
    pinQuestion: undefined,
    usualPin: undefined,
    pins: () => []
  }
}
