/**
 * What the commands know of each sensor that a board has a driver for, from its row (`domain/config/drivers`).
 */
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { Bus, DriverRow } from "../../domain/config/DriverRow.ts"
import { type BoardDriver, drivers, isOwn, rowOf } from "../../domain/config/drivers.ts"

export interface UsedPin {
  /** The number of the GPIO. */
  readonly pin: number
  /** Which of the sensor's wires; empty if there is only one. */
  readonly role: string
  /** It is only read. */
  readonly isInput?: boolean
  /** It connects to ground, and the chip's own pull-up holds it up otherwise. */
  readonly needsPullUp?: boolean
  /** A voltage is measured there, while the radio may be on or before it is. */
  readonly analog?: "any time" | "before the radio"
  /** Sensors on the same bus share it. */
  readonly isShared?: boolean
}

/** What `pin` means, as a question. */
const questions: Readonly<Record<Bus, string | undefined>> = {
  none: undefined,
  pin: "GPIO pin",
  adc: "GPIO pin, 32 to 39 on an ESP32",
  i2c: "GPIO pin of its SDA; SCL is the next",
  onewire: "GPIO pin of its data wire",
  spi: "GPIO pin of its CS; SCK is 18 and MISO 19"
}

/** The usual I2C pins of an ESP32, which Espruino uses if no pin is given. */
const usualSda = 21

/** The pins that the boards' makers and Espruino's examples use. */
const usualPins: Readonly<Record<Bus, number | undefined>> = {
  none: undefined,
  pin: 4,
  adc: 34,
  i2c: usualSda,
  onewire: 4,
  spi: 5
}

export interface SensorRow {
  readonly title: string
  readonly description: string
  /** What `pin` means, as a question; undefined: the sensor has no wires. */
  readonly pinQuestion: string | undefined
  readonly usualPin: number | undefined
}

const toRow = ({ bus, description, title }: DriverRow): SensorRow => ({
  title,
  description,
  pinQuestion: questions[bus],
  usualPin: usualPins[bus]
})

/** Those that a question is enough for: what a file says itself is written by hand. */
const first: readonly [BoardDriver, ...ReadonlyArray<BoardDriver>] = ["dht22", "bme280", "simulated"]
const others = (Object.keys(drivers) as ReadonlyArray<BoardDriver>).filter((name) => !isOwn(name))
export const choices: readonly [BoardDriver, ...ReadonlyArray<BoardDriver>] = [
  ...first,
  ...others.filter((name) => !first.includes(name))
]

export const sensors = Object.fromEntries(
  Object.entries(drivers).map(([name, row]) => [name, toRow(row)])
) as { readonly [name in keyof typeof drivers]: SensorRow }

/** The pin at which the battery is measured. A device that is always on measures it while the radio is on. */
export const batteryPins = (
  { battery, deepSleep }: Pick<DeviceConfig, "battery" | "deepSleep">
): ReadonlyArray<UsedPin> =>
  battery?.pin === undefined ? []
    : [{ pin: battery.pin, role: "", isInput: true, analog: deepSleep ? "before the radio" : "any time" }]

/** The pins that a sensor uses. One without a driver is reported elsewhere. */
export const pinsOf = (sensor: SensorConfig): ReadonlyArray<UsedPin> => {
  const { echo, miso = 19, pin, scl, sck = 18, type } = sensor
  const bus = sensor.bus ?? rowOf(type)?.bus ?? "none"
  switch (bus) {
    case "none":
      return []
    case "adc":
      return [{ pin, role: "", isInput: true, analog: "any time" }]
    case "pin":
      return type === "hcsr04"
        ? [{ pin, role: " (its trigger)" }, { pin: echo ?? pin + 1, role: " (its echo)", isInput: true }]
        : [{ pin, role: "", needsPullUp: type === "contact" || type === "button" || type === "pulse" }]
    case "onewire":
      return [{ pin, role: "", isShared: true }]
    case "i2c": {
      const sda = pin === 0 ? usualSda : pin
      return [{ pin: sda, role: " (its SDA)", isShared: true }, {
        pin: scl ?? sda + 1,
        role: " (its SCL)",
        isShared: true
      }]
    }
    case "spi":
      return [{ pin, role: " (its CS)" }, { pin: sck, role: " (its SCK)", isShared: true }, {
        pin: miso,
        role: " (its MISO)",
        isInput: true,
        isShared: true
      }]
  }
}
