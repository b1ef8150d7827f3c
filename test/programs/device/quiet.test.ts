/** A wake with nothing to say, by its decision, and in days of a device. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import { isQuiet } from "../../../src/domain/wake/quiet.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Story, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"

const make = (changes: object, sensor: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(
    DeviceConfig.check({ ...demo, sensors: { simulated: { id: "s", interval: 3_600, ...sensor } }, ...changes })
  ).config

const minute = 60_000
const readAt = 1_000 * minute

/** Read and reported at `readAt`, with nothing pending. */
const settled = (changes: Partial<DeviceState.DeviceState> = {}): DeviceState.DeviceState => {
  const state = DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 })
  return {
    ...state,
    readAt: { s: readAt },
    reconnect: { attemptCount: 0, lastAttemptTime: readAt, draw: 0 },
    ...changes
  }
}

describe("a wake has nothing to say", () => {
  it.each([
    ["five minutes after a reading of a sensor that is read every hour", make({}), settled(), 5, true],
    ["55 minutes after it", make({}), settled(), 55, true],
    ["but it has when the sensor is due", make({}), settled(), 60, false],
    ["and when it is due a moment later, for it is asked a moment later", make({}), settled(), 60 - 1 / 60, false],
    ["nor is it silent while a message is pending", make({}),
      DeviceState.enqueue(settled(), { topic: "s/data", payload: "1" }, make({}).mqtt.outbox).state, 5, false],
    ["nor while an update is on probation", make({}), settled({ probation: { version: 2, wakes: 1 } }), 5, false],
    ["nor after a try in vain", make({}), settled({ reconnect: { attemptCount: 1, lastAttemptTime: readAt, draw: 0 } }),
      5, false],
    ["nor when the clock was set back", make({}), settled(), -5, false],
    ["nor when the next wake would be later than max_interval", make({}, { interval: 86_400 }), settled(), 356, false],
    ["though it may be silent until then", make({}, { interval: 86_400 }), settled(), 350, true],
    ["nor with a sensor that is read at each wake", make({}, { interval: 0 }), settled(), 5, false],
    ["nor without any sensor, which connects for updates alone", make({ sensors: {} }), settled(), 5, false]
  ] as const)("%s", (_, config, state, minutes, expected) => {
    expect(isQuiet({ config, state }, readAt + minutes * minute)).toBe(expected)
  })
})

const live = (config: DeviceConfig.DeviceConfig, days: number, story: Story = stories.healthy) => {
  const entries: Array<Entry> = []
  const life = Simulation.live(adapters, { config, days, seed: "1", story, onEntry: (entry) => entries.push(entry) })
  return Effect.runPromise(Effect.map(life, (lived) => ({ ...lived, entries })))
}

describe("a device whose sensor is read less often than it wakes", () => {
  it("connects when it has read, and leaves the radio off in between", async () => {
    const hourly = await live(make({}), 2)
    expect([hourly.totals.wakes, hourly.totals.readings, hourly.totals.tries]).toEqual([576, 48, 48])
    const steady = await live(make({}, { interval: 0 }), 2)
    expect(steady.totals.tries).toBe(576)
    expect(hourly.ending.radioMillis * 11).toBeLessThan(steady.ending.radioMillis)
  })

  it("still connects at least every max_interval, and so finds an update", async () => {
    const config = make({}, { interval: 86_400 })
    const update: Story = {
      about: "",
      turns: () =>
        Effect.succeed([{
          at: 0.3,
          title: "an update",
          apply: (stage) => {
            stage.simulateMessage(config.mqtt.topicConfigVersion, "2", { retain: true })
            stage.simulateMessage(config.mqtt.topicConfigData, JSON.stringify({ version: 2, device_name: "x" }), {
              retain: true
            })
          }
        }])
    }
    const { entries, totals } = await live(config, 2, update)
    const tries = entries.flatMap((entry) =>
      entry._tag === "Emitted" && entry.event._tag === "Trying" ? [entry.at] : []
    )
    const longest = Math.max(...tries.map((at, index) => at - (tries[index - 1] ?? 0)))
    expect(totals.readings).toBe(2)
    expect(longest).toBeLessThanOrEqual(6 * 60 * minute)
    const accepted = entries.find((entry) => entry._tag === "Emitted" && entry.event._tag === "ConfigAccepted")
    expect(accepted?.at).toBeLessThanOrEqual(0.3 * 86_400_000 + 6 * 60 * minute)
  })

  it("tries as the policy allows while the Server is away, and loses nothing without counting it", async () => {
    const { ending, totals } = await live(make({}), 1, stories.outage)
    expect(totals.readings).toBe(24)
    expect(ending.pending + totals.dropped).toBe(24)
    expect(totals.tries).toBeGreaterThanOrEqual(4)
  })
})
