import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it as plain } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { names, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"
import { runs } from "../../support/runs.ts"

const { config } = Result.getOrThrow(DeviceConfig.check(demo))

const live = (story: keyof typeof stories, days: number, seed = "1", device = config) =>
  Effect.gen(function*() {
    const entries: Array<Entry> = []
    const life = yield* Simulation.live(adapters, {
      config: device,
      days,
      seed,
      story: stories[story],
      onEntry: (entry) => entries.push(entry)
    })
    return { ...life, entries }
  })

const turns = (entries: ReadonlyArray<Entry>) => entries.flatMap((entry) => entry._tag === "Turn" ? [entry.title] : [])

describe("a simulated life", () => {
  it.effect("of a month loses no reading without counting it, in the device's book and in the Server's", () =>
    Effect.gen(function*() {
      const { ending, totals } = yield* live("month", 30, "1",
        Result.getOrThrow(DeviceConfig.check({ ...demo, update_interval: 900 })).config)
      const delivered = totals.firstTry + totals.later
      expect(totals.readings).toBe(delivered + ending.pending + totals.dropped)
      expect(totals.received - totals.duplicates).toBe(delivered)
      // Its days without a Server lie in the journal.
      expect(totals.dropped).toBe(0)
      expect(totals.later).toBeGreaterThan(250)
      expect(totals.duplicates).toBe(1)
      expect(ending.versions).toEqual([1, 2])
      expect(totals.longestWait).toBeGreaterThan(5.9 * 3_600_000)
      expect(totals.longestWait).toBeLessThan(6.1 * 3_600_000)
    }))

  it.effect.each(names)("is the same for the same seed: %s", (story) =>
    Effect.gen(function*() {
      const first = yield* live(story, runs(0.5, 1), "seven")
      const second = yield* live(story, runs(0.5, 1), "seven")
      expect(JSON.stringify(second)).toBe(JSON.stringify(first))
      expect(first.entries.length).toBeGreaterThan(100)
    }))

  it.effect("is another for another seed", () =>
    Effect.gen(function*() {
      const [first, second] = [yield* live("flaky", 3, "1"), yield* live("flaky", 3, "2")]
      expect(turns(first.entries)).not.toEqual(turns(second.entries))
    }))

  it.effect("of many short outages keeps both books equal, once everything is delivered", () =>
    Effect.gen(function*() {
      const { ending, totals } = yield* live("flaky", runs(5, 10), "3")
      expect(totals.readings).toBe(totals.firstTry + totals.later + ending.pending + totals.dropped)
      expect(totals.received - totals.duplicates).toBeGreaterThanOrEqual(totals.firstTry + totals.later)
      expect(totals.failedTries).toBeGreaterThan(10)
    }))

  it.effect("without any Server tries eight times on the first day and four times on every other", () =>
    Effect.gen(function*() {
      const { ending, totals } = yield* live("outage", runs(3, 5))
      expect(totals.tries).toBe(8 + 4 * runs(2, 4))
      expect(totals.received).toBe(0)
      expect(ending.pending).toBe(totals.readings)
    }))

  it.effect("shows how long the radio was on between tries of a wake, and does not count that as a wait of the policy", () =>
    Effect.gen(function*() {
      const spread =
        Result.getOrThrow(DeviceConfig.check({ ...demo, mqtt: { ...demo.mqtt, reconnect: { try_interval: 20 } } }))
          .config
      const { chronicle, ending, totals } = yield* live("outage", 1, "1", spread)
      expect(totals.failedTries).toBe(8)
      expect(chronicle.betweenTries).toBeGreaterThan(39_000)
      expect(chronicle.betweenTries).toBeLessThanOrEqual(40_000)
      expect(chronicle.waits.map(({ attempt }) => attempt)).toEqual([3, 4, 5, 6, 7])
      expect(ending.radioMillis).toBeGreaterThan(40_000)
      expect((yield* live("outage", 1)).chronicle.betweenTries).toBe(0)
    }))

  it.effect("takes good updates and says why it takes no other", () =>
    Effect.gen(function*() {
      const { ending, entries } = yield* live("update", 10)
      const told = entries.flatMap((entry) => entry._tag === "Emitted" ? [entry.event] : [])
      expect(told.filter((event) => event._tag === "ConfigAccepted").map((event) => event.version)).toEqual([2, 6])
      const refused = told.flatMap((event) => event._tag === "ConfigRefused" ? [event.reason] : [])
      expect(refused.join()).toContain("mqtt.port")
      expect(refused.join()).toContain("5 as announced")
      expect(ending.versions).toEqual([1, 6])
    }))

  it.effect("of a device that is always on ends too", () =>
    Effect.gen(function*() {
      const { ending, totals } = yield* live("healthy", 0.1, "1", { ...config, deepSleep: false })
      expect(totals.wakes).toBe(1)
      expect(ending.acknowledged).toBe(totals.received)
      expect(ending.radioMillis).toBeGreaterThan(0.09 * 86_400_000)
    }))
})

describe("the stories", () => {
  plain("leave out what a device cannot be told", () => {
    const oneTopic = { ...config, mqtt: { ...config.mqtt, topicConfigVersion: "", topicConfigData: "" } }
    const titles = (device: typeof config) => Effect.runSync(stories.update.turns(device, 30)).map((turn) => turn.title)
    expect(titles(config).join()).toContain("mismatched")
    expect(titles(oneTopic).join()).not.toContain("mismatched")
  })

  plain("are played faster when there are fewer days", () => {
    const last = (days: number) => Math.max(...Effect.runSync(stories.month.turns(config, days)).map((turn) => turn.at))
    expect(last(3)).toBeLessThan(3)
    expect(last(60)).toBe(last(30))
  })
})
