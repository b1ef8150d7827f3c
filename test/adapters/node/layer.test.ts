import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { expect, it } from "vitest"
import { layer } from "../../../src/adapters/node/layer.ts"
import { Sensor } from "../../../src/ports/Sensor.ts"
import type { Socket } from "../../../src/ports/Socket.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import type { Wifi } from "../../../src/ports/Wifi.ts"
import { sensorSuite } from "../../ports/SensorSuite.ts"
import { wifiSuite } from "../../ports/WifiSuite.ts"
import { temporary } from "../../support/directory.ts"
import { simulatedSensor as sensor } from "../../support/simulatedSensor.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Socket | Storage | Sensor | Wifi>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(temporary, (storageDirectory) => Effect.provide(effect, layer({ storageDirectory }))))
  )

sensorSuite("node", { run, sensor })

wifiSuite("node", { run, networks: [] })

it("is warmer and drier in the afternoon than at night", () =>
  run(Effect.gen(function*() {
    const port = yield* Sensor
    yield* TestClock.setTime(Date.UTC(2026, 0, 1, 3))
    const night = yield* port.read(sensor)
    yield* TestClock.setTime(Date.UTC(2026, 0, 1, 15))
    const day = yield* port.read(sensor)
    expect((day.temperature ?? 0) - (night.temperature ?? 0)).toBeGreaterThan(6)
    expect((night.humidity ?? 0) - (day.humidity ?? 0)).toBeGreaterThan(15)
  }).pipe(Effect.provide(TestClock.layer()))))

it("measures the same under the same seed at the same time", () =>
  run(Effect.gen(function*() {
    const port = yield* Sensor
    const series = Random.withSeed(Effect.all([port.read(sensor), port.read(sensor), port.read(sensor)]), "seed")
    expect(yield* series).toEqual(yield* series)
  }).pipe(Effect.provide(TestClock.layer()))))

it("keeps values in the directory it was given", () =>
  run(Effect.gen(function*() {
    const storage = yield* Storage
    yield* Effect.fromResult(storage.write("state", Uint8Array.of(1)))
    expect(yield* Effect.fromResult(storage.read("state"))).toEqual(Uint8Array.of(1))
  })))
