/** A device's life in a simulated world under TestClock, with its events and the world's time of each. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { wakes } from "../../src/adapters/simulation/layer.ts"
import type { Arrival } from "../../src/adapters/simulation/world/Server.ts"
import * as World from "../../src/adapters/simulation/world/World.ts"
import type { DeviceConfig } from "../../src/domain/config/DeviceConfig.ts"
import * as DeviceState from "../../src/domain/state/DeviceState.ts"
import { Events } from "../../src/ports/Events.ts"
import { device } from "../../src/programs/device/device.ts"
import { snapshotName } from "../../src/programs/device/files.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"

export interface EmittedEvent {
  /** The world's time in milliseconds. */
  readonly at: number
  readonly event: WakeEvent
}

export interface Life {
  readonly world: World.World
  readonly told: Array<EmittedEvent>
  readonly arrivals: Array<Arrival>
  /** What is in the device's flash. */
  readonly state: () => DeviceState.DeviceState
}

export const hour = 3_600_000
export const day = 24 * hour

/** Runs `story` while the device lives; the story moves the time with TestClock. */
export const live = <A>(
  config: DeviceConfig,
  story: (life: Life) => Effect.Effect<A>,
  options: { readonly seed?: number } = {}
): Promise<A> =>
  Effect.gen(function*() {
    const world = yield* World.make
    const life: Life = {
      world,
      told: [],
      arrivals: [],
      state: () => Result.getOrThrow(DeviceState.decode(world.storage.get(snapshotName) ?? new Uint8Array()))
    }
    world.server.onArrival = (arrival) => void life.arrivals.push(arrival)
    const emit = (event: WakeEvent) => void life.told.push({ at: world.now(), event })
    const fiber = yield* wakes(world, device(config)).pipe(Effect.provideService(Events, { emit }), Effect.forkChild)
    const result = yield* story(life)
    yield* Fiber.interrupt(fiber)
    return result
  }).pipe(Random.withSeed(options.seed ?? 1), Effect.provide(TestClock.layer()), Effect.runPromise)

export const told = <T extends WakeEvent["_tag"]>(
  life: Life,
  tag: T
): ReadonlyArray<{ readonly at: number; readonly event: Extract<WakeEvent, { readonly _tag: T }> }> =>
  life.told.filter((one): one is { at: number; event: Extract<WakeEvent, { readonly _tag: T }> } =>
    one.event._tag === tag
  )

/** Lets `millis` pass, in pieces, so that what a test does in between is not far from when it would happen. */
export const pass = (millis: number): Effect.Effect<void> => TestClock.adjust(millis)
