/** What the meter counts of lives whose course is known. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { values } from "../../../src/domain/energy/Figures.ts"
import * as Model from "../../../src/domain/energy/Model.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import * as Usage from "../../../src/domain/energy/Usage.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Story, stories } from "../../../src/programs/simulate/life/Story.ts"

const config = (changes: { readonly [key: string]: unknown } = {}, mqtt: { readonly [key: string]: unknown } = {}) =>
  Result.getOrThrow(DeviceConfig.check({ ...demo, ...changes, mqtt: { ...demo.mqtt, ...mqtt } })).config

const live = (story: Story, days: number, device = config()) =>
  Simulation.live(adapters, { config: device, days, seed: "1", story, onEntry: () => {} })

/** Another world from the beginning on. */
const world = (apply: (stage: Parameters<ReturnType<typeof at>["apply"]>[0]) => void): Story => ({
  about: "a test",
  turns: () => Effect.succeed([at(apply)])
})
const at = (
  apply: (
    stage: {
      readonly setServer: (state: "up" | "refusing" | "unreachable" | "silent") => void
      readonly setWifi: (hasWifi: boolean) => void
      readonly simulateMessage: (topic: string, payload: string, options?: { readonly retain?: boolean }) => void
    }
  ) => void
) => ({ at: 0, title: "a test", apply })

const hour = 3_600_000
const wakesADay = 288

