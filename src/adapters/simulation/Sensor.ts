/**
 * The Sensor port of a simulated world.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Weather from "../../domain/Weather.ts"
import { Sensor } from "../../ports/Sensor.ts"
import type { World } from "./World.ts"

/** A DHT22 takes its time. */
export const readMillis = 250

export const layer = (world: World): Layer.Layer<Sensor> =>
  Layer.succeed(Sensor, {
    read: () =>
      Effect.sleep(readMillis).pipe(
        Effect.andThen(Random.next),
        Effect.map((chance) => Weather.at(world.now(), chance))
      )
  })
