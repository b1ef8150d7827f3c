/** Days of a device that measures its battery, and sends more seldom while it is low. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Outlook from "../../../src/domain/energy/Outlook.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import type { Usage } from "../../../src/domain/energy/Usage.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { stories } from "../../../src/programs/simulate/life/Story.ts"
import type { Entry } from "../../../src/programs/simulate/life/Wake.ts"
import * as directory from "../../support/directory.ts"
import { find, live as liveHere, run, tags } from "./support.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const make = (battery: object | undefined, changes: object = {}, mqtt: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(DeviceConfig.check({
    ...demo,
    sensors: { simulated: { id: "s" } },
    ...(battery === undefined ? {} : { battery: { pin: 35, ...battery } }),
    ...changes,
    mqtt: { ...demo.mqtt, publish_status: true, ...mqtt }
  })).config

interface Said {
  readonly battery: number | null
  readonly battery_volts: number | null
  readonly battery_low: boolean
  readonly next_connection: number
}

const live = async (
  config: DeviceConfig.DeviceConfig,
  days: number,
  charge: (usage: Usage, millis: number) => number
) => {
  const entries: Array<Entry> = []
  const life = await Effect.runPromise(
    Simulation.live(adapters, {
      config,
      days,
      seed: "1",
      story: stories.healthy,
      charge,
      onEntry: (entry) => entries.push(entry)
    })
  )
  const events = entries.flatMap((entry) => entry._tag === "Emitted" ? [{ ...entry.event, at: entry.at }] : [])
  const told = <T extends WakeEvent["_tag"]>(tag: T) =>
    events.filter((event): event is Extract<WakeEvent, { readonly _tag: T }> & { readonly at: number } =>
      event._tag === tag
    )
  const statuses = entries.flatMap((entry) =>
    entry._tag === "Message" && entry.topic === config.mqtt.topicDataPrefix + "/status"
      ? [{ at: entry.at, ...JSON.parse(entry.payload) as Said }]
      : []
  )
  return { ...life, events, told, statuses }
}

/** Full on the first day, nearly empty on the second, full on the third. */
const wavering = (_: Usage, millis: number): number => millis < day || millis > 2 * day ? 90 : 10