describe("the meter", () => {
  it.effect("counts a healthy day: each wake joins, delivers and waits for a configuration that is not there", () =>
    Effect.gen(function*() {
      const { ending, totals, unanswered, usage: { failed, served } } = yield* live(stories.healthy, 1)
      expect(totals.wakes).toBe(wakesADay)
      const each = { wakes: 1, radioWakes: 1, joins: 1, sensings: 1, visits: 1 }
      expect(served).toMatchObject(
        Object.fromEntries(Object.entries(each).map(([driver, amount]) => [driver, amount * wakesADay]))
      )
      expect(served).toMatchObject({
        quietWakes: 0,
        quietSensings: 0,
        searching: 0,
        handshakes: 0,
        retries: 0,
        messages: 0
      })
      expect(served.writes).toBe(ending.writes)
      expect(failed).toEqual(Usage.none())
      // A second each, less the 100 ms for which the radio stays up after the last traffic.
      expect(unanswered).toBe(wakesADay * 1_000)
      expect(served.idle).toBe(wakesADay * 900)
      // Connecting and the answers take 150 ms on this network, then the radio stays up.
      expect(served.active / wakesADay).toBeGreaterThan(150)
      expect(served.active / wakesADay).toBeLessThan(300)
      // Whatever it was not awake for, it slept; joining is the board's time, not the world's.
      const awake = 24 * hour - served.asleep
      expect(awake / wakesADay).toBeGreaterThan(1_500)
      expect(awake / wakesADay).toBeLessThan(3_000)
    }))

  it.effect("leaves the course of a life alone", () =>
    Effect.gen(function*() {
      const { ending } = yield* live(stories.healthy, 1)
      // 800 ms for the join, 100 ms for the connection and the answers, a second for a configuration.
      expect(ending.radioMillis / wakesADay).toBe(1_900)
    }))

  it.effect("counts no waiting when a retained configuration is there", () =>
    Effect.gen(function*() {
      const retained = world((stage) =>
        stage.simulateMessage("/homecontrol/device/config/version", "1", { retain: true })
      )
      const { unanswered, usage } = yield* live(retained, 0.1)
      expect(unanswered).toBe(0)
      expect(usage.served.idle).toBe(0)
    }))

  it.effect("counts the tries of a Server that refuses as failed, and the wakes between them as quiet", () =>
    Effect.gen(function*() {
      const { totals, usage: { failed, served } } = yield* live(stories.outage, 1)
      const radioWakes = failed.radioWakes
      // Three tries in the first wake, then one at a time: eight on the first day.
      expect(totals.tries).toBe(8)
      expect(failed.retries).toBe(2)
      expect(radioWakes).toBe(6)
      expect([failed.joins, served.joins]).toEqual([6, 0])
      expect(served.quietWakes).toBe(served.wakes - 6)
      expect(served.quietSensings).toBe(served.quietWakes)
      expect([served.visits, served.active]).toEqual([0, 0])
      expect(failed.active).toBeGreaterThan(0)
    }))

  it.effect("counts what it takes to look for a network that is not there", () =>
    Effect.gen(function*() {
      const { totals, usage: { failed } } = yield* live(world((stage) => stage.setWifi(false)), 0.02)
      expect(totals.tries).toBe(3)
      expect(failed).toMatchObject({ joins: 0, searching: 3 * 15_000, active: 0, idle: 0 })
    }))

  it.effect("counts the wait for a Server that says nothing as idle: the radio sleeps between beacons", () =>
    Effect.gen(function*() {
      const { usage: { failed } } = yield* live(world((stage) => stage.setServer("silent")), 0.02)
      // Three tries of 10 s.
      expect(failed.active + failed.idle).toBe(30_000)
      expect(failed.active).toBe(3 * 100)
    }))

  it.effect("counts a TLS handshake for each connection", () =>
    Effect.gen(function*() {
      const { usage } = yield* live(stories.healthy, 0.1, config({}, { ssl: true }))
      expect(usage.served.handshakes).toBe(usage.served.wakes)
    }))

  it.effect("counts a device that is always on as online all the time", () =>
    Effect.gen(function*() {
      const { usage: { served } } = yield* live(stories.healthy, 0.1, config({ deep_sleep: false }))
      expect(served).toMatchObject({ wakes: 1, joins: 1, asleep: 0 })
      expect(served.active + served.idle).toBeGreaterThan(0.099 * 24 * hour)
      expect(served.idle).toBeGreaterThan(served.active)
    }))

  it.effect("splits a month into spans that make the whole, outages and all", () =>
    Effect.gen(function*() {
      const { chronicle: { server, spans, waits, wifi }, ending, totals, usage } = yield* live(stories.month, 10,
        config({ update_interval: 900 }))
      const sum = (pick: (span: (typeof spans)[number]) => number) => spans.reduce((all, span) => all + pick(span), 0)
      expect(sum(({ wakes }) => wakes)).toBe(totals.wakes)
      expect(sum(({ delivered }) => delivered)).toBe(totals.firstTry + totals.later)
      expect(sum(({ dropped }) => dropped)).toBe(totals.dropped)
      expect(sum(({ failed }) => failed)).toBe(totals.failedTries)
      expect([spans[0]?.from, spans[spans.length - 1]?.to]).toEqual([0, 10 * 24 * hour])
      expect(spans.every((span, index) => index === 0 || span.from === spans[index - 1]?.to)).toBe(true)
      expect(spans.length).toBeLessThanOrEqual(241)
      expect(ending.elapsedMillis).toBe(10 * 24 * hour)
      // Charge only grows, and ends at the sum of the life.
      const setup = Setup.make(Setup.usual, ["dht22"])
      const charges = spans.map((span) =>
        Model.total(span.usage ?? Usage.empty(), values(setup.figures), setup.joining)
      )
      expect(charges.every((charge, index) => charge > (charges[index - 1] ?? 0))).toBe(true)
      expect(charges[charges.length - 1]).toBeCloseTo(Model.total(usage, values(setup.figures), setup.joining), 3)
      expect(server.map(({ state }) => state)).toEqual(["up", "refusing", "up", "silent", "up"])
      expect(wifi.map(({ state }) => state)).toEqual([true, false, true])
      // Each wait is what the policy asks for, to the wake that follows it.
      expect(waits.length).toBeGreaterThan(3)
      for (const { least, millis, most } of waits) {
        expect(millis).toBeGreaterThanOrEqual(least)
        expect(millis).toBeLessThanOrEqual(most + 900_000)
      }
    }))

  it.effect("does not grow with the days", () =>
    Effect.gen(function*() {
      const { chronicle } = yield* live(stories.healthy, 60, config({ update_interval: 3_600 }))
      expect(chronicle.spans.length).toBeLessThanOrEqual(241)
    }))
})
