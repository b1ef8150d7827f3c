/**
 * The code of the sensors in a device's file, made from their drivers' rows and from what the file says itself.
 *
 * It is JavaScript that goes into the bundle as it is: its names of properties are not shortened, because it meets the
 * objects of Espruino's modules.
 */
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { Bus } from "../../domain/config/DriverRow.ts"
import { rowOf } from "../../domain/config/drivers.ts"
import { quantities } from "../../domain/config/quantities.ts"
import { countMillis } from "../../domain/message/MadeUp.ts"

/** Those whose drivers are in every program, as long as nothing else is asked of them. */
const usual = ["dht22", "bme280", "simulated"]

/** Whether a program has code made for this sensor. */
export const hasOwnCode = ({ quantities: list, type }: SensorConfig): boolean =>
  list !== undefined || !usual.includes(type)

interface Parts {
  readonly bus: Bus
  readonly module?: string | undefined
  readonly connect?: string | undefined
  /** Milliseconds. */
  readonly wait?: number | undefined
  readonly read: string
}

const partsOf = (sensor: SensorConfig): Parts => {
  const { bus = "none", connect, module, read = "", type, wait = 0 } = sensor
  return type === "module" ? { bus, module, connect, wait: wait * 1000, read }
    : rowOf(type) ?? { bus: "none", read: "undefined" }
}

/** Sets a bus up. `pin` is 0 if the file gives none. */
const buses: Readonly<Record<Bus, (sensor: SensorConfig) => string>> = {
  none: () => "",
  pin: () => "",
  adc: () => "",
  i2c: ({ scl }) =>
    `const bus = I2C1;bus.setup({ sda: pin || 21, scl: ${scl === undefined ? "(pin || 21) + 1" : scl} });`,
  onewire: () => "const bus = new OneWire(pin);",
  spi: ({ miso = 19, sck = 18 }) => `const bus = SPI1;bus.setup({ sck: ${sck}, miso: ${miso}, baud: 1000000 });`
}

/** The first word of the names that an expression may use, and what they are for this sensor. */
const wiresOf = (sensor: SensorConfig, text: string): string => {
  const { address, device, echo } = sensor
  const values: ReadonlyArray<readonly [name: string, value: string]> = [
    ["address", JSON.stringify(address)],
    ["device", device === undefined ? "undefined" : /^\d+$/.test(device) ? device : JSON.stringify(device)],
    ["echo", echo === undefined ? "pin + 1" : String(echo)]
  ]
  return values.filter(([name]) => new RegExp("\\b" + name + "\\b").test(text))
    .map(([name, value]) => `const ${name} = ${value ?? "undefined"};`).join("")
}

const uses = (text: string, name: string): boolean => new RegExp("\\b" + name + "\\b").test(text)

/** A row's code: the module is dropped as soon as it has measured, because it takes many of a board's variables. */
const driven = (sensor: SensorConfig): string => {
  const { bus, connect = "", module, read, wait = 0 } = partsOf(sensor)
  const name = JSON.stringify(module)
  const begin = buses[bus](sensor) + wiresOf(sensor, connect + read) +
    (module === undefined ? "" : `const module = require(${name});`) +
    (connect === "" ? "" : uses(read, "sensor") ? `const sensor = ${connect};` : `${connect};`)
  const end = module === undefined ? "" : `Modules.removeCached(${name});`
  // With `done` the value comes later.
  const call = uses(read, "done") ? `${read};` : `done(${read});`
  const ended = `const done = got => { ${end} finish(got) };`
  return ended + begin + (wait === 0 ? call : `setTimeout(guarded, ${wait}, () => { ${call} });`)
}

/** Made-up values, as on other machines (`domain/message/MadeUp`). */
const madeUp = ({ quantities: list = [] }: SensorConfig): string => {
  const values = list.map(({ key }) => {
    const { high, isBinary, isTotal, low } = quantities[key] ??
      { high: 100, isBinary: undefined, isTotal: undefined, low: 0 }
    if (isTotal === true) return `${JSON.stringify(key)}: Math.floor(Date.now() / ${countMillis})`
    const phase = key === "temperature" ? "-0.375" : key === "humidity" ? "0.125" : String(key.length / 7)
    return `${JSON.stringify(key)}: ${
      isBinary === true ? "wave(0, 1) > 0.7 ? 1 : 0" : `wave(${low}, ${high}, ${phase})`
    }`
  })
  return `const wave = (low, high, phase) => Math.round((low + (high - low) * (0.5 + 0.45 * Math.sin((Date.now() / 86400000 + phase) * 6.283185307179586) + 0.1 * (Math.random() - 0.5))) * 100) / 100;`
    + `finish({ ${values.join(", ")} });`
}

const codeOf = (sensor: SensorConfig): string =>
  sensor.type === "simulated" ? madeUp(sensor)
    : sensor.type === "script" ? `const done = finish;${sensor.script ?? ""}`
    : driven(sensor)

/** The bundler would look for the modules. */
const requiring = (code: string): string => code.replace(/(?<![.\w$])require\(/g, "globalThis.require(")

const read = (sensor: SensorConfig): string => {
  const [first = { key: "temperature" }] = sensor.quantities ?? []
  return `(pin, answer, guarded) => {
  let isDone = false;
  const finish = got => {
    if (isDone) return;
    isDone = true;
    answer(typeof got === "number" ? { ${JSON.stringify(first.key)}: got } : got);
  };
  ${requiring(codeOf(sensor))}
}`
}

/** In place of `adapters/espruino/drivers/configured`. */
export const driverCode = ({ sensors }: Pick<DeviceConfig, "sensors">): string => {
  const own = sensors.filter(hasOwnCode)
  const found = own.map((sensor) => `if (key === ${JSON.stringify(sensor.key ?? sensor.type)}) return ${read(sensor)};`)
  return `export const reads = key => {\n${found.join("\n")}\n};\n`
}
