/**
 * The drivers of sensors: one row for each, from which a bundle makes the code of those in a device's file
 * (`programs/bundle/driverCode`). Not part of a board's program.
 *
 * `connect` and `read` are expressions of JavaScript, run on a board. They may name
 *
 * - `module`: what Espruino's module of the row exports; `sensor`: what `connect` gave;
 * - `pin`, and the other keys of the sensor in the file that are wires: `echo`, `address`, `device`, undefined where
 *   the file does not give them (`echo`: the pin after `pin`);
 * - `bus`: the I2C, SPI or OneWire bus at these pins, set up;
 * - `done`: takes what was measured, if `read` does not give it.
 *
 * What was measured is an object with the names of the quantities, or a number if there is only one. What is undefined or
 * null, was not measured.
 */

import { type DriverRow, figures, nothing } from "./DriverRow.ts"
import { onI2c } from "./i2cDrivers.ts"

const dht = (title: string, source: string): Omit<DriverRow, "time"> => ({
  title,
  description: "temperature and humidity, one wire",
  bus: "pin",
  module: title,
  connect: "module.connect(pin)",
  read: "sensor.read(got => done(got.err ? undefined : { temperature: got.temp, humidity: got.rh }), 5)",
  gives: ["temperature", "humidity"],
  current: [1.5, 1, 2.5, source + " data sheet, measuring"],
  standby: [0.05, 0.04, source === "DHT11" ? 0.15 : 0.05, source + " data sheet, standby"]
})

const simple = {
  dht11: {
    ...dht("DHT11", "DHT11"),
    time: [550, 550, 2_750, "Espruino's DHT11 module: up to five tries of 0.55 s"]
  },
  dht22: {
    ...dht("DHT22", "AM2302"),
    time: [550, 550, 2_750, "Espruino's DHT22 module: up to five tries of 0.55 s"],
    standby: [0.05, 0.04, 0.05, "AM2302 data sheet, standby: 40 to 50 \u00b5A"]
  },
  ds18b20: {
    title: "DS18B20",
    description: "temperature, OneWire; several on one wire",
    bus: "onewire",
    module: "DS18B20",
    connect: "module.connect(bus, device)",
    read: "sensor.getTemp(done)",
    gives: ["temperature"],
    ...figures("DS18B20", [750, 94, 760], [1, 0.5, 1.5], [0.00075, 0.00075, 0.001])
  },
  hcsr04: {
    title: "HC-SR04",
    description: "distance by ultrasound, trigger and echo",
    bus: "pin",
    module: "HC-SR04",
    connect: "module.connect(new Pin(pin), new Pin(echo), distance => { clearWatch(); done(distance) })",
    read: "(sensor.trigger(), setTimeout(done, 200), undefined)",
    gives: ["distance"],
    ...figures("HC-SR04", [30, 5, 200], [15, 2, 20], [2, 1.5, 3])
  },
  contact: {
    title: "contact",
    description: "a contact to ground, such as that of a door: open or closed",
    bus: "pin",
    read: "(pinMode(pin, \"input_pullup\"), digitalRead(pin))",
    gives: ["open"],
    time: [1, 1, 2, "a pin is read at once"],
    current: [0.07, 0.05, 0.1, "the ESP32's pull-up of 45 kOhm, closed"],
    standby: [0, 0, 0, "pins are off in deep sleep"]
  },
  button: {
    title: "button",
    description: "a button to ground: pressed or not",
    bus: "pin",
    read: "(pinMode(pin, \"input_pullup\"), 1 - digitalRead(pin))",
    gives: ["pressed"],
    time: [1, 1, 2, "a pin is read at once"],
    current: [0.07, 0.05, 0.1, "the ESP32's pull-up of 45 kOhm, pressed"],
    standby: [0, 0, 0, "pins are off in deep sleep"]
  },
  pulse: {
    title: "pulse counter",
    description: "pulses to ground: a rain gauge, a water or power meter; only while the board is awake",
    bus: "pin",
    // A bundle's code runs at each reading: the watch is set at the first one, and the count outlives it.
    read: "((all, at) => { if (all[at] === undefined) { all[at] = 0; pinMode(pin, \"input_pullup\"); "
      + "setWatch(() => { all[at]++ }, pin, { repeat: true, edge: \"falling\", debounce: 5 }) } return all[at] })"
      + "(globalThis, \"pulsesAt\" + pin)",
    gives: ["count"],
    isNamed: true,
    counts: true,
    time: [1, 1, 2, "a number is read at once"],
    current: [0.07, 0.05, 0.1, "the ESP32's pull-up of 45 kOhm, closed"],
    standby: [0, 0, 0.07, "the ESP32's pull-up, if the contact rests closed"]
  },
  analog: {
    title: "analog",
    description: "an analog input: soil, light, a battery, as percent of the full range",
    bus: "adc",
    // The ESP32's converter is noisy: the mean of 16.
    read: "(() => { let sum = 0; for (let n = 0; n < 16; n++) sum += analogRead(pin); return sum * 6.25 })()",
    gives: ["level"],
    isNamed: true,
    time: [5, 2, 20, "16 conversions by the interpreter; an estimate"],
    current: [0.1, 0, 20, "the divider or the probe at the pin"],
    standby: [0.01, 0, 5, "the divider or the probe, if it is always powered"]
  },
  max6675: {
    title: "MAX6675",
    description: "thermocouple up to 1024 degrees Celsius, SPI",
    bus: "spi",
    module: "MAX6675",
    connect: "module.connect(bus, pin)",
    wait: 250,
    read: "sensor.getTemp().temp",
    gives: ["temperature"],
    ...figures("MAX6675", [220, 170, 250], [0.7, 0.5, 1.5], [0.7, 0.5, 1.5])
  },
  max31855: {
    title: "MAX31855",
    description: "thermocouple up to 1800 degrees Celsius, SPI",
    bus: "spi",
    module: "MAX31855",
    connect: "module.connect(bus, pin)",
    wait: 100,
    read: "sensor.getTemp().temp",
    gives: ["temperature"],
    ...figures("MAX31855", [100, 70, 100], [0.9, 0.5, 1.5], [0.9, 0.5, 1.5])
  }
} as const satisfies Readonly<Record<string, DriverRow>>

/** What the file itself says: a module with its expressions, JavaScript, a program of this machine. */
const own = (title: string, description: string): DriverRow => ({
  title,
  description,
  bus: "none",
  read: "",
  gives: [],
  time: [20, 0, 5_000, "what it does is not known"],
  current: [1, 0, 20, "what it does is not known"],
  standby: [0.01, 0, 5, "what it does is not known"]
})

export const drivers = {
  ...simple,
  ...onI2c,
  module: own("module", "any module of Espruino, with your own expressions"),
  script: own("script", "your own JavaScript"),
  command: own("command", "a program of this machine that prints a number or JSON"),
  simulated: {
    title: "simulated",
    description: "made-up weather; needs no hardware",
    bus: "none",
    read: "",
    gives: ["temperature", "humidity"],
    time: nothing,
    current: nothing,
    standby: nothing
  }
} as const satisfies Readonly<Record<string, DriverRow>>

export type DriverName = keyof typeof drivers

/** What a board can drive: not a program of another machine. */
export type BoardDriver = Exclude<DriverName, "command">

/** The row of a driver; undefined: there is none of this name. */
export const rowOf = (name: string): DriverRow | undefined =>
  Object.hasOwn(drivers, name) ? drivers[name as DriverName] : undefined

/** Whether the file says what such a sensor gives. */
export const isOwn = (name: string): boolean => name === "module" || name === "script" || name === "command"
