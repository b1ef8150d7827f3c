/**
 * The twin of domain/config/DriverLookup.ts for a board: it knows the drivers of its own program. Those of a DHT22 and
 * a BME280 are in every program, so that an update may exchange them.
 */
import type * as Original from "../../../domain/config/DriverLookup.ts"
import type { DeviceConfig, SensorConfig } from "../../../domain/config/DeviceConfig.ts"

/** The bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

const usual = ["dht22", "bme280", "simulated"]

const sensorOf = (type: string): SensorConfig | undefined =>
  deviceConfig.sensors.filter((sensor) => sensor.type === type)[0]

/** Whether every program can read a sensor of this driver. */
export const isUsual = (name: string): boolean => usual.indexOf(name) >= 0

export const names: typeof Original.names = usual

export const isDriver: typeof Original.isDriver = (name) => isUsual(name) || sensorOf(name) !== undefined

export const moduleOf: typeof Original.moduleOf = (name) =>
  name === "dht22" ? "DHT22" : name === "bme280" ? "BME280" : undefined

export const givesOf: typeof Original.givesOf = (name, key) => {
  const sensor = deviceConfig.sensors.filter((each) => (each.key ?? each.type) === key)[0] ?? sensorOf(name)
  return sensor === undefined || sensor.quantities === undefined || isUsual(name)
    ? ["temperature", "humidity"] : sensor.quantities.map((each) => each.key)
}

/** What an update of such a sensor names must be what its program gives (`Ability`). */
export const isNamed: typeof Original.isNamed = () => false
