/** Days of a device that publishes only what has changed, and at once what crosses a threshold. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Story, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"

const minute = 60_000

const make = (sensor: object, mqtt: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(
    DeviceConfig.check({
      ...demo,
      sensors: { simulated: { id: "s", ...sensor } },
      mqtt: { ...demo.mqtt, ...mqtt }
    })
  ).config

const live = async (config: DeviceConfig.DeviceConfig, days: number, story: Story = stories.healthy) => {
  const entries: Array<Entry> = []
  const life = await Effect.runPromise(
    Simulation.live(adapters, { config, days, seed: "1", story, onEntry: (entry) => entries.push(entry) })
  )
  const timesOf = (tag: string) =>
    entries.flatMap((entry) => entry._tag === "Emitted" && entry.event._tag === tag ? [entry.at] : [])
  const readings = entries.flatMap((entry) =>
    entry._tag === "Message" && !entry.toDevice && entry.topic.endsWith("/data")
      ? [{ at: entry.at, ...JSON.parse(entry.payload) as { readonly temperature: number; readonly uptime: number } }]
      : []
  )
  return { ...life, entries, timesOf, readings }
}

const gaps = (times: ReadonlyArray<number>): ReadonlyArray<number> =>
  times.map((at, index) => at - (times[index - 1] ?? 0)).slice(1)

describe("a device that publishes only what has changed by half a degree", () => {
  it("measures at each wake, and has the radio on only for what it publishes", async () => {
    const { ending, readings, totals } = await live(make({ temperature: { change: 0.5 } }), 2)
    expect([totals.wakes, totals.readings]).toEqual([576, 576])
    expect(totals.unchanged).toBeGreaterThan(450)
    expect(totals.tries).toBe(totals.readings - totals.unchanged)
    expect(totals.readings).toBe(totals.firstTry + totals.later + ending.pending + totals.dropped + totals.unchanged)
    for (let i = 1; i < readings.length; i++) {
      const [before, one] = [readings[i - 1], readings[i]]
      if (before === undefined || one === undefined) continue
      const hasChanged = Math.abs(one.temperature - before.temperature) >= 0.5 - 1e-9
      expect([one.uptime, hasChanged || one.uptime - before.uptime >= 3_590]).toEqual([one.uptime, true])
    }
    const steady = await live(make({}), 2)
    expect(ending.radioMillis * 4).toBeLessThan(steady.ending.radioMillis)
    expect(ending.writes * 4).toBeLessThan(steady.ending.writes)
  })

  it("publishes after the longest silence, however little changes", async () => {
    const { readings } = await live(make({ max_silence: 1_800, temperature: { change: 100 } }), 1)
    for (const gap of gaps(readings.map(({ at }) => at))) expect(Math.abs(gap - 30 * minute)).toBeLessThan(minute)
  })

  it("connects at least every max_interval for updates, though it has nothing to say", async () => {
    const { timesOf } = await live(make({ max_silence: 604_800, temperature: { change: 100 } }), 2)
    const tries = timesOf("Trying")
    expect(tries.length).toBeGreaterThanOrEqual(8)
    expect(Math.max(...gaps(tries))).toBeLessThanOrEqual(6 * 60 * minute)
  })

  it("loses nothing of what it has published while the Server is away", async () => {
    const { ending, totals } = await live(make({ temperature: { change: 0.5 } }), 4, stories.outage)
    expect(totals.unchanged).toBeGreaterThan(0)
    expect(totals.readings).toBe(totals.firstTry + totals.later + ending.pending + totals.dropped + totals.unchanged)
  })
})

describe("a device with a threshold that sends each six hours", () => {
  const hours = { send_interval: 21_600, outbox: { capacity: 100 } }

  it("sends in the wake that crosses it and in the one that comes back, and with them all that is pending", async () => {
    const { readings, timesOf } = await live(make({ temperature: { above: 22, hysteresis: 1 } }, hours), 2)
    const measured = readings.map(({ temperature, uptime }) => ({ temperature, at: uptime * 1_000 }))
    // By hand: in alarm from the first reading above 22 until the first at 21 or less.
    let isAlarm = false
    const crossings = measured.filter(({ temperature }) => {
      const before = isAlarm
      isAlarm = temperature > 22 || (isAlarm && temperature > 21)
      return isAlarm !== before
    })
    expect(crossings.length).toBeGreaterThanOrEqual(3)
    const tries = timesOf("Trying")
    for (const { at } of crossings) {
      const next = tries.find((one) => one >= at - 1_000)
      expect(next === undefined ? Infinity : next - at).toBeLessThan(10_000)
    }
    // Four a day by the interval, and one for each crossing.
    expect(tries.length).toBeLessThanOrEqual(8 + crossings.length + 1)
  })

  it("keeps to the reconnect policy with what is urgent", async () => {
    const { timesOf } = await live(make({ temperature: { above: 22 } }, hours), 3, stories.outage)
    const plain = await live(make({}, hours), 3, stories.outage)
    expect(timesOf("Trying").length).toBeLessThanOrEqual(plain.timesOf("Trying").length + 6)
  })
})
