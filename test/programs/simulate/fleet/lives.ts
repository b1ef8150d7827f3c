/** The lives of a few devices, wake by wake: as a fleet lives them, and as the device program does, all life long. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import * as SimulationLayer from "../../../../src/adapters/simulation/layer.ts"
import * as Sensor from "../../../../src/adapters/simulation/Sensor.ts"
import * as VirtualTime from "../../../../src/adapters/simulation/world/VirtualTime.ts"
import { wake } from "../../../../src/adapters/simulation/wake.ts"
import * as World from "../../../../src/adapters/simulation/world/World.ts"
import type { DeviceConfig } from "../../../../src/domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../../src/domain/state/DeviceState.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Weather from "../../../../src/domain/message/Weather.ts"
import { Events } from "../../../../src/ports/Events.ts"
import { device as program } from "../../../../src/programs/device/device.ts"
import { snapshotName } from "../../../../src/programs/device/files.ts"
import type { WakeEvent } from "../../../../src/domain/wake/WakeEvent.ts"
import { timeOf } from "../../../../src/programs/simulate/fleet/Conditions.ts"
import * as Device from "../../../../src/programs/simulate/fleet/Device.ts"
import * as Fleet from "../../../../src/programs/simulate/fleet/Fleet.ts"
import { randomOf } from "../../../../src/programs/simulate/fleet/RealWake.ts"
import * as LazyMessages from "../../../../src/programs/simulate/fleet/LazyMessages.ts"
import type { Turn } from "../../../../src/programs/simulate/life/Story.ts"

/** One wake. Times in milliseconds. `kept` is what is in flash when it is over. */
export interface Wake {
  readonly wokeAt: number
  readonly endsAt: number
  readonly sleepMillis: number
  readonly readings: number
  readonly triedAt: ReadonlyArray<number>
  readonly failedTries: number
  readonly acceptedAt: ReadonlyArray<number>
  readonly deliveredAt: number | undefined
  readonly radioMillis: number
  readonly writes: number
  readonly kept: string
}

export interface Given {
  readonly config: DeviceConfig
  readonly devices: number
  readonly days: number
  readonly seed: string
  readonly turns: ReadonlyArray<Turn>
}

export const world: Fleet.World = {
  wakeIn: wake,
  latencyMillis: World.usualLatencyMillis,
  sensorMillis: Sensor.readMillis,
  measure: Weather.at
}

/** As the fleet lives them. */
export const asFleet = (given: Given, direct = true) =>
  Effect.gen(function*() {
    const lives: Array<Array<Wake>> = Array.from({ length: given.devices }, () => [])
    const sums = yield* Fleet.live(world, {
      ...given,
      direct,
      onWake: (
        _,
        index,
        {
          acceptedAt,
          after,
          deliveredAt,
          endsAt,
          failedTries,
          radioMillis,
          readings,
          sleepMillis,
          triedAt,
          wokeAt,
          writes
        }
      ) => {
        const kept = Bytes.toText(DeviceState.encode(LazyMessages.finish(after)))
        lives[index]?.push({
          wokeAt,
          endsAt,
          sleepMillis,
          readings,
          triedAt: [...triedAt],
          failedTries,
          acceptedAt: [...acceptedAt],
          deliveredAt,
          radioMillis,
          writes,
          kept
        })
      }
    })
    return { lives, sums }
  })

/** What the wake under way has shown so far. */
const fresh = (wokeAt: number) => ({
  wokeAt,
  readings: 0,
  triedAt: [] as Array<number>,
  failedTries: 0,
  acceptedAt: [] as Array<number>,
  deliveredAt: undefined as number | undefined
})

/** Device number `index`, in a world of its own that goes on through all its wakes. */
const life = (given: Given, index: number) =>
  Effect.gen(function*() {
    const own = Device.make(given.config, given.seed, index)
    const world = yield* World.make
    world.joinMillis = own.joinMillis
    const wakes: Array<Wake> = []
    const over = yield* Deferred.make<void>()
    let current = fresh(0)
    let [radioMillis, writes] = [0, 0]
    const { accept } = world
    world.accept = (send, close) => {
      current.acceptedAt.push(world.now())
      return accept(send, close)
    }
    const sleeps = (sleepMillis: number) => {
      const kept = Bytes.toText(world.storage.get(snapshotName) ?? Bytes.empty)
      wakes.push({
        ...current,
        endsAt: world.now(),
        sleepMillis,
        radioMillis: world.radioMillis - radioMillis,
        writes: world.writes - writes,
        kept
      })
      radioMillis = world.radioMillis
      writes = world.writes
      if (world.now() + sleepMillis >= given.days * 86_400_000) Deferred.doneUnsafe(over, Effect.void)
    }
    const hear = (event: WakeEvent) => {
      if (event._tag === "Woke") current = fresh(world.now())
      if (event._tag === "Measured") current.readings++
      if (event._tag === "Trying") current.triedAt.push(world.now())
      if (event._tag === "TryFailed") current.failedTries++
      if (event._tag === "Delivered") current.deliveredAt = world.now()
      if (event._tag === "Sleeping") sleeps(event.millis)
    }
    const stage = {
      setServer: (condition: World.ServerCondition) => World.setServer(world, condition),
      setWifi: (hasWifi: boolean) => World.setWifi(world, hasWifi),
      simulateMessage: (topic: string, payload: string, options?: { readonly retain?: boolean }) =>
        World.simulateMessage(world, topic, payload, options)
    }
    const told = Effect.gen(function*() {
      for (const turn of given.turns) {
        if (timeOf(turn) > world.now()) yield* Effect.sleep(timeOf(turn) - world.now())
        turn.apply(stage)
      }
      return yield* Effect.never
    })
    const lived = SimulationLayer.wakes(world, program(own.baked)).pipe(Effect.provideService(Events, { emit: hear }))
    const all = Effect.raceFirst(Deferred.await(over), Effect.raceFirst(told, lived))
    yield* Effect.provideService(all, Random.Random, randomOf(own))
    return wakes
  })

/** As the program lives them, in virtual time. */
export const asProgram = (given: Given) =>
  Effect.forEach(Array.from({ length: given.devices }).keys(), (index) => VirtualTime.run(life(given, index)))

/** As the program lives them, in the time of TestClock. */
export const underTestClock = (given: Given) =>
  Effect.forEach(Array.from({ length: given.devices }).keys(), (index) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(life(given, index))
      while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust(60_000)
      return yield* Fiber.join(fiber)
    }).pipe(Effect.provide(TestClock.layer())))
