/** The reconnect policy as a device lives it: exact waits across deep sleep, through simulated months. */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as World from "../../src/adapters/simulation/world/World.ts"
import type { ReconnectPolicy } from "../../src/domain/config/DeviceConfig.ts"
import { deviceConfig } from "../programs/device/support.ts"
import { day, hour, type Life, live, pass, told } from "./life.ts"
import { runs } from "../support/runs.ts"

interface Try {
  readonly attempt: number
  /** When it began, by the snapshot in flash: it is remembered before the radio sends anything. */
  readonly startedAt: number
}

/** Notes each try as it begins. The snapshot in flash must already contain it. */
const watchTries = (life: Life): ReadonlyArray<Try> => {
  const tries: Array<Try> = []
  const push = life.told.push.bind(life.told)
  life.told.push = (...all) => {
    for (const { event } of all) {
      if (event._tag !== "Trying") continue
      const { attemptCount, lastAttemptTime } = life.state().reconnect
      expect(attemptCount).toBe(event.attempt)
      tries.push({ attempt: event.attempt, startedAt: lastAttemptTime })
    }
    return push(...all)
  }
  return tries
}

/** The contract's second rule, written down once more and not taken from the program. */
const contractWait = (policy: ReconnectPolicy, attemptCount: number): number =>
  attemptCount < policy.maxAttempts
    ? 0
    : 1000 *
      Math.min(policy.maxInterval, policy.minInterval * policy.backoffFactor ** (attemptCount - policy.maxAttempts))

const checkWaits = (policy: ReconnectPolicy, tries: ReadonlyArray<Try>) => {
  tries.forEach((current, index) => {
    const previous = tries[index - 1]
    if (previous === undefined || current.attempt === 1) return
    const waited = current.startedAt - previous.startedAt
    const wait = contractWait(policy, previous.attempt)
    // Consecutive tries follow at once: what lies between them is the first one's failure, 50 ms or a Wi-Fi joined.
    if (wait === 0) expect(waited).toBeLessThan(2_000)
    else if (policy.jitter === 0) expect(waited).toBe(Math.round(wait))
    else {
      expect(waited).toBeLessThanOrEqual(Math.ceil(wait))
      expect(waited).toBeGreaterThanOrEqual(Math.floor(wait * (1 - policy.jitter)))
    }
  })
}

/** A failure counts on, a success lets the tries start over, and nothing else does. */
const checkNumbers = (life: Life) => {
  let expected = 1
  for (const { event } of life.told) {
    if (event._tag === "Trying") expect(event.attempt).toBe(expected)
    if (event._tag === "TryFailed") expected = event.attempt + 1
    if (event._tag === "Delivered") expected = 1
  }
}

const policies = fc.record({
  enabled: fc.constant(true),
  max_attempts: fc.integer({ min: 1, max: 5 }),
  backoff_factor: fc.integer({ min: 10, max: 40 }).map((tenths) => tenths / 10),
  min_interval: fc.integer({ min: 60, max: 7_200 }),
  max_interval: fc.integer({ min: 7_200, max: 43_200 }),
  jitter: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100))
})

/**
 * When the try that failed with the event at `index` began: a simulated sensor is read before it, so it is not the time
 * of `Trying`.
 */
const tryBegan = (life: Life, index: number): number =>
  life.told.slice(0, index).findLast(({ event }) => event._tag === "Trying")?.at ?? 0

