/** Days of a device that a pin wakes, in a world where a contact is opened and closed some times a day. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Story, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"

const hour = 3_600_000

const config = Result.getOrThrow(DeviceConfig.check({
  ...demo,
  sensors: { simulated: { id: "s" } },
  wake_pin: 33,
  mqtt: { ...demo.mqtt, publish_status: true }
})).config

const live = async (days: number, story: Story) => {
  const entries: Array<Entry> = []
  const life = await Effect.runPromise(
    Simulation.live(adapters, { config, days, seed: "1", story, onEntry: (entry) => entries.push(entry) })
  )
  const sleeps = entries.flatMap((entry) =>
    entry._tag === "Emitted" && entry.event._tag === "Sleeping" ? [{ ...entry.event, at: entry.at }] : []
  )
  const woke = entries.flatMap((entry) => entry._tag === "Emitted" && entry.event._tag === "Woke" ? [entry.at] : [])
  return { ...life, sleeps, woke }
}

describe("a device that a pin wakes", () => {
  it("takes no reading at its interval, but one each time the pin changes", async () => {
    const { sleeps, totals, woke } = await live(20, stories.healthy)
    for (const { onPin } of sleeps) expect(onPin).toBe(33)
    const gaps = woke.map((at, index) => at - (woke[index - 1] ?? at)).slice(1)
    for (const gap of gaps) {
      expect(gap).toBeGreaterThan(hour - 10_000)
      expect(gap).toBeLessThan(7 * hour + 10_000)
    }
    // Some six a day, and never the 288 of its interval.
    expect(totals.readings).toBe(woke.length)
    expect(woke.length / 20).toBeGreaterThan(4)
    expect(woke.length / 20).toBeLessThan(9)
  })

  it("measures and tries by its timer while the Server is away, and loses nothing", async () => {
    const away: Story = {
      about: "",
      turns: () =>
        Effect.succeed([
          { at: 2, title: "", apply: (stage) => stage.setServer("refusing") },
          { at: 3, title: "", apply: (stage) => stage.setServer("up") }
        ])
    }
    const { ending, sleeps, totals, woke } = await live(5, away)
    const inVain = sleeps.filter(({ pending }) => pending > 0)
    expect(inVain.length).toBeGreaterThan(50)
    for (const { onPin } of inVain) expect(onPin).toBeUndefined()
    expect(woke.filter((at) => at > 2.5 * 24 * hour && at < 3 * 24 * hour).length).toBeGreaterThan(100)
    expect([totals.dropped, ending.pending]).toEqual([0, 0])
    expect(ending.acknowledged).toBe(totals.readings)
    expect(sleeps.at(-1)?.onPin).toBe(33)
  })
})
