/**
 * The Sensor port for machines that have none: plausible weather, made from the clock and a little chance.
 *
 * Temperature runs through a day between 16 and 24 degrees Celsius, warmest at 15:00 UTC; humidity runs against it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { Measurement } from "../../domain/Reading.ts"
import { Sensor } from "../../ports/Sensor.ts"

const dayMillis = 86_400_000
const warmestMillis = 15 * 3_600_000

/** To a tenth, as the sensors themselves give it. */
const tenths = (value: number): number => Math.round(value * 10) / 10

const measure: Effect.Effect<Measurement> = Effect.gen(function*() {
  const now = yield* Clock.currentTimeMillis
  const warmth = Math.cos(((now - warmestMillis) / dayMillis) * 2 * Math.PI)
  const temperature = 20 + 4 * warmth + (yield* Random.nextBetween(-0.3, 0.3))
  const humidity = 50 - 12 * warmth + (yield* Random.nextBetween(-2, 2))
  return { temperature: tenths(temperature), humidity: tenths(humidity) }
})

export const layer: Layer.Layer<Sensor> = Layer.succeed(Sensor, { read: () => measure })
