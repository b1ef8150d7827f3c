/** What a sensor's keys say of its driver and its quantities, where it is missing or has no effect. */
import { pathOf } from "../../domain/config/BoardRules.ts"
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { DriverRow } from "../../domain/config/DriverRow.ts"
import { isOwn, rowOf } from "../../domain/config/drivers.ts"
import type { Remark } from "./Remark.ts"

const keys = ["scl", "sck", "miso", "echo", "address", "device", "bus", "module", "connect", "read", "wait", "script",
  "command"] as const

type Key = typeof keys[number]

/** The keys that a driver reads. */
const readBy = (type: string, { bus, connect = "", read }: DriverRow): ReadonlyArray<Key> => {
  if (type === "module") return keys.filter((key) => key !== "script" && key !== "command")
  if (type === "script" || type === "command") return [type]
  const named = keys.filter((key) => new RegExp("\\b" + key + "\\b").test(connect + " " + read))
    .filter((key) => key === "address" || key === "device" || key === "echo")
  return [...named, ...(bus === "i2c" ? ["scl"] as const : bus === "spi" ? ["sck", "miso"] as const : [])]
}

const needed: Readonly<Record<string, ReadonlyArray<Key>>> = {
  module: ["module", "read"],
  script: ["script"],
  command: ["command"]
}

const ofOwn = (sensor: SensorConfig, path: string): ReadonlyArray<Remark> => {
  const missing = (needed[sensor.type] ?? []).filter((key) => sensor[key] === undefined || sensor[key] === "")
  return [
    ...missing.map((key): Remark => ({
      path: path + "." + key,
      message: `${path}.${key} is missing, without which it cannot be read: docs/sensors.md shows how it is written`,
      fails: "check"
    })),
    ...(sensor.quantities?.length === 0
      ? [{
        path: path + ".quantities",
        message: `${path}.quantities is missing or empty: name what it gives, there or as temperature or humidity`,
        fails: "check" as const
      }] : [])
  ]
}

const ofSensor = (sensor: SensorConfig): ReadonlyArray<Remark> => {
  const { quantities = [], type } = sensor
  const path = pathOf(sensor)
  const row = rowOf(type)
  if (row === undefined) return []
  const known = readBy(type, row)
  const idle = keys.filter((key) => sensor[key] !== undefined && !known.includes(key)).map((key): Remark => ({
    path: path + "." + key,
    message: `${path}.${key} has no effect with the driver ${type}`
  }))
  if (isOwn(type)) return [...idle, ...ofOwn(sensor, path)]
  const gives = [...row.gives, ...(row.also ?? [])]
  const others = type === "simulated" || row.isNamed === true ? []
    : quantities.filter(({ key }) => !gives.includes(key))
  return [
    ...idle,
    ...others.map(({ key }): Remark => ({
      path: path + ".quantities." + key,
      message: `${path}.quantities.${key} is not measured by a ${row.title}: it gives ${gives.join(", ")}`
    })),
    ...(row.isNamed === true && quantities.length > 1
      ? [{ path: path + ".quantities", message: `${path}.quantities are several, but a ${row.title} gives one value` }]
      : [])
  ]
}

const isOnWire = ({ type }: SensorConfig): boolean => rowOf(type)?.bus === "onewire"

/** As Espruino's module tells them apart: a number, or the code of a sensor. */
const isDevice = (text: string): boolean => /^(\d{1,2}|[0-9a-f]{16})$/.test(text)

/** Which of several on a wire: one that none has, or that another one has, too. */
const ofWire = (sensor: SensorConfig, before: ReadonlyArray<SensorConfig>): ReadonlyArray<Remark> => {
  const { device = "0", pin } = sensor
  const path = pathOf(sensor)
  if (!isDevice(device)) {
    return [{
      path: path + ".device",
      message: `${path}.device is ${JSON.stringify(device)}, which no sensor has: a number from 0, such as "0", or `
        + "a code of 16 hexadecimal digits in lower case",
      fails: "board"
    }]
  }
  const other = before.find((one) => one.pin === pin && (one.device ?? "0") === device)
  return other === undefined ? [] : [{
    path,
    message: `${path} and ${pathOf(other)} are both device "${device}" at pin ${pin}, so both read the same sensor: `
      + "give each a device of its own"
  }]
}

/** What counts has nothing to count while the board sleeps, and starts anew at each wake. */
const ofCounters = ({ deepSleep, sensors: all }: DeviceConfig): ReadonlyArray<Remark> =>
  !deepSleep ? [] : all.filter(({ type }) => rowOf(type)?.counts === true).map((sensor): Remark => ({
    path: pathOf(sensor),
    message:
      `${pathOf(sensor)} counts only while the board is awake, and loses its count in deep sleep: set deep_sleep `
      + "to false on mains power; on a battery use a counter chip on I2C, by the driver module, or wake the board at each "
      + "pulse, by wake_pin and the driver contact",
    fails: "board"
  }))

/** Remarks on all sensors. */
export const sensors = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const onWire = config.sensors.filter(isOnWire)
  return [...config.sensors.flatMap(ofSensor), ...ofCounters(config),
    ...onWire.flatMap((sensor, index) => ofWire(sensor, onWire.slice(0, index)))]
}
