/**
 * The Sensor port for machines that have none.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Weather from "../../domain/Weather.ts"
import { Sensor } from "../../ports/Sensor.ts"

export const layer: Layer.Layer<Sensor> = Layer.succeed(Sensor, {
  read: () => Effect.zipWith(Clock.currentTimeMillis, Random.next, Weather.at)
})
