/** Days of a device that sends more seldom than it measures. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { type Stage, type Story, stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"

const minute = 60_000
const day = 86_400_000

const make = (mqtt: object = {}, changes: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(
    DeviceConfig.check({
      ...demo,
      sensors: { simulated: { id: "s" } },
      ...changes,
      mqtt: { ...demo.mqtt, send_interval: 3_600, ...mqtt }
    })
  ).config

const live = async (config: DeviceConfig.DeviceConfig, days: number, story: Story = stories.healthy) => {
  const entries: Array<Entry> = []
  const life = await Effect.runPromise(
    Simulation.live(adapters, { config, days, seed: "1", story, onEntry: (entry) => entries.push(entry) })
  )
  const told = (tag: string) =>
    entries.flatMap((entry) => entry._tag === "Emitted" && entry.event._tag === tag ? [entry.at] : [])
  const tries = told("Trying")
  return { ...life, entries, told, tries, gaps: tries.map((at, index) => at - (tries[index - 1] ?? 0)).slice(1) }
}

const at = (days: number, apply: (stage: Stage) => void): Story => ({
  about: "",
  turns: () => Effect.succeed([{ at: days, title: "", apply }])
})

const update = (config: DeviceConfig.DeviceConfig, document: object) => (stage: Stage): void => {
  stage.simulateMessage(config.mqtt.topicConfigVersion, "2", { retain: true })
  stage.simulateMessage(config.mqtt.topicConfigData, JSON.stringify({ version: 2, ...document }), { retain: true })
}

describe("a device that sends each hour and measures every five minutes", () => {
  it("sends twelve readings and its status in the round trip that one reading takes", async () => {
    const last = async (mqtt: object) => {
      const { entries, told } = await live(make({ publish_status: true, load_config_from_mqtt: false, ...mqtt }), 1)
      const delivered = entries.flatMap((entry) =>
        entry._tag === "Emitted" && entry.event._tag === "Delivered" ? [{ at: entry.at, count: entry.event.count }] : []
      )
      expect(told("TryFailed")).toEqual([])
      expect(delivered).toHaveLength(told("Trying").length)
      const { at, count } = delivered.at(-1) as (typeof delivered)[number]
      return { count, millis: at - (told("Trying").at(-1) as number) }
    }
    const [hourly, steady] = [await last({}), await last({ send_interval: 0 })]
    expect([hourly.count, steady.count]).toEqual([12, 1])
    expect(hourly.millis).toBe(steady.millis)
  })

  it("connects each hour, delivers each reading, and leaves the radio off in between", async () => {
    const hourly = await live(make(), 2)
    expect([hourly.totals.wakes, hourly.totals.readings, hourly.totals.tries]).toEqual([576, 576, 48])
    // The first wake's reading goes at once; the last ones are not due yet.
    expect(hourly.ending.acknowledged).toBe(1 + 47 * 12)
    expect(hourly.ending.pending).toBe(11)
    expect(hourly.totals.dropped).toBe(0)
    for (const gap of hourly.gaps) expect(Math.abs(gap - 60 * minute)).toBeLessThan(minute)
    const steady = await live(make({ send_interval: 0 }), 2)
    expect(steady.totals.tries).toBe(576)
    expect(hourly.ending.radioMillis * 11).toBeLessThan(steady.ending.radioMillis)
  })

  it("writes its state once in a wake that does not send", async () => {
    const { ending } = await live(make(), 1)
    const steady = await live(make({ send_interval: 0 }), 1)
    expect(ending.writes).toBeLessThan(steady.ending.writes)
  })

  it("sends before, when as many messages are pending as it is told", async () => {
    const { gaps, totals } = await live(make({ send_interval: 86_400, send_when_pending: 6 }), 1)
    expect(totals.dropped).toBe(0)
    for (const gap of gaps) expect(Math.abs(gap - 30 * minute)).toBeLessThan(minute)
  })

  it("sends before anything is evicted, however seldom it is to send", async () => {
    const { gaps, totals } = await live(make({ send_interval: 86_400, outbox: { capacity: 8 } }), 2)
    expect(totals.dropped).toBe(0)
    for (const gap of gaps) expect(Math.abs(gap - 40 * minute)).toBeLessThan(minute)
    const values = await live(make({ send_interval: 86_400, outbox: { capacity: 8 }, publish_values: true }), 2)
    expect(values.totals.dropped).toBe(0)
    for (const gap of values.gaps) expect(Math.abs(gap - 10 * minute)).toBeLessThan(minute)
  })

  it("finds an update when it sends, tries at once with it, and is then as seldom as before", async () => {
    const config = make()
    const { told, tries } = await live(config, 1, at(0.51, update(config, { device_name: "x" })))
    const [accepted = 0] = told("ConfigAccepted")
    expect(accepted).toBeGreaterThan(0.51 * day)
    expect(accepted).toBeLessThan(0.51 * day + 61 * minute)
    const after = tries.filter((one) => one > accepted)
    expect((after[0] ?? 0) - accepted).toBeLessThan(6 * minute)
    expect((after[1] ?? 0) - (after[0] ?? 0)).toBeGreaterThan(59 * minute)
  })

  it("rolls an update back that cuts it off as fast as one that sends at each wake, and says so at once", async () => {
    const config = make({ topic_config_version: "v", topic_config_data: "d" })
    const cut: Story = at(0.51, update(config, { mqtt: { broker: "nowhere" } }))
    // The simulated world has one Server: what the update names is not asked. So the Server goes with the update.
    const away: Story = {
      about: "",
      turns: (given, days) =>
        Effect.map(cut.turns(given, days), (turns) => [
          ...turns,
          { at: 0.545, title: "", apply: (stage: Stage) => stage.setServer("refusing") },
          { at: 0.7, title: "", apply: (stage: Stage) => stage.setServer("up") }
        ])
    }
    const { entries, told } = await live(config, 1, away)
    const [accepted = Infinity] = told("ConfigAccepted")
    const [back = Infinity] = told("ConfigRolledBack")
    expect(accepted).toBeLessThan(0.545 * day)
    // Three tries in a row are one wake of the three; then the policy waits for its hours.
    expect(back - accepted).toBeLessThan(5 * 60 * minute)
    const status = entries.filter((entry) => entry._tag === "Message" && entry.payload.includes("rolled_back"))
    expect(status.map((entry) => entry.at < 0.7 * day + 3 * 60 * minute)).toEqual([true])
  })

  it("tries again as the policy says while the Server is away, and loses nothing without counting it", async () => {
    const { ending, gaps, totals } = await live(make(), 1, stories.outage)
    expect(totals.readings).toBe(288)
    expect(ending.pending + ending.acknowledged + totals.dropped).toBe(288)
    expect(totals.tries).toBeGreaterThanOrEqual(4)
    // Those in a row follow each other at once.
    expect(Math.min(...gaps)).toBeLessThan(minute)
  })
})
