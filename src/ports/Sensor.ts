/**
 * Measures: one reading of one configured sensor.
 *
 * A caller may rely on this:
 * - `read` takes at most a few seconds, may be interrupted, and fails with a `SensorError` rather than inventing
 *   values.
 * - `volts` is the same for the voltage of the battery, not of the pin behind its divider.
 * - Temperatures are in degrees Celsius, relative humidities in percent; what a sensor cannot measure is left out.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { BatteryConfig, SensorConfig } from "../domain/config/DeviceConfig.ts"
import type { Measurement } from "../domain/message/Reading.ts"

/** The sensor did not answer, or its answer makes no sense. `sensor` is its configured id. */
export class SensorError extends Data.TaggedError("SensorError")<{
  readonly sensor: string
  readonly message: string
}> {}

/** Measures: one reading of one configured sensor, in degrees Celsius and percent; the battery, in volts. */
export class Sensor extends Context.Service<Sensor, {
  readonly read: (sensor: SensorConfig) => Effect.Effect<Measurement, SensorError>
  readonly volts: (battery: BatteryConfig) => Effect.Effect<number, SensorError>
}>()("dormouse/ports/Sensor") {}
