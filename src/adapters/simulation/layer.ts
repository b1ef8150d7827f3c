/**
 * Everything a device program needs to live in a simulated world, and the life itself: wake after wake.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { restarting } from "../../ports/restarting.ts"
import { Events } from "../../ports/Events.ts"
import type { Journal } from "../../ports/Journal.ts"
import type { Sensor } from "../../ports/Sensor.ts"
import { Sleep, type WakeCause } from "../../ports/Sleep.ts"
import type { Socket } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import type { TimeSource } from "../../ports/TimeSource.ts"
import type { Wifi } from "../../ports/Wifi.ts"
import * as SimulationJournal from "./Journal.ts"
import * as SimulationSensor from "./Sensor.ts"
import * as SimulationSocket from "./Socket.ts"
import * as SimulationStorage from "./Storage.ts"
import * as SimulationTimeSource from "./TimeSource.ts"
import * as SimulationWifi from "./Wifi.ts"
import { radioOff, type World } from "./world/World.ts"

/** All ports except Sleep, which `wakes` provides, and Events, which the observer provides. */
export const layer = (world: World): Layer.Layer<Journal | Socket | Storage | Sensor | TimeSource | Wifi> =>
  Layer.mergeAll(
    SimulationSocket.layer(world),
    SimulationStorage.layer(world),
    SimulationJournal.layer(world),
    SimulationSensor.layer(world),
    SimulationTimeSource.layer(world),
    SimulationWifi.layer(world)
  )

/** The device's own clock: the world's, plus its error. */
const deviceClock = (world: World, clock: Clock.Clock): Clock.Clock => {
  const now = () => clock.currentTimeMillisUnsafe() + world.clockOffsetMillis
  const nanos = () => clock.currentTimeNanosUnsafe() + BigInt(Math.round(world.clockOffsetMillis * 1_000)) * 1_000n
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
}

/**
 * One wake with power: when the power fails, the wake ends as if by a request for sleep, for as long as the power is
 * away. Whatever the program still does then reaches nobody.
 */
const underPower = <R>(
  world: World,
  program: Effect.Effect<never, never, R>
): Effect.Effect<never, never, R | Sleep | Events> =>
  Effect.gen(function*() {
    const sleep = yield* Sleep
    const events = yield* Events
    const { activeFaults } = world
    activeFaults.isPowered = true
    let isOver = false
    activeFaults.goOff = () => {
      if (!isOver) activeFaults.onOff()
      isOver = true
    }
    activeFaults.off = Effect.suspend(() => {
      activeFaults.goOff()
      return sleep.deepSleep(activeFaults.outageMillis)
    })
    return yield* program.pipe(
      Effect.provideService(Sleep, {
        deepSleep: (millis, pin) =>
          Effect.suspend(() => activeFaults.isPowered ? sleep.deepSleep(millis, pin) : activeFaults.off),
        wokenBy: sleep.wokenBy
      }),
      Effect.provideService(Events, {
        emit: (event) => {
          if (activeFaults.isPowered) events.emit(event)
        }
      })
    )
  })

/** Runs the life of a device in `world`, wake after wake, as long as it may. */
export const wakes = (
  world: World,
  program: Effect.Effect<never, never, Events | Journal | Socket | Storage | Sleep | Sensor | TimeSource | Wifi>
): Effect.Effect<void, never, Events> =>
  Effect.gen(function*() {
    const clock = yield* Clock.Clock
    const awake = Effect.provideService(underPower(world, program), Clock.Clock, deviceClock(world, clock))
    let cause: WakeCause = "power"
    yield* restarting(awake, {
      wokenBy: () => cause,
      next: (_, sleepMillis, pin) => {
        const { isPowered } = world.activeFaults
        cause = isPowered ? (pin === undefined ? "timer" : "pin") : "power"
        radioOff(world)
        // Nothing but the pin ends that sleep.
        const millis = isPowered && pin !== undefined ? world.untilPin(world.now()) : sleepMillis
        return Effect.as(clock.sleep(Duration.millis(millis)), true)
      }
    })
  }).pipe(Effect.provide(layer(world)))
