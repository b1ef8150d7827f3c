/** A sensor that does not answer. Rare, so a board keeps it in a file of its own. */
import * as Effect from "effect/Effect"
import { SensorError } from "../../ports/Sensor.ts"

/** Fails for the sensor of that id. */
export const mute = (sensor: string): Effect.Effect<never, SensorError> =>
  Effect.fail(new SensorError({ sensor, message: "it did not answer within 5 s; check its wiring" }))
