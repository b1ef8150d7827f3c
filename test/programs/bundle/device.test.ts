import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { wakes } from "../../../src/adapters/simulation/layer.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import { Events } from "../../../src/ports/Events.ts"
import * as Device from "../../../src/programs/device/device.ts"
import { deviceConfig, type DeviceFile } from "../device/support.ts"
import { evaluateCompiled } from "./evaluate.ts"

const file = fileURLToPath(new URL("../../../src/programs/device/device.ts", import.meta.url))
const hour = 3_600_000

/** Everything that a device emits, sends and stores in a day and a half with an outage and a Server that forgets. */
const life = (device: typeof Device.device, keys: DeviceFile): Promise<unknown> =>
  Effect.gen(function*() {
    const world = yield* World.make
    const told: Array<unknown> = []
    world.server.onArrival = (arrival) => void told.push(["arrival", arrival])
    const program = wakes(world, device(deviceConfig(keys)))
    const fiber = yield* Effect.forkChild(
      Effect.provideService(program, Events, { emit: (event) => void told.push([world.now(), event]) })
    )
    yield* TestClock.adjust(6 * hour)
    World.setServer(world, "unreachable")
    yield* TestClock.adjust(12 * hour)
    world.server.sessions.clear()
    World.setServer(world, "up")
    yield* TestClock.adjust(6 * hour)
    yield* Fiber.interrupt(fiber)
    return { told, stored: [...world.storage] }
  }).pipe(Random.withSeed(7), Effect.provide(TestClock.layer()), Effect.runPromise)

describe("the compiled device program", () => {
  it("lives, under effect's own runtime, the life that it lives as it is written", async () => {
    const compiled = (await evaluateCompiled(file))["device"] as typeof Device.device
    const ways: ReadonlyArray<DeviceFile> = [
      { update_interval: 900, mqtt: { reconnect: { jitter: 0.3 } } },
      { update_interval: 900, deep_sleep: false, mqtt: { topic_command: "home/command" } }
    ]
    for (const keys of ways) {
      const seen = await life(compiled, keys) as { readonly told: ReadonlyArray<unknown> }
      expect(seen.told.length).toBeGreaterThan(100)
      expect(seen).toEqual(await life(Device.device, keys))
    }
  })
})