describe("a device that measures its battery", () => {
  it("does so once in each wake, before anything else and before its radio is on, and says so", async () => {
    const { events, statuses, told, totals } = await live(make({}), 0.5, () => 75)
    expect(told("Battery")).toHaveLength(totals.wakes)
    events.forEach(({ _tag }, index) => _tag === "Woke" && expect(events[index + 1]?._tag).toBe("Battery"))
    expect(statuses).toHaveLength(totals.wakes)
    for (const said of statuses) {
      expect(said).toMatchObject({ battery: 75, battery_volts: 3.98, battery_low: false, next_connection: 300 })
    }
    expect(totals.battery).toEqual({ volts: 3.98, percent: 75 })
  })

  it("does nothing else than one that does not", async () => {
    const [one, other] = [await live(make({}), 0.5, () => 75), await live(make(undefined), 0.5, () => 75)]
    expect(one.events.filter(({ _tag }) => _tag !== "Battery")).toEqual(other.events)
    expect(other.statuses[0]).not.toHaveProperty("battery")
    expect([one.ending.written, one.ending.radioMillis]).toEqual([other.ending.written, other.ending.radioMillis])
  })

  it("sends more seldom from the wake on in which it is low, until it is not, and loses nothing", async () => {
    const config = make({ low: 20, low_send_interval: 18_000 })
    const { ending, statuses, told, totals } = await live(config, 3, wavering)
    expect(told("BatteryLow")).toMatchObject([
      { isLow: true, percent: 10, sendsEvery: 5 * hour },
      { isLow: false, percent: 90, sendsEvery: 0 }
    ])
    const [low, well] = told("BatteryLow").map(({ at }) => at) as [number, number]
    expect([Math.abs(low - day), Math.abs(well - 2 * day)].every((late) => late < 6 * minute)).toBe(true)
    const during = told("Trying").map(({ at }) => at).filter((at) => at >= low && at < well)
    // At once, to say so, and then each five hours.
    expect(during).toHaveLength(5)
    during.slice(1).forEach((at, index) =>
      expect(Math.abs(at - (during[index] as number) - 5 * hour)).toBeLessThan(6 * minute)
    )
    const said = statuses.filter(({ at }) => at > low && at < well)
    expect(said.map(({ battery_low, next_connection }) => [battery_low, next_connection])).toEqual(
      Array.from({ length: 5 }, () => [true, 18_000])
    )
    expect(totals.dropped).toBe(0)
    expect(totals.readings).toBe(ending.acknowledged + ending.pending)
    // No connection comes later than the one before had said.
    statuses.slice(1).forEach(({ at }, index) => {
      const before = statuses[index] as (typeof statuses)[number]
      expect(at - before.at).toBeLessThan(before.next_connection * 1_000 + minute)
    })
  })

  it("says so at once, though it would have nothing to say in that wake", async () => {
    const config = make({ low_send_interval: 43_200 }, { sensors: { simulated: { id: "s", interval: 7_200 } } })
    const { statuses, told } = await live(config, 2, (_, millis) => millis < 10 * hour + 20 * minute ? 90 : 10)
    const [low] = told("BatteryLow").map(({ at }) => at) as [number]
    expect(told("Measured").some(({ at }) => Math.abs(at - low) < minute)).toBe(false)
    expect(statuses.filter(({ at }) => Math.abs(at - low) < minute)).toHaveLength(1)
    statuses.slice(1).forEach(({ at }, index) => {
      const before = statuses[index] as (typeof statuses)[number]
      expect(at - before.at).toBeLessThan(before.next_connection * 1_000 + minute)
    })
  })

  it("goes on as it was where a low battery is to change nothing", async () => {
    const { told, totals } = await live(make({ low: 20 }), 1.5, wavering)
    expect(told("BatteryLow")).toMatchObject([{ isLow: true, sendsEvery: 0 }])
    expect(totals.tries).toBe(totals.wakes)
  })

  it("measures with each reading, where it is always on", async () => {
    const { statuses, told, totals } = await live(make({}, { deep_sleep: false }), 0.2, () => 40)
    expect(told("Battery")).toHaveLength(totals.readings)
    expect(statuses.at(-1)).toMatchObject({ battery: 40, battery_volts: 3.8 })
  })

  it("is as full as the energy model says", async () => {
    const setup = Setup.make(Setup.usual, ["simulated"])
    const charge = (usage: Usage, millis: number) => Outlook.remaining({ usage, millis }, setup, 100)
    const { ending, told, totals, usage } = await live(make({}), 20, charge)
    const percents = told("Battery").map(({ percent }) => percent)
    percents.slice(1).forEach((percent, index) => expect(percent).toBeLessThanOrEqual(percents[index] as number))
    const stretch = { usage, millis: ending.elapsedMillis, delivered: totals.firstTry }
    const used = 100 * 20 / Outlook.of(stretch, setup).lifeDays.value
    expect(Math.abs(100 - (percents.at(-1) as number) - used)).toBeLessThan(1)
    expect(used).toBeGreaterThan(10)
  })
})

describe("a machine that is no board", () => {
  it("measures by a command, and says what is wrong with one that fails", () =>
    run(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const command = (code: string) => `${JSON.stringify(process.execPath)} -e ${JSON.stringify(code)}`
      const device = (battery: object) => make({ pin: undefined, ...battery }, {}, { enabled: false })
      const events = yield* liveHere(device({ command: command("console.log(3.8)") }), folder)
      expect(tags(events).slice(0, 3)).toEqual(["Woke", "Battery", "Measured"])
      expect(find(events, "Battery")).toMatchObject({ volts: 3.8, percent: 40 })
      const failed = yield* liveHere(device({ command: command("console.log('?')") }), folder + "2")
      expect(find(failed, "NotMeasured")).toMatchObject({ sensor: "battery" })
      expect(tags(failed)).toContain("Measured")
    })))
})
