import { beforeAll, describe, expect, it } from "vitest"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import { deviceConfig } from "../../programs/device/support.ts"
import { bundle, liveOnDevice, liveOnEffect, onRuntime } from "./deviceLife.ts"
import type * as OnRuntime from "./deviceOnRuntime.ts"
import type { Scenario } from "./deviceWorld.ts"

const config = deviceConfig({ mqtt: { reconnect: { max_attempts: 2, min_interval: 30, jitter: 0.5 } } })
const on = (wakes: ReadonlyArray<number>) => (wake: number) => wakes.includes(wake)

const retain = (payload: string) => (wake: number, server: Server.Server, at = 0) => {
  const message = { topic: "home/config" as TopicName, payload: Bytes.fromText(payload), qos: 1, retain: true } as const
  if (wake === 2) Server.publish(server, message, at)
}

/** With the events that it is there for. */
const scenarios: Readonly<Record<string, Scenario & { readonly tells: ReadonlyArray<string> }>> = {
  "everything goes well": { tells: ["Connected", "Delivered", "ConfigUnchanged"], config, wakes: 3 },
  "a newer configuration arrives": {
    tells: ["ConfigAccepted"],
    config,
    wakes: 4,
    before: retain(`{"version": 5, "update_interval": 7}`)
  },
  "the configuration is nonsense": { tells: ["ConfigRefused"], config, wakes: 3, before: retain("{") },
  "the Server says nothing": {
    tells: ["TryFailed", "Waiting"],
    config,
    wakes: 4,
    server: (wake) => wake < 3 ? "silent" : "up"
  },
  "nobody listens": {
    tells: ["TryFailed", "Waiting"],
    config,
    wakes: 12,
    server: (wake) => wake < 11 ? "refusing" : "up"
  },
  "something else listens": {
    tells: ["TryFailed", "Delivered"],
    config,
    wakes: 3,
    server: (_, now) => now < 900 ? "babbling" : "up"
  },
  "the connection drops": {
    tells: ["TryFailed", "Delivered"],
    config,
    wakes: 3,
    server: (_, now) => now < 900 ? "dropping" : "up"
  },
  "the Server refuses us": {
    tells: ["TryFailed"],
    config,
    wakes: 3,
    before: (wake, server) => {
      server.refuseWith = wake < 3 ? 5 : 0
    }
  },
  "there is no Wi-Fi": { tells: ["TryFailed"], config, wakes: 3, wifi: on([3]) },
  "a wake takes too long": {
    tells: ["Failed"],
    config: deviceConfig({ awake_timeout: 3 }),
    wakes: 3,
    server: () => "silent"
  },
  "the sensor is broken, hangs, goes mad": {
    tells: ["NotMeasured", "Failed", "Delivered"],
    config,
    wakes: 4,
    sensor: (wake) => wake === 1 ? "broken" : wake === 2 ? "hanging" : wake === 3 ? "absurd" : "well"
  },
  "the flash is broken": { tells: ["MemoryLost", "NotSaved"], config, wakes: 4, isStorageBroken: on([1, 3]) },
  "it is always on, until an update": {
    tells: ["Connected", "TryFailed", "ConfigAccepted"],
    config: deviceConfig({ deep_sleep: false, update_interval: 20, mqtt: { keepalive: 15 } }),
    wakes: 1,
    server: (_, now) => now > 70_000 && now < 140_000 ? "silent" : now > 200_000 && now < 230_000 ? "dropping" : "up",
    before: (_, server) => {
      server.onArrival = ({ at }) => {
        if (at > 400_000) retain(`{"version": 5}`)(2, server, at)
      }
    }
  }
}

describe("the device program on the device's runtime", () => {
  let lib: typeof OnRuntime
  beforeAll(async () => {
    lib = await onRuntime()
  })

  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`does what it does on effect when ${name}`, async () => {
      const expected = await liveOnEffect(scenario)
      const told = expected.map(([, , event]) => (event as { readonly _tag?: string } | undefined)?._tag)
      for (const tag of scenario.tells) expect(told).toContain(tag)
      expect(liveOnDevice(lib, scenario)).toEqual(expected)
    })
  }

  it("is not bundled with a name that the runtime lacks", async () => {
    const bundling = bundle(`import * as Effect from "effect/Effect"; console.log(Effect.forkChild)`)
    await expect(bundling).rejects.toThrow("forkChild")
  })
})
