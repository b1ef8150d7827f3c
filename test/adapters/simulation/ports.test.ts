/** The suites of all ports, in a simulated world, under both kinds of simulated time. */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect } from "vitest"
import { layer, wakes } from "../../../src/adapters/simulation/layer.ts"
import * as SimulationStorage from "../../../src/adapters/simulation/Storage.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import type { Network } from "../../../src/domain/config/DeviceConfig.ts"
import type { Sensor } from "../../../src/ports/Sensor.ts"
import { Events } from "../../../src/ports/Events.ts"
import { Sleep } from "../../../src/ports/Sleep.ts"
import type { Socket } from "../../../src/ports/Socket.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import type { TimeSource } from "../../../src/ports/TimeSource.ts"
import { Wifi } from "../../../src/ports/Wifi.ts"
import { sensorSuite } from "../../ports/SensorSuite.ts"
import { sleepSuite } from "../../ports/SleepSuite.ts"
import { socketSuite } from "../../ports/SocketSuite.ts"
import * as SimulationJournal from "../../../src/adapters/simulation/Journal.ts"
import { Journal } from "../../../src/ports/Journal.ts"
import { journalSuite } from "../../ports/JournalSuite.ts"
import { storageSuite } from "../../ports/StorageSuite.ts"
import { type Behaviour, timeSourceSuite } from "../../ports/TimeSourceSuite.ts"
import { wifiSuite } from "../../ports/WifiSuite.ts"
import * as Harness from "./harness.ts"
import { simulatedSensor as sensor } from "../../support/simulatedSensor.ts"

class TheWorld extends Context.Service<TheWorld, World.World>()("test/TheWorld") {}

type Ports = Socket | Storage | Sensor | TimeSource | Wifi

/** Runs an effect in a world of its own. */
const within = (run: Harness.Run) => <A, E>(effect: Effect.Effect<A, E, Ports | TheWorld>): Promise<A> =>
  run(
    Effect.flatMap(World.make,
      (world) => effect.pipe(Effect.provideService(TheWorld, world), Effect.provide(layer(world))))
  )

/** The world's time server, which tells the time unless a fault is on. */
const serve = (behaviour: Behaviour) =>
  Effect.map(TheWorld, (world) => {
    const kind = { tells: undefined, refuses: "timeSpoilt", silent: "timeSilent" } as const
    const spell = kind[behaviour]
    const fault = { at: 0, steps: 0, lasts: Infinity, amount: 0, share: 0 }
    if (spell !== undefined) world.activeFaults.spells.set(spell, { fault: { ...fault, kind: spell }, until: Infinity })
    return { server: { host: "time.example", port: 123 }, aheadMillis: world.epochMillis }
  })

const networks: ReadonlyArray<Network> = [
  { ssid: "barn", password: "", timeout: 10 },
  { ssid: "house", password: "", timeout: 5 }
]

/** So many wakes: with the start of one more, the last one's sleep has been asked for. */
const wakesOf = (program: Effect.Effect<never, never, Sleep>, count: number): Effect.Effect<void> =>
  Effect.gen(function*() {
    const world = yield* World.make
    const enough = yield* Deferred.make<void>()
    let starts = 0
    const counted = Effect.suspend(() =>
      ++starts > count ? Effect.andThen(Deferred.succeed(enough, undefined), Effect.never) : program
    )
    yield* Effect.raceFirst(Effect.provideService(wakes(world, counted), Events, { emit: () => {} }),
      Deferred.await(enough))
  })

for (const [time, run] of Harness.ways) {
  const name = "simulation " + time
  const inWorld = within(run)

  socketSuite<TheWorld>(name, {
    run: (effect) => inWorld(Effect.scoped(effect)),
    listen: Effect.flatMap(TheWorld, Harness.listen),
    nobody: Effect.map(TheWorld, (world) => {
      World.setServer(world, "refusing")
      return { host: "server.example", port: 1883 }
    }),
    silent: Effect.map(TheWorld, (world) => {
      World.setServer(world, "silent")
      return {
        endpoint: { host: "server.example", port: 1883 },
        tried: Harness.tried(world),
        abandoned: Effect.sync(() => expect(world.links.size).toBe(0))
      }
    })
  })

  storageSuite(name, {
    run: (effect) => run(Effect.scoped(effect)),
    place: Effect.map(World.make, (world) =>
      Effect.scoped(Effect.map(Layer.build(Layer.fresh(SimulationStorage.layer(world))), Context.get(Storage))))
  })

  storageSuite(name + ", a board's flash", {
    run: (effect) =>
      run(Effect.scoped(effect)),
    place: Effect.map(World.troubled([], ""), (world) =>
      Effect.scoped(Effect.map(Layer.build(Layer.fresh(SimulationStorage.layer(world))), Context.get(Storage))))
  })

  for (const [where, made] of [["", World.make], [", a board's flash", World.troubled([], "")]] as const) {
    journalSuite(name + where, {
      run: (effect) =>
        run(Effect.scoped(effect)),
      place: Effect.map(made, (world) =>
        Effect.scoped(Effect.map(Layer.build(Layer.fresh(SimulationJournal.layer(world))), Context.get(Journal))))
    })
  }

  sensorSuite(name, { run: inWorld, sensor })

  sleepSuite(name, { run, wakes: wakesOf })

  timeSourceSuite<TheWorld>(name, {
    run: (effect) => inWorld(Effect.scoped(effect)),
    serve
  })

  wifiSuite(name, { run: inWorld, networks })
}