describe("the reconnect policy, simulated", () => {
  it("with the defaults and the Server away for 30 days tries 8 times on the first day and 4 times on every other", () => {
    const config = deviceConfig({ update_interval: 600 })
    return live(config, (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        const tries = watchTries(life)
        yield* pass(30 * day)
        const perDay = Array.from({ length: 30 },
          (_, index) =>
            tries.filter(({ startedAt }) => startedAt >= index * day && startedAt < (index + 1) * day).length)
        expect(perDay).toEqual([8, ...Array.from({ length: 29 }, () => 4)])
        checkWaits(config.mqtt.reconnect, tries)
        expect(tries.slice(3, 7).map(({ startedAt }) => Math.round(startedAt / hour))).toEqual([1, 3, 7, 13])
      }))
  })

  it("keeps the exact waits under any policy, any interval between wakes, and any outages in 30 days", {
    timeout: 300_000
  }, () =>
    fc.assert(
      fc.asyncProperty(
        policies,
        fc.integer({ min: 1_200, max: 7_200 }),
        fc.array(fc.integer({ min: 1, max: 96 }), { minLength: 2, maxLength: 8 }),
        fc.integer(),
        (reconnect, update_interval, spells, seed) => {
          const config = deviceConfig({ update_interval, mqtt: { reconnect } })
          return live(config, (life) =>
            Effect.gen(function*() {
              const tries = watchTries(life)
              for (const [index, hours] of spells.entries()) {
                World.setServer(life.world, index % 2 === 0 ? "refusing" : "up")
                yield* pass(hours * hour)
              }
              World.setServer(life.world, "refusing")
              yield* pass(30 * day - life.world.now() % (30 * day))
              checkWaits(config.mqtt.reconnect, tries)
              checkNumbers(life)
            }), { seed })
        }
      ),
      // Each run is a month: a failure is printed with its seed and not shrunk.
      {
        numRuns: runs(2, 6),
        endOnFailure: true,
        // A wait that once ended while a waiting wake was measuring.
        examples: [[{
          enabled: true,
          max_attempts: 2,
          backoff_factor: 3.6,
          min_interval: 69,
          max_interval: 7_208,
          jitter: 0.72
        }, 1_211, [66, 93, 77, 73, 49, 53, 75, 43], 26]]
      }
    ))

  it("turns the radio on in no wake that may not try", () =>
    live(deviceConfig({ update_interval: 600 }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(hour - 1)
        const before = life.world.radioMillis
        expect(told(life, "Waiting").length).toBeGreaterThan(3)
        // The first wake's three tries, and nothing since: Wi-Fi joined once, three refusals.
        expect(before).toBe(life.world.joinMillis + 3 * 2 * life.world.latencyMillis)
        expect(told(life, "Measured").length).toBe(6)
      })))

  it("says after the last failed try of each row when the next one comes, and it comes then", () =>
    live(deviceConfig({ update_interval: 600 }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(8 * hour)
        const rows = life.told.flatMap(({ event }, index) =>
          event._tag === "TryFailed" && life.told[index + 1]?.event._tag !== "Trying" ? [index] : []
        )
        expect(rows.length).toBe(4)
        const announced = rows.map((index) => life.told[index + 1])
        expect(announced.map((next) => next?.event)).toEqual(
          [1, 2, 4, 6].map((hours, index) => ({
            _tag: "Waiting",
            millis: hours * hour - (announced[index]?.at ?? 0) + (tryBegan(life, rows[index] ?? 0)),
            attemptCount: 3 + index
          }))
        )
      })))

  it("starts over after a success, however many tries it took", () =>
    live(deviceConfig({ update_interval: 600 }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(10 * hour)
        expect(life.state().reconnect.attemptCount).toBe(6)
        World.setServer(life.world, "up")
        yield* pass(6 * hour)
        expect(life.state().reconnect.attemptCount).toBe(0)
        expect(life.state().outbox.entries).toEqual([])
        World.setServer(life.world, "refusing")
        yield* pass(hour / 2)
        expect(life.state().reconnect.attemptCount).toBe(3)
      })))

  it("is not blocked for longer than max_interval by a clock that jumps, either way and to 1970", { timeout: 300_000 },
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({
            afterHours: fc.integer({ min: 1, max: 60 }),
            jumpHours: fc.oneof(fc.integer({ min: -10_000, max: 10_000 }), fc.constant(-Infinity))
          }), { minLength: 1, maxLength: 6 }),
          (jumps) =>
            live(deviceConfig({ update_interval: 1_800 }), (life) =>
              Effect.gen(function*() {
                life.world.clockOffsetMillis = 50 * 365 * day
                World.setServer(life.world, "refusing")
                yield* pass(2 * hour)
                for (const { afterHours, jumpHours } of jumps) {
                  yield* pass(afterHours * hour)
                  life.world.clockOffsetMillis = jumpHours === -Infinity ? -life.world.now()
                    : life.world.clockOffsetMillis + jumpHours * hour
                  const jumpedAt = life.world.now()
                  yield* pass(6 * hour + 1_800_000)
                  const next = told(life, "Trying").find(({ at }) => at >= jumpedAt)
                  expect(next?.at).toBeLessThanOrEqual(jumpedAt + 6 * hour + 1_800_000)
                }
              }))
        ),
        { numRuns: runs(5, 15), endOnFailure: true }
      ))
})
