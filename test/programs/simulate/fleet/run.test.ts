import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { describe, expect } from "vitest"
import * as DeviceConfig from "../../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../../src/programs/dormouse/demo.ts"
import * as Conditions from "../../../../src/programs/simulate/fleet/Conditions.ts"
import * as Fleet from "../../../../src/programs/simulate/fleet/Fleet.ts"
import * as FleetStory from "../../../../src/programs/simulate/fleet/FleetStory.ts"
import type { Sums } from "../../../../src/programs/simulate/fleet/Ledger.ts"
import * as Policies from "../../../../src/programs/simulate/fleet/Policies.ts"
import * as FleetRun from "../../../../src/programs/simulate/fleet/run.ts"
import * as Table from "../../../../src/programs/simulate/fleet/Table.ts"
import * as Format from "../../../../src/programs/dormouse/terminal/Format.ts"
import * as Options from "../../../../src/programs/simulate/Options.ts"
import type * as Story from "../../../../src/programs/simulate/life/Story.ts"
import { world } from "./lives.ts"

const configOf = (file: object = {}) =>
  Result.getOrThrow(DeviceConfig.check({ ...demo, update_interval: 900, ...file })).config

const printed = (
  devices: number,
  days: number,
  options: { readonly config?: DeviceConfig.DeviceConfig; readonly seed?: string; readonly story?: Story.Name } = {}
) =>
  Effect.gen(function*() {
    const { config = configOf(), seed = "1", story = "outage" } = options
    const lines: Array<string> = []
    const ran: Array<readonly [policy: string, wakes: number]> = []
    yield* FleetRun.run(world, {
      config,
      devices,
      days,
      seed,
      story,
      paint: Format.plain,
      print: (line) => lines.push(line),
      onProgress: () => {},
      onPolicy: (policy, wakes) => ran.push([policy, wakes])
    })
    return { lines, ran }
  })

describe("a fleet whose file names a time server", () => {
  it.live("says that nobody is asked, and is otherwise the same", () =>
    Effect.gen(function*() {
      const plain = yield* printed(20, 1)
      const timed = yield* printed(20, 1, { config: configOf({ time: { server: "pool" } }) })
      const note = "time.server is left out: a fleet's devices ask nobody for the time"
      expect(plain.lines).not.toContain(note)
      expect(timed.lines.filter((line) => line !== note)).toEqual(plain.lines)
      expect(timed.lines).toContain(note)
      expect(timed.ran).toEqual(plain.ran)
    }))
})

describe("a storm after an outage of 12 hours", () => {
  it.live("of 1,000 devices is hundreds a second in phase, and a few when waits or wakes are spread", () =>
    Effect.gen(function*() {
      const config = configOf({ update_interval: 1_800 })
      const turns = yield* FleetStory.turns("outage", config, 2)
      const [none, jitter, spread] = (yield* Effect.forEach(Policies.of(config), (policy) =>
        Fleet.live(world, { config: policy.config, devices: 1_000, days: 2, seed: "1", turns }))) as [Sums, Sums, Sums]
      const peak = (sums: Sums) =>
        sums.recoveries[0]?.peak
      expect(peak(none)).toBeGreaterThan(250)
      expect(peak(jitter)).toBeLessThan(30)
      expect(peak(spread)).toBeLessThan(10)
      // Jitter only helps once something has gone wrong, and is paid for with tries.
      expect(jitter.usualPeak).toBeGreaterThan(500)
      expect(spread.usualPeak).toBeLessThan(20)
      expect(jitter.failedTries).toBeGreaterThan(none.failedTries * 1.2)
      // Its moment costs a device one short sleep, and tries that fall between two moments are wakes besides.
      expect(spread.failedTries).toBe(none.failedTries)
      expect(spread.wakes).toBeLessThan(none.wakes * 1.05)
      for (const sums of [none, jitter, spread]) {
        expect(sums.recoveries).toMatchObject([{ at: 1.0 * 86_400_000, back: 1_000 }])
        expect(sums.readings).toBeGreaterThanOrEqual(sums.delivered + sums.dropped)
      }
    }))
})

