/** Days of a device that asks a server for the time. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import type * as World from "../../../src/adapters/simulation/world/World.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Story, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"

const day = 86_400_000
const hour = 3_600_000

const make = (changes: object = {}, mqtt: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(
    DeviceConfig.check({
      ...demo,
      sensors: { simulated: { id: "s" } },
      time: { server: "pool" },
      ...changes,
      mqtt: { ...demo.mqtt, ...mqtt }
    })
  ).config

interface Reading {
  readonly uptime: number
  readonly time?: string
}

const live = async (
  config: DeviceConfig.DeviceConfig,
  days: number,
  story: Story = stories.healthy,
  change: (world: World.World) => void = () => {}
) => {
  const entries: Array<Entry> = []
  let epoch = 0
  const life = await Effect.runPromise(
    Simulation.live({
      ...adapters,
      make: Effect.map(adapters.make, (world) => {
        epoch = world.epochMillis
        change(world)
        return world
      })
    }, { config, days, seed: "1", story, onEntry: (entry) => entries.push(entry) })
  )
  const told = (tag: string) =>
    entries.flatMap((entry) => entry._tag === "Emitted" && entry.event._tag === tag ? [entry] : [])
  const readings = entries.flatMap((entry) =>
    entry._tag === "Message" && entry.topic.endsWith("/data")
      ? [{ at: entry.at, ...JSON.parse(entry.payload) as Reading }] : []
  )
  return { ...life, epoch, told, readings, measured: told("Measured").map(({ at }) => at) }
}

/** No answer comes until `until`, in milliseconds of the world. */
const silentUntil = (until: number) => (world: World.World): void => {
  const fault = { kind: "timeSilent", at: 0, steps: 0, lasts: until, amount: 0, share: 0 } as const
  world.activeFaults.spells.set("timeSilent", { fault, until })
  world.activeFaults.endsAt = until
}

describe("a device that asks a server for the time", () => {
  it("dates every reading, that of its first wake too, and counts its uptime from there as without a server", async () => {
    const dated = await live(make(), 3)
    const plain = await live(make({ time: {} }), 3)
    expect(dated.readings.length).toBe(3 * 288)
    expect(dated.readings.map(({ uptime }) => uptime)).toEqual(plain.readings.map(({ uptime }) => uptime))
    for (const [index, { time, uptime }] of dated.readings.entries()) {
      const true_ = dated.epoch + (dated.measured[index] as number)
      expect(Math.abs(Date.parse(time as string) - true_)).toBeLessThan(2_000)
      expect(uptime).toBe(Math.floor((dated.measured[index] as number) / 1_000 / 300) * 300)
    }
    expect(plain.readings.some(({ time }) => time !== undefined)).toBe(false)
    expect(dated.totals.wakes).toBe(plain.totals.wakes)
  })

  it("asks once a day, and writes its state once more for it", async () => {
    const dated = await live(make(), 3)
    const plain = await live(make({ time: {} }), 3)
    const asked = dated.told("TimeTold").map(({ at }) => at)
    expect(asked).toHaveLength(3)
    for (const [index, at] of asked.entries()) expect(Math.abs(at - index * day)).toBeLessThan(16 * 60_000)
    expect(dated.ending.writes).toBe(plain.ending.writes + 3)
  })

  it("dates what it measured before, when an answer comes at last", async () => {
    const config = make()
    const away: Story = {
      about: "",
      turns: () =>
        Effect.succeed([
          { at: 0, title: "", apply: (stage) => stage.setServer("refusing") },
          { at: 0.1, title: "", apply: (stage) => stage.setServer("up") }
        ])
    }
    const { epoch, readings, told } = await live(config, 0.5, away, silentUntil(2 * hour))
    // It asks in the wakes that try, and an hour after no answer at the earliest.
    expect(told("TimeUnknown").map(({ at }) => Math.round(at / hour))).toEqual([0, 1])
    const [set = 0] = told("TimeTold").map(({ at }) => at)
    expect(set).toBeGreaterThan(2 * hour)
    console.log(set / hour, told("TimeTold"), readings.slice(0, 30))
    const old = readings.filter(({ time }) => time !== undefined && Date.parse(time) - epoch < set - hour / 2)
    expect(old.length).toBeGreaterThan(5)
    for (const { time, uptime } of old) {
      expect(Math.abs(Date.parse(time as string) - epoch - uptime * 1_000)).toBeLessThan(2_000)
    }
  })

  it("sends again what it sent without a time as it was", async () => {
    const { readings } = await live(make(), 1, stories.healthy, silentUntil(5 * hour))
    const undated = readings.filter(({ time }) => time === undefined)
    expect(undated.length).toBeGreaterThan(5 * 12 - 2)
    expect(readings.filter(({ time }) => time !== undefined).length).toBe(288 - undated.length)
  })

  it("keeps its intervals and its waits over the moment when the clock is set", async () => {
    const config = make({ sensors: { simulated: { id: "s", interval: 1_800 } } }, { send_interval: 3_600 })
    const { measured, readings } = await live(config, 1, stories.healthy, silentUntil(3 * hour))
    const gaps = measured.slice(1).map((at, index) => at - (measured[index] as number))
    for (const gap of gaps) expect(Math.abs(gap - 30 * 60_000)).toBeLessThan(60_000)
    expect(measured.length).toBe(48)
    expect(readings.length).toBeGreaterThan(44)
  })

  it("costs a wake two seconds at most when no answer comes, and no try fails for it", async () => {
    const silent = await live(make(), 1, stories.healthy, silentUntil(2 * day))
    const plain = await live(make({ time: {} }), 1)
    const unknown = silent.told("TimeUnknown")
    expect(unknown.length).toBeGreaterThan(21)
    expect(unknown.length).toBeLessThan(25)
    expect(unknown[0]?.event).toEqual({ _tag: "TimeUnknown", reason: "pool:123 did not tell the time within 2 s" })
    expect(silent.told("TryFailed")).toEqual([])
    expect(silent.ending.radioMillis - plain.ending.radioMillis).toBeLessThan(24 * 2_100)
    expect(silent.readings.length).toBe(plain.readings.length)
  })
})
