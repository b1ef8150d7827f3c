/**
 * The Sensor port of a simulated world.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { voltsOf } from "../../domain/config/chemistries.ts"
import * as MadeUp from "../../domain/message/MadeUp.ts"
import { Sensor, SensorError } from "../../ports/Sensor.ts"
import * as Inject from "./world/Inject.ts"
import * as ActiveFaults from "./faults/ActiveFaults.ts"
import type { World } from "./world/World.ts"

/** A DHT22 needs this time. */
export const readMillis = 250

export const layer = (world: World): Layer.Layer<Sensor> =>
  Layer.succeed(Sensor, {
    read: (sensor) =>
      Inject.powered(world, () => {
        if (ActiveFaults.on(world.activeFaults, "sensorHangs") !== undefined) return Effect.never
        const fails = ActiveFaults.on(world.activeFaults, "sensorFails") !== undefined
        return Effect.sleep(readMillis).pipe(
          Effect.andThen(
            fails ? Effect.fail(new SensorError({ sensor: sensor.id, message: "it answered nonsense" })) : Random.next
          ),
          Effect.map((chance) => MadeUp.complete(sensor, world.measure(world.now(), chance), world.now(), chance))
        )
      }),
    volts: (battery) => Inject.powered(world, () => Effect.sync(() => voltsOf(battery, world.charge(world.now()))))
  })
