/** Made-up weather, for a board without a sensor. */
import type { SensorConfig } from "../../../domain/DeviceConfig.ts"
import type { Measurement } from "../../../domain/Reading.ts"
import * as Weather from "../../../domain/Weather.ts"

export const simulated = (_sensor: SensorConfig, done: (measurement: Measurement) => void): void =>
  done(Weather.at(Date.now(), Math.random()))
