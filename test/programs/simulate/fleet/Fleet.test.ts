import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect } from "vitest"
import * as DeviceConfig from "../../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../../src/programs/dormouse/demo.ts"
import * as Story from "../../../../src/programs/simulate/life/Story.ts"
import { asFleet, asProgram, type Given, underTestClock, type Wake } from "./lives.ts"
import { runs } from "../../../support/runs.ts"

type Turns = Given["turns"]

const hours = (at: number): number => at / 24

const turn = (at: number, apply: Turns[number]["apply"]) => ({ at, title: "", apply })

const away = (condition: "refusing" | "unreachable" | "silent", from: number, to: number): Turns => [
  turn(from, (stage) => stage.setServer(condition)),
  turn(to, (stage) => stage.setServer("up"))
]

const noWifi = (from: number, to: number): Turns => [
  turn(from, (stage) => stage.setWifi(false)),
  turn(to, (stage) => stage.setWifi(true))
]

const configOf = (file: { readonly mqtt?: object; readonly [key: string]: unknown } = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(
    DeviceConfig.check({ ...demo, update_interval: 1_200, ...file, mqtt: { ...demo.mqtt, ...file.mqtt } })
  ).config

const given = (file: Parameters<typeof configOf>[0], turns: Turns, days = 2): Given => ({
  config: configOf(file),
  devices: 2,
  days,
  seed: "7",
  turns
})

const told = (config: DeviceConfig.DeviceConfig, name: Story.Name, days: number): Turns =>
  Effect.runSync(Random.withSeed(Story.stories[name].turns(config, days), "7")).filter((turn) => turn.at < days)

/** Prints the first wake in which two lives differ, and not thousands of lines. */
const expectSame = (lives: ReadonlyArray<ReadonlyArray<Wake>>, others: ReadonlyArray<ReadonlyArray<Wake>>) => {
  for (const [device, life] of lives.entries()) {
    for (const [index, wake] of life.entries()) {
      expect({ device, index, wake }).toEqual({ device, index, wake: others[device]?.[index] })
    }
  }
  expect(lives.map((life) => life.length)).toEqual(others.map((life) => life.length))
}

const outage = away("refusing", hours(6), hours(18))

const rows: Readonly<Record<string, Given>> = {
  "an outage": given({}, outage),
  "an outage with full jitter": given({ mqtt: { reconnect: { jitter: 1 } } }, outage),
  "an outage with some jitter and another policy": given({
    mqtt: { reconnect: { jitter: 0.3, max_attempts: 1, min_interval: 500, max_interval: 7_000, backoff_factor: 1.7 } }
  }, outage),
  "an outage with the tries of a wake spread": given({ mqtt: { reconnect: { try_interval: 20 } } }, outage),
  "gaps as long as the tries of a wake are spread": given({
    update_interval: 300,
    mqtt: { timeout: 5, reconnect: { try_interval: 20, jitter: 0.5 } }
  }, told(configOf(), "flaky", 4), 4),
  "an outage without a policy": given({ mqtt: { reconnect: { enabled: false } } }, outage),
  "an outage with wakes spread": given({ spread_wakes: true }, outage),
  "an outage with wakes spread and full jitter": given({ spread_wakes: true, mqtt: { reconnect: { jitter: 1 } } },
    outage),
  "no way to the Server": given({}, away("unreachable", hours(6.01), hours(13.01))),
  "a Server that hangs": given({}, away("silent", hours(6), hours(13))),
  "no Wi-Fi": given({}, noWifi(hours(6), hours(13))),
  "no Server for the first half day": given({}, away("refusing", 0, 0.5)),
  "a reconnect state to begin with": given({ mqtt: { reconnect: { attempt_count: 4, last_attempt_time: 0 } } }, []),
  "a full Outbox that keeps the newest of each topic": given({
    mqtt: { publish_values: true, outbox: { when_full: "keep_newest_per_topic", capacity: 7 } }
  }, outage),
  "a full Outbox that is thinned out": given({
    mqtt: { publish_values: true, outbox: { when_full: "thin_older", capacity: 40 } }
  }, outage),
  "a full Outbox that is thinned out in memory": given({
    mqtt: { publish_values: false, outbox: { when_full: "thin_older", capacity: 6 } }
  }, outage),
  "readings that are sent every two hours": given({ mqtt: { send_interval: 7_200 } }, outage),
  "readings that are sent seldom, with gaps, when four are pending": given({
    spread_wakes: true,
    mqtt: { send_interval: 86_400, send_when_pending: 4, reconnect: { jitter: 0.5 } }
  }, told(configOf(), "flaky", 4), 4),
  "readings that are sent when the Outbox is full": given({
    sensors: { ...demo.sensors, simulated: { interval: 3_000 } },
    mqtt: { send_interval: 86_400, publish_values: true, outbox: { capacity: 10 } }
  }, told(configOf(), "update", 2)),
  "more pending than fits in the window": given({ mqtt: { publish_values: true, outbox: { capacity: 100 } } }, outage),
  "just the window pending": given({ mqtt: { outbox: { capacity: 32 }, publish_values: false } },
    away("refusing", hours(6), hours(18.05))),
  "two sensors, one with an interval of its own": given({
    sensors: { simulated: {}, bme280: { id: "b", pin: 1, interval: 3_000 } }
  }, outage),
  "no sensor": given({ sensors: {} }, outage),
  "no configuration over MQTT": given({ mqtt: { load_config_from_mqtt: false } }, outage),
  "the configuration in one topic": given({ mqtt: { topic_config_version: "", topic_config_data: "" } }, outage),
  "wakes that are cut short": given({ awake_timeout: 2.9, mqtt: { config_wait_time: 0.7 } }, outage),
  "an interval shorter than a wake": given({ update_interval: 2 }, away("refusing", 0.003, 0.005), 0.01),
  "cuts in the midst of a delivery": given({},
    [0.25, 0.5, 0.75, 1].map((at) =>
      turn(at + 1_900 / 86_400_000, (stage) => {
        stage.setServer("refusing")
        stage.setServer("up")
      })
    )),
  "the story of a month in ten days": given({ update_interval: 3_600 },
    told(configOf({ update_interval: 3_600 }), "month", 10), 10),
  "the story of updates in ten days": given({ update_interval: 3_600 },
    told(configOf({ update_interval: 3_600 }), "update", 10), 10),
  "the flaky story": given({ mqtt: { reconnect: { jitter: 0.5 } } }, told(configOf(), "flaky", 4), 4)
}

describe("a fleet", () => {
  it.live.each(Object.entries(rows))("lives, wake for wake, as the device program does: %s",
    ([, one]) =>
      Effect.gen(function*() {
        const { lives, sums } = yield* asFleet(one)
        expectSame(lives, yield* asProgram(one))
        expect(sums.wakes).toBe(lives.flat().length)
        // Or there would be nothing to compare.
        expect(sums.wakes - sums.realWakes).toBeGreaterThan(sums.wakes / 3)
      }))
})

const spell = fc.record({
  condition: fc.constantFrom("refusing" as const, "unreachable" as const, "silent" as const, "wifi" as const),
  after: fc.double({ min: 0.02, max: 0.6, noNaN: true }),
  lasts: fc.double({ min: 0.0001, max: 0.5, noNaN: true })
})

const file = fc.record({
  update_interval: fc.integer({ min: 600, max: 7_200 }),
  spread_wakes: fc.boolean(),
  publish_values: fc.boolean(),
  capacity: fc.integer({ min: 1, max: 50 }),
  send_interval: fc.constantFrom(0, 0, 3_600, 20_000, 86_400),
  send_when_pending: fc.constantFrom(0, 0, 5),
  config_wait_time: fc.constantFrom(0.2, 1, 3),
  reconnect: fc.record({
    enabled: fc.constantFrom(true, true, true, false),
    max_attempts: fc.integer({ min: 1, max: 4 }),
    min_interval: fc.integer({ min: 30, max: 5_000 }),
    max_interval: fc.integer({ min: 5_000, max: 30_000 }),
    backoff_factor: fc.constantFrom(1, 1.5, 2, 3),
    jitter: fc.constantFrom(0, 0, 0.4, 1)
  })
})

const spells = (
  all: ReadonlyArray<
    {
      readonly condition: "refusing" | "unreachable" | "silent" | "wifi"
      readonly after: number
      readonly lasts: number
    }
  >
): Turns => {
  let now = 0
  return all.flatMap(({ after, condition, lasts }) => {
    const from = now + after
    now = from + lasts
    return condition === "wifi" ? noWifi(from, now) : away(condition, from, now)
  })
}

describe("a small fleet", () => {
  it.live("lives, wake for wake, the lives that TestClock gives", () =>
    Effect.gen(function*() {
      const one = given({ update_interval: 3_600, mqtt: { reconnect: { jitter: 1 } } }, outage)
      const lives = yield* underTestClock(one)
      expectSame((yield* asFleet(one)).lives, lives)
      expectSame(yield* asProgram(one), lives)
      expect(lives.flat().length).toBeGreaterThan(90)
    }))

  it.live("lives the same when the program lives every wake of it", () =>
    Effect.gen(function*() {
      const one = given({}, outage)
      const [mixed, real] = [yield* asFleet(one), yield* asFleet(one, false)]
      expectSame(mixed.lives, real.lives)
      expect(real.sums.realWakes).toBe(real.sums.wakes)
      expect({ ...mixed.sums, realWakes: 0 }).toEqual({ ...real.sums, realWakes: 0 })
    }))

  it.live("lives the same for the same seed, and another for another", () =>
    Effect.gen(function*() {
      const one = given({ mqtt: { reconnect: { jitter: 1 } } }, outage)
      const [first, again, other] = [yield* asFleet(one), yield* asFleet(one), yield* asFleet({ ...one, seed: "8" })]
      expect(again).toEqual(first)
      expect(other.lives).not.toEqual(first.lives)
      expect(new Set(first.lives.map((life) => JSON.stringify(life))).size).toBe(one.devices)
    }))
})

describe("a fleet under any configuration and any troubles", () => {
  it.live("lives, wake for wake, as the device program does", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(file, fc.array(spell, { minLength: 1, maxLength: 4 }), fc.string({ maxLength: 5 }), async (
          { capacity, reconnect, spread_wakes, update_interval, ...mqtt },
          all,
          seed
        ) => {
          const config = configOf({
            update_interval,
            spread_wakes,
            mqtt: { ...mqtt, reconnect, outbox: { capacity } }
          })
          const one: Given = { config, devices: 1, days: 1.5, seed, turns: spells(all) }
          const { lives } = await Effect.runPromise(asFleet(one))
          expectSame(lives, await Effect.runPromise(asProgram(one)))
        }),
        { numRuns: runs(3, 6) }
      )
    ))
})
