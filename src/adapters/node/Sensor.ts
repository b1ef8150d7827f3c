/**
 * The Sensor port for machines that have no sensors: a simulated one measures made-up weather, any other one does not
 * answer.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Weather from "../../domain/message/Weather.ts"
import { Sensor, SensorError } from "../../ports/Sensor.ts"

/** The one kind of sensor that is read here. */
export const simulated = "simulated"

export const layer: Layer.Layer<Sensor> = Layer.succeed(Sensor, {
  read: ({ id, type }) =>
    type === simulated
      ? Effect.zipWith(Clock.currentTimeMillis, Random.next, Weather.at)
      : new SensorError({ sensor: id, message: "this machine cannot read a " + type + ": only a board can" })
})
