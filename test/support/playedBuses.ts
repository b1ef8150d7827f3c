/**
 * The bus of each driver's sensor as JavaScript on the interpreter: registers that are known go in, and what comes out
 * of Espruino's own module is compared with what the sensor's data sheet makes of them. ESPRUINO_MODULES names a folder
 * with the modules of espruino.com/modules, which are not part of this project.
 */
import { existsSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { runInNewContext } from "node:vm"
import { minify } from "terser"
import { rowOf } from "../../src/domain/config/drivers.ts"
import * as PlayedSensors from "./playedSensors.ts"

const folder = process.env["ESPRUINO_MODULES"] ?? ""

const fileOf = (module: string): string => path.join(folder, module + ".js")

/** Why a driver cannot be run here; undefined: it can. */
export const lackOf = (driver: string): string | undefined => {
  const module = rowOf(driver)?.module
  return module === undefined || existsSync(fileOf(module)) ? undefined
    : `set ESPRUINO_MODULES to a folder with espruino.com's ${module}.js`
}

/** Espruino's module by its name in Storage, small as espruino.com offers it. */
export const moduleOf = async (module: string | undefined): Promise<Readonly<Record<string, string>>> =>
  module === undefined ? {}
    : { [module]: (await minify(readFileSync(fileOf(module), "utf8"), { mangle: true, compress: true })).code ?? "" }

export interface Played {
  /** Keys of the sensor in its file, besides `id`. */
  readonly file: object
  /** Stands before the program. */
  readonly script: string
  /** What must be measured, and how far from it a module that calculates in whole numbers may be. */
  readonly expected: Readonly<Record<string, number>>
  readonly tolerance?: number
}

const hex = (bytes: ReadonlyArray<number>): string => Buffer.from(bytes).toString("hex")
const word = (value: number): ReadonlyArray<number> => [value >> 8 & 255, value & 255]
const little = (value: number): ReadonlyArray<number> => [value & 255, value >> 8 & 255]

/** CRC-8 of Sensirion and others, most significant bit first. */
const crc8 = (bytes: ReadonlyArray<number>, polynomial: number, start = 0): number =>
  bytes.reduce((crc, byte) => {
    let value = crc ^ byte
    for (let bit = 0; bit < 8; bit++) value = value & 128 ? (value << 1 ^ polynomial) & 255 : value << 1
    return value
  }, start)

/** A bus that answers by what was written last, in hexadecimal. */
export const i2cOf = (answers: Readonly<Record<string, string>>): string =>
  `var playedLast="";var I2C1={setup:function(o){if(o.sda!==21||o.scl!==22)throw new Error("other pins")},` +
  `writeTo:function(){var s="",a=arguments,i,j,d;for(i=1;i<a.length;i++){d=a[i];if(typeof d=="number")d=[d];` +
  `for(j=0;j<d.length;j++)s+=(256+(d[j]&255)).toString(16).substr(1)}playedLast=s},` +
  `readFrom:function(a,n){var g=${JSON.stringify(answers)}[playedLast]||"",d=new Uint8Array(n);` +
  `for(var i=0;i<n;i++)d[i]=parseInt(g.substr(i*2,2),16)||0;return d}};`

const onI2c = (
  answers: Readonly<Record<string, string>>,
  expected: Played["expected"],
  tolerance?: number
): Played => ({
  file: { pin: 21 },
  script: i2cOf(answers),
  expected,
  ...(tolerance === undefined ? {} : { tolerance })
})

/** Of the BMP280's data sheet (3.12): 25.08 degrees, 100653.27 Pa. */
const bosch = {
  calibration: hex([27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000].flatMap(little)),
  raw: hex([415148, 519888].flatMap((raw) => [raw >> 12, raw >> 4 & 255, (raw & 15) << 4]))
}

/** The BMP180 with its highest resolution, by the calculation of its data sheet (3.5) in whole numbers. */
const bmp180 = (): Played => {
  const [ac1, ac2, ac3, ac4, ac5, ac6, b1, b2, mc, md] = [408, -72, -14383, 32741, 32757, 23153, 6190, 4, -8711,
    2868] as const
  // Both are read from the same register: their upper bytes are the same.
  const [ut, raw, oss] = [27898, 0x6c2300, 3]
  const up = raw >> 5
  const x1 = Math.floor((ut - ac6) * ac5 / 32768)
  const b5 = x1 + Math.trunc(mc * 2048 / (x1 + md))
  const b6 = b5 - 4000
  const b3 = Math.trunc((((ac1 * 4 + (b2 * (b6 * b6 >> 12) >> 11) + (ac2 * b6 >> 11)) << oss) + 2) / 4)
  const b4 = Math.floor(ac4 * (((ac3 * b6 >> 13) + (b1 * (b6 * b6 >> 12) >> 16) + 2 >> 2) + 32768) / 32768)
  const b7 = (up - b3) * (50000 >> oss)
  const p = b7 < 0x80000000 ? Math.trunc(b7 * 2 / b4) : Math.trunc(b7 / b4) * 2
  const pressure = p + ((((p >> 8) * (p >> 8) * 3038 >> 16) + (-7357 * p >> 16) + 3791) >> 4)
  const registers = [ac1, ac2, ac3, ac4, ac5, ac6, b1, b2, -32768, mc, md]
  const coefficients = Object.fromEntries(
    registers.map((value, index) => [(0xaa + 2 * index).toString(16), hex(word(value & 0xffff))])
  )
  return onI2c({ ...coefficients, d0: "55", f6: hex(word(ut)), f7: hex([raw >> 8 & 255]), f8: hex([raw & 255]) }, {
    temperature: (b5 + 8) / 160,
    pressure: pressure / 100
  }, 600)
}

const humidity = (raw: number, range = 65536): number => raw * 125 / range - 6
const warmth = (raw: number): number => raw * 175.72 / 65536 - 46.85
const withCrc = (raw: number): string => hex([...word(raw), crc8(word(raw), 0x31)])

const onSpi = (bytes: ReadonlyArray<number>, temperature: number): Played => ({
  file: { pin: 5 },
  script:
    `var SPI1={setup:function(o){if(o.sck!==18||o.miso!==19)throw new Error("other pins")},send:function(d,cs){if(cs!=5)throw new Error("other CS");return ${
      JSON.stringify(String.fromCharCode(...bytes))
    }}};`,
  expected: { temperature }
})

/** A DHT's wire: a 0 is high for 26 us, a 1 for 70. */
const dht = (bytes: ReadonlyArray<number>): string => {
  const bits = "00" +
    [...bytes, bytes.reduce((sum, byte) => sum + byte, 0) & 255].map((byte) => byte.toString(2).padStart(8, "0")).join(
      ""
    )
  return `var playedWatch;function setWatch(f){playedWatch=f;return 1}function clearWatch(){}function digitalWrite(){}` +
    `function pinMode(p,m){if(m!="input_pullup")return;var b="${bits}";` +
    `for(var i=0;i<b.length;i++)playedWatch({time:b[i]*0.000044+0.000026,lastTime:0})}`
}

/** Scratchpads of DS18B20 with 12 bits, by their codes. */
const scratchpads = (temperatures: Readonly<Record<string, number>>): string => {
  const crc = (bytes: ReadonlyArray<number>): number =>
    bytes.reduce((value, byte) => {
      let next = value ^ byte
      for (let bit = 0; bit < 8; bit++) next = next & 1 ? next >> 1 ^ 0x8c : next >> 1
      return next
    }, 0)
  const all = Object.fromEntries(Object.entries(temperatures).map(([code, temperature]) => {
    const pad = [...little(Math.round(temperature * 16) & 0xffff), 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10]
    return [code, [...pad, crc(pad)]]
  }))
  return `function OneWire(pin){if(pin!=4)throw new Error("other pin")}OneWire.prototype.search=function(){return ${
    JSON.stringify(Object.keys(temperatures))
  }};OneWire.prototype.select=function(c){this.c=c};OneWire.prototype.write=function(){};OneWire.prototype.read=function(){return ${
    JSON.stringify(all)
  }[this.c]};`
}

export const codes = ["28ff641e8216c3a1", "28ff641e82170f5b"] as const
export const onOneWire = scratchpads({ [codes[0]]: 21.375, [codes[1]]: -10.125 })

const pins = (value: number): string =>
  `function pinMode(p,m){if(p!=27||m!="input_pullup")throw new Error("other pin")}function digitalRead(){return ${value}}`

const bme680Answers = {
  "89": hex([0, ...little(26469), 3, 0, ...little(36673), ...little(-10375), 88, 0, ...little(7253), ...little(-51), 49,
    30, 0, 0, ...little(-1432), ...little(-2421), 30]),
  e1: hex([62, 0x9c, 0x2b, 0, 45, 20, 120, -100, ...little(26041), ...little(-13432), -41, 18, 0]),
  "1d": hex([0x80, 0, 0x4d, 0x8a, 0x20, 0x77, 0x21, 0x90, 0x56, 0x31, 0, 0, 0, 0x6a, 0xb5]),
  d0: "61",
  "00": "2e",
  "02": "16",
  "04": "10"
}

/**
 * No example is published with all its numbers, so what the interpreter makes of Espruino's module is compared with what
 * this machine does.
 */
const bme680 = (): Played => {
  let last = ""
  const bus = {
    writeTo: (_address: number, data: number | ReadonlyArray<number>) => {
      last = hex(typeof data === "number" ? [data] : data)
    },
    readFrom: (_address: number, count: number) =>
      Uint8Array.from({ length: count }, (_, index) =>
        parseInt((bme680Answers as Readonly<Record<string, string>>)[last]?.slice(2 * index, 2 * index + 2) ?? "0",
          16) || 0)
  }
  const exports: {
    connectI2C?: (i2c: typeof bus) => { readonly get_sensor_data: () => Readonly<Record<string, number>> }
  } = {}
  runInNewContext(readFileSync(fileOf("BME680"), "utf8"), { exports, setTimeout: (then: () => void) => then() })
  const got = exports.connectI2C?.(bus).get_sensor_data() ?? {}
  return onI2c(bme680Answers, {
    temperature: got["temperature"] ?? NaN,
    humidity: got["humidity"] ?? NaN,
    pressure: got["pressure"] ?? NaN,
    gas: (got["gas_resistance"] ?? NaN) / 1000
  }, 0.02)
}

/** Each driver that has a row, but those of the file's own. */
export const played: Readonly<Record<string, () => Played>> = {
  dht11: () => ({ file: { pin: 4 }, script: dht([48, 0, 21, 0]), expected: { temperature: 21, humidity: 48 } }),
  // With a list of quantities, for otherwise it is read by the driver that is in every program.
  dht22: () => ({
    file: { pin: 4, temperature: { offset: 0.5 } },
    script: dht([...word(482), ...word(214)]),
    expected: { temperature: 21.4, humidity: 48.2 }
  }),
  bme280: () => ({
    file: { pin: 21, quantities: { pressure: {} } },
    script: PlayedSensors.busesOf(["bme280"]),
    expected: { ...PlayedSensors.bme280, pressure: 1006.5327 },
    tolerance: 0.5
  }),
  bmp280: () => onI2c({ "88": bosch.calibration, f7: bosch.raw }, { temperature: 25.08, pressure: 1006.5327 }, 0.01),
  bmp180: () => ({ ...bmp180(), tolerance: 0.1 }),
  sht3x: () =>
    onI2c({ "2400": hex([...word(26214), 0, ...word(32768), 0]) }, { temperature: 25, humidity: 32768 / 655.35 }),
  shtc3: () =>
    onI2c({ "5c24": hex([...word(32768), 0, ...word(26214), 0]) }, {
      temperature: 26214 * 175 / 65536 - 45,
      humidity: 50
    }),
  sht4x: () =>
    onI2c({ fd: hex([...word(26214), 0, ...word(32768), 0]) }, {
      temperature: 26214 * 175 / 65536 - 45,
      humidity: humidity(32768)
    }),
  htu21d: () =>
    onI2c({ e3: withCrc(26224), e5: withCrc(30000) }, { temperature: warmth(26224), humidity: humidity(30000) }),
  si7021: () =>
    onI2c({ e3: withCrc(26224), e5: withCrc(30000) }, { temperature: warmth(26224), humidity: humidity(30000) }),
  aht20: () => {
    const [rh, t] = [500_000, 380_000]
    return onI2c({ ac3300: hex([0x1c, rh >> 12, rh >> 4 & 255, (rh & 15) << 4 | t >> 16, t >> 8 & 255, t & 255]) }, {
      temperature: t / 1048576 * 200 - 50,
      humidity: rh / 1048576 * 100
    })
  },
  // The data sheet's form: sixteenths of a degree, with a sign.
  mcp9808: () => onI2c({ "05": hex(word(0xc194)), "06": "0054", "07": "0400" }, { temperature: 25.25 }),
  tmp117: () => onI2c({ "01": "2220", "00": hex(word(3200)) }, { temperature: 25 }),
  bh1750: () => onI2c({ "20": hex(word(540)) }, { illuminance: 450 }),
  max44009: () => onI2c({ "03": hex([0x58, 0x08]) }, { illuminance: 32 * 0x88 * 0.045 }),
  ina219: () =>
    onI2c({ "00": "399f", "02": hex(word(3_250 << 3)), "04": hex(word(1_234)) }, {
      voltage: 13,
      current: 1_234 * 3.2768 / 32768
    }),
  mlx90614: () => {
    const answer = (register: number, raw: number) => {
      const data = little(raw)
      return hex([...data, crc8([0xb4, register, 0xb5, ...data], 7)])
    }
    const celsius = (raw: number) => raw * 0.02 - 273.33
    return onI2c({ "06": answer(6, 14_800), "07": answer(7, 15_300) }, {
      temperature: celsius(14_800),
      object_temperature: celsius(15_300)
    })
  },
  bme680,
  vl53l0x: () => onI2c({ "91": "3c", "14": hex([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...word(853)]) }, { distance: 85.3 }),
  ds18b20: () => ({ file: { pin: 4 }, script: onOneWire, expected: { temperature: 21.375 } }),
  hcsr04: () => ({
    file: { pin: 26, echo: 27 },
    script: "var playedRise,playedFall;function Pin(n){this.n=n}Pin.prototype.reset=function(){};" +
      "function setWatch(f,p,o){if(p.n!=27)throw new Error(\"other pin\");if(o.edge==\"rising\")playedRise=f;else playedFall=f}function clearWatch(){}" +
      "function digitalPulse(p){if(p.n!=26)throw new Error(\"other pin\");setTimeout(function(){playedRise({time:1});playedFall({time:1.00285})},5)}",
    expected: { distance: 50 }
  }),
  contact: () => ({ file: { pin: 27 }, script: pins(1), expected: { open: 1 } }),
  // Three pulses have come when the count is read.
  pulse: () => ({
    file: { pin: 27, quantities: { rain: { scale: 0.2794 } } },
    script: "function pinMode(p,m){if(p!=27||m!=\"input_pullup\")throw new Error(\"other pin\")}"
      + "function setWatch(f,p,o){if(p!=27||!o.repeat||o.edge!=\"falling\")throw new Error(\"other edge\");f();f();f()}",
    expected: { rain: 0.84 }
  }),
  button: () => ({ file: { pin: 27 }, script: pins(0), expected: { pressed: 1 } }),
  analog: () => ({
    file: { pin: 34, quantities: { moisture: { measured_low: 70, true_low: 0, measured_high: 30, true_high: 100 } } },
    script: "function analogRead(p){if(p!=34)throw new Error(\"other pin\");return 0.4}",
    expected: { moisture: 75 }
  }),
  max6675: () => onSpi(word(100 * 4 << 3), 100),
  max31855: () => onSpi([...word(100 * 4 << 2), 0, 0], 100)
}
