/** What a sensor measured. */
import type { SensorConfig } from "../config/DeviceConfig.ts"

/**
 * Temperature in degrees Celsius, relative humidity in percent; what else a sensor measures is there by its name, in the
 * unit of its driver.
 */
export interface Measurement {
  readonly temperature?: number
  readonly humidity?: number
}

export interface Reading extends Measurement {
  readonly sensor: SensorConfig
  /** Seconds since the device was first powered up. */
  readonly uptime: number
}

/** Sensors are accurate to a tenth of a unit; more digits only cost flash and radio time. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** A value that is not a number is left out: JSON has none for it, and a plain `NaN` would confuse its readers. */
export const isValue = (value: number | undefined): value is number => value !== undefined && isFinite(value)

export const inUnit = (celsius: number, unit: string): number => unit === "F" ? celsius * 1.8 + 32 : celsius
