/**
 * A sensor that must answer.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { Measurement } from "../../domain/message/Reading.ts"
import { SensorError } from "../../ports/Sensor.ts"

/** A sensor that takes longer than this is broken. Milliseconds; a DHT22 needs 2 s at worst. */
const sensorTimeoutMillis = 5_000

/** The reading of a sensor. Fails if it does not come. */
export const answering = <R>(
  reading: Effect.Effect<Measurement, SensorError, R>,
  { id }: SensorConfig
): Effect.Effect<Measurement, SensorError, R> =>
  Effect.timeoutOrElse(reading, {
    duration: sensorTimeoutMillis,
    orElse: () =>
      Effect.fail(new SensorError({ sensor: id, message: "it did not answer within 5 s; check its wiring" }))
  })
