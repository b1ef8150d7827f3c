/** What a device says of itself, and when. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { version } from "../../../src/domain/version.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Story, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"

interface Said {
  readonly uptime: number
  readonly pending: number
  readonly evicted: number
  readonly tries: number
  readonly awake_ms: number
  readonly radio_ms: number
  readonly last_error: string | null
}

/** The Server is away for a day. */
const awayForADay: Story = {
  about: "",
  turns: () =>
    Effect.succeed([
      { at: 0.5, title: "", apply: (stage) => stage.setServer("refusing") },
      { at: 1.5, title: "", apply: (stage) => stage.setServer("up") }
    ])
}

const make = (changes: object = {}, mqtt: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(
    DeviceConfig.check({
      ...demo,
      device_id: "d1",
      version: 3,
      sensors: { simulated: { id: "s" } },
      ...changes,
      mqtt: { ...demo.mqtt, publish_status: true, ...mqtt }
    })
  ).config

const live = async (config: DeviceConfig.DeviceConfig, days: number, story: Story = stories.healthy) => {
  const entries: Array<Entry> = []
  const life = await Effect.runPromise(
    Simulation.live(adapters, { config, days, seed: "1", story, onEntry: (entry) => entries.push(entry) })
  )
  const statuses = entries.flatMap((entry) =>
    entry._tag === "Message" && entry.topic === config.mqtt.topicDataPrefix + "/status"
      ? [{ at: entry.at, ...JSON.parse(entry.payload) as Said }]
      : []
  )
  return { ...life, entries, statuses }
}

describe("a device that says how it is", () => {
  it("does so once in each wake that delivers, behind the readings, and for no round trip more", async () => {
    const { ending, statuses, totals } = await live(make(), 0.5)
    const plain = await live(make({}, { publish_status: false }), 0.5)
    expect(plain.statuses).toEqual([])
    expect([statuses.length, totals.tries]).toEqual([totals.wakes, totals.wakes])
    expect(totals.received).toBe(plain.totals.received)
    expect(ending.radioMillis).toBe(plain.ending.radioMillis)
    expect(statuses[0]).toMatchObject({
      device: "d1",
      pending: 0,
      evicted: 0,
      tries: 1,
      woken_by: "power",
      program: version,
      config_version: 3,
      last_error: null,
      next_connection: 300
    })
    expect(statuses[1]).toMatchObject({ woken_by: "timer" })
    for (const { at, awake_ms, radio_ms, uptime } of statuses) {
      expect(Math.abs(uptime * 1_000 - at)).toBeLessThan(5_000)
      expect(awake_ms).toBeGreaterThan(500)
      expect(radio_ms).toBeLessThanOrEqual(awake_ms)
    }
  })

  it("says after an outage what went wrong, how many tries it took and what was lost, and says it once", async () => {
    const config = make({}, { outbox: { capacity: 5 } })
    const { entries, statuses, totals } = await live(config, 2.5, awayForADay)
    const told = entries.flatMap((entry) =>
      entry._tag === "Emitted" && entry.event._tag === "TryFailed" ? [entry.event] : []
    )
    const after = statuses.find(({ last_error }) => last_error !== null)
    expect(after?.last_error).toBe(told.at(-1)?.reason)
    expect(after?.tries).toBeGreaterThan(3)
    expect(after?.evicted).toBe(totals.dropped)
    expect(totals.dropped).toBeGreaterThan(0)
    expect(statuses.filter(({ last_error }) => last_error !== null)).toHaveLength(1)
    // It is in flash, so no deep sleep forgets it; and no longer than it is of use.
    expect(statuses.at(-1)).toMatchObject({ last_error: null, tries: 1, evicted: totals.dropped })
  })

  it("says it at each reading when it is always on", async () => {
    const { statuses } = await live(make({ deep_sleep: false }), 0.1)
    expect(statuses.length).toBeGreaterThanOrEqual(28)
    for (let i = 2; i < statuses.length; i++) {
      const gap = (statuses[i]?.at ?? 0) - (statuses[i - 1]?.at ?? 0)
      expect(Math.abs(gap - 300_000)).toBeLessThan(5_000)
    }
    expect(statuses.at(-1)).toMatchObject({ next_connection: 300 })
  })
})