describe("a fleet by policy", () => {
  it.live("prints the same table for the same seed, and another for another", () =>
    Effect.gen(function*() {
      const [first, again, other] = [yield* printed(20, 2), yield* printed(20, 2), yield* printed(20, 2, { seed: "2" })]
      expect(again).toEqual(first)
      expect(other.lines.slice(4)).not.toEqual(first.lines.slice(4))
      expect(first.ran.map(([policy]) => policy)).toEqual(["no jitter", "full jitter", "spread wakes"])
      expect(first.lines.slice(0, 3)).toEqual([
        "2 days of Living room (dht22 \"livingroom\"): wakes every 15 min, mqtt://broker.example:1883",
        "20 devices like it, powered up at once; joining the Wi-Fi takes each of them 800 ms to 2 s",
        "story outage, seed 1: the Server goes away for 12 hours after the first day"
      ])
      expect(first.lines[4]).toMatch(/^ +no jitter +full jitter +spread wakes$/)
      expect(first.lines.find((line) => line.startsWith("until all are back"))).toMatch(
        / +[\d hminsdays]+ {2,}[\d hminsdays]+ {2,}[\d hminsdays]+$/
      )
      expect(new Set(first.lines.slice(4).map((line) => line.length)).size).toBe(1)
      expect(Math.max(...first.lines.map((line) => line.length))).toBeLessThanOrEqual(110)
    }))

  it.live("has no recovery to tell of when nothing goes wrong, and says who is missing when it does not end", () =>
    Effect.gen(function*() {
      const { lines } = yield* printed(5, 0.2, { story: "healthy" })
      expect(lines.find((line) => line.startsWith("until all are back"))).toMatch(/back +- +- +-$/)
      // Back for the last minutes only.
      const turns = [
        { at: 0.1, title: "", apply: (stage: Story.Stage) => stage.setServer("refusing") },
        { at: 0.199, title: "", apply: (stage: Story.Stage) => stage.setServer("up") }
      ]
      const sums = yield* Fleet.live(world, { config: configOf(), devices: 5, days: 0.2, seed: "1", turns })
      const text = Table.lines([{ name: "x", sums }], { devices: 5, days: 0.2 }, Format.plain, Table.rows("reading"))
        .join("\n")
      expect(text).toMatch(/until all are back +5 missing/)
    }))

  it.effect("is not shown message by message, nor against a real Server", () =>
    Effect.sync(() => {
      const none = Option.none()
      const given = {
        days: none,
        story: none,
        outage: none,
        seed: none,
        config: none,
        fleet: Option.some(5),
        messages: false,
        verbose: false,
        server: none,
        wakes: none,
        state: none,
        report: none,
        compare: none,
        board: none,
        battery: none,
        charge: none,
        energy: none
      }
      expect(Options.misplaced(given)).toBe(undefined)
      expect(Options.misplaced({ ...given, verbose: true })).toBe(
        "--verbose cannot be used with --fleet: it shows one device"
      )
      expect(Options.misplaced({ ...given, messages: true })).toBe(
        "--messages cannot be used with --fleet: it shows one device"
      )
      expect(Options.misplaced({ ...given, fleet: none, messages: true, verbose: true })).toBe(undefined)
      expect(Options.misplaced({ ...given, server: Option.some("mqtt://h") })).toBe(
        "--fleet cannot be used with --server: it is for simulated days"
      )
      expect(Options.misplaced({ ...given, state: Option.some("d") })).toBe(
        "--state needs --server: it is for a run against a real Server"
      )
    }))

  it.live("takes the jitter of the file, and refuses what is no fleet", () =>
    Effect.gen(function*() {
      expect(
        Policies.of(configOf({ mqtt: { ...demo.mqtt, reconnect: { jitter: 0.25 } } })).map((
          { config, name }
        ) => [name, config.mqtt.reconnect.jitter, config.spreadWakes])
      )
        .toEqual([["no jitter", 0, false], ["jitter 25 %", 0.25, false], ["spread wakes", 0, true]])
      const refused = (file: object) =>
        Effect.map(Effect.flip(printed(1, 1, { config: configOf(file) })), ({ message }) => message)
      expect(yield* refused({ deep_sleep: false })).toBe(
        "--fleet is for devices that sleep, but deep_sleep is false: set it to true"
      )
      expect(yield* refused({ mqtt: { ...demo.mqtt, enabled: false } })).toBe(
        "--fleet looks at connections, but mqtt.enabled is false: set it to true"
      )
    }))
})

describe("the conditions of a story", () => {
  it.effect("change where it turns, and turns of one time are one change", () =>
    Effect.sync(() => {
      const hour = 3_600_000
      const spans = Conditions.of([
        { at: 1 / 24, title: "", apply: (stage) => stage.setServer("refusing") },
        { at: 1 / 24, title: "", apply: (stage) => stage.simulateMessage("t", "1", { retain: true }) },
        { at: 2 / 24, title: "", apply: (stage) => stage.setWifi(false) },
        { at: 3 / 24, title: "", apply: (stage) => stage.setServer("up") },
        { at: 4 / 24, title: "", apply: (stage) => stage.setWifi(true) }
      ])
      expect(spans.map(({ from, hasWifi, retained, server, until }) => [from, until, server, hasWifi, retained.size]))
        .toEqual([
          [0, hour, "up", true, 0],
          [hour, 2 * hour, "refusing", true, 1],
          [2 * hour, 3 * hour, "refusing", false, 1],
          [3 * hour, 4 * hour, "up", false, 1],
          [4 * hour, Infinity, "up", true, 1]
        ])
      expect(Conditions.recoveries(spans)).toEqual([4 * hour])
    }))
})
