/**
 * A DHT22 and a BME280 as JavaScript on the interpreter: what Espruino's own modules meet at a board's pins.
 * ESPRUINO_MODULES names a folder with DHT22.js and BME280.js of espruino.com/modules, which are not part of this
 * project.
 */
import { existsSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { minify } from "terser"

const folder = process.env["ESPRUINO_MODULES"] ?? ""

const modules = { dht22: "DHT22", bme280: "BME280" } as const

export type Driven = keyof typeof modules

const fileOf = (type: Driven): string => path.join(folder, modules[type] + ".js")

/** For the name of a suite; empty when all modules are there. */
export const hint = folder !== "" && existsSync(fileOf("dht22")) && existsSync(fileOf("bme280"))
  ? ""
  : " (skipped: set ESPRUINO_MODULES to a folder with espruino.com's DHT22.js and BME280.js)"

/** Espruino's module of a sensor, small as espruino.com offers it, by its name in Storage. */
export const moduleOf = async (type: Driven): Promise<Readonly<Record<string, string>>> => ({
  [modules[type]]: (await minify(readFileSync(fileOf(type), "utf8"), { mangle: true, compress: true })).code ?? ""
})

/** What the DHT22 measures: tenths on its wire. */
export const dht22 = { temperature: 21.4, humidity: 48.2 }

const bitsOf = (value: number, count: number): string => value.toString(2).padStart(count, "0")

const dhtBits = (): string => {
  const [rh, temp] = [Math.round(dht22.humidity * 10), Math.round(dht22.temperature * 10)]
  const sum = (rh >> 8) + (rh & 255) + (temp >> 8) + (temp & 255)
  return "00" + bitsOf(rh, 16) + bitsOf(temp, 16) + bitsOf(sum & 255, 8)
}

/** Of the BMP280's data sheet (3.12), and usual ones for the humidity. */
const calibration = {
  t: [27504, 26435, -1000],
  p: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
  h1: 75,
  h2: 370,
  h3: 0,
  h4: 313,
  h5: 50,
  h6: 30
}

const raw = { t: 519888, p: 415148, h: 30000 }

/** What the BME280 measures, by the formulas of its data sheet (8.1). */
export const bme280 = (() => {
  const [t1, t2, t3] = calibration.t as [number, number, number]
  const [a, b] = [raw.t / 16384 - t1 / 1024, raw.t / 131072 - t1 / 8192]
  const fine = a * t2 + b * b * t3
  const { h1, h2, h3, h4, h5, h6 } = calibration
  const v = fine - 76800
  const w = (raw.h - (h4 * 64 + h5 / 16384 * v)) * (h2 / 65536 * (1 + h6 / 67108864 * v * (1 + h3 / 67108864 * v)))
  return { temperature: fine / 5120, humidity: w * (1 - h1 * w / 524288) }
})()

/** Its registers from 0x88 on, in hexadecimal. */
const registers = (): string => {
  const bytes = new Uint8Array(0x100)
  const word = (at: number, value: number) => bytes.set([value & 255, value >> 8 & 255], at)
  calibration.t.forEach((value, index) => word(0x88 + 2 * index, value))
  calibration.p.forEach((value, index) => word(0x8e + 2 * index, value))
  const { h1, h2, h3, h4, h5, h6 } = calibration
  bytes[0xa1] = h1
  word(0xe1, h2)
  bytes.set([h3, h4 >> 4, (h4 & 15) | (h5 & 15) << 4, h5 >> 4, h6], 0xe3)
  bytes.set([raw.p >> 12, raw.p >> 4 & 255, (raw.p & 15) << 4, raw.t >> 12, raw.t >> 4 & 255, (raw.t & 15) << 4,
    raw.h >> 8, raw.h & 255], 0xf7)
  return Buffer.from(bytes.subarray(0x88)).toString("hex")
}

/** Scripts that stand before the program: the pins of each sensor. */
const buses: Readonly<Record<Driven, () => string>> = {
  // A 0 is high for 26 us, a 1 for 70.
  dht22: () =>
    `var playedWatch;function setWatch(f){playedWatch=f;return 1}function clearWatch(){}function digitalWrite(){}` +
    `function pinMode(p,m){if(m!="input_pullup")return;var b="${dhtBits()}";` +
    `for(var i=0;i<b.length;i++)playedWatch({time:b[i]*0.000044+0.000026,lastTime:0})}`,
  bme280: () =>
    `var playedRegister;var I2C1={setup:function(){},writeTo:function(a,r){playedRegister=r},readFrom:function(a,n){` +
    `var g="${registers()}",d=new Uint8Array(n);for(var i=0;i<n;i++)d[i]=parseInt(g.substr((playedRegister-136+i)*2,2),16);return d}};`
}

export const busesOf = (types: ReadonlyArray<string>): string =>
  (Object.keys(buses) as ReadonlyArray<Driven>).filter((type) => types.includes(type)).map((type) =>
    buses[type]() + "\n"
  ).join("")

/** The analog-to-digital converter of a board whose battery has 4 V, behind two equal resistors. */
export const converter = `function analogRead(){return ${2 / 3.3}}\n`
