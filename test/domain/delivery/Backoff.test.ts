import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Backoff from "../../../src/domain/delivery/Backoff.ts"
import type { ReconnectPolicy } from "../../../src/domain/config/DeviceConfig.ts"

const defaults: ReconnectPolicy = {
  enabled: true,
  maxAttempts: 3,
  backoffFactor: 2,
  minInterval: 3_600,
  maxInterval: 21_600,
  jitter: 0
}

const hour = 3_600_000
const day = 24 * hour

const policy: fc.Arbitrary<ReconnectPolicy> = fc.record({
  enabled: fc.constant(true),
  maxAttempts: fc.integer({ min: 1, max: 10 }),
  backoffFactor: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 1, max: 1_000, noNaN: true })),
  minInterval: fc.integer({ min: 1, max: 10_000 }),
  maxInterval: fc.integer({ min: 10_000, max: 100_000 }),
  jitter: fc.constant(0)
})

const jittery = fc.tuple(policy, fc.double({ min: 0.01, max: 1, noNaN: true })).map(([each, jitter]) => ({
  ...each,
  jitter
}))

const state: fc.Arbitrary<Backoff.State> = fc.record({
  attemptCount: fc.integer({ min: 0, max: 20 }),
  lastAttemptTime: fc.integer({ min: 0, max: 1e9 }),
  draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
})

/** Steps one Schedule at these times: the State and the delay of each step. */
const steps = (given: ReconnectPolicy, from: Backoff.State, times: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const step = yield* Schedule.toStep(Backoff.schedule(given, from))
    const taken: Array<readonly [Backoff.State, number]> = []
    for (const now of times) {
      const [next, delay] = yield* Effect.orDie(
        step(now, undefined) as Effect.Effect<[Backoff.State, Duration.Duration], unknown>
      )
      taken.push([next, Duration.toMillis(delay)])
    }
    return taken
  })

/** Chance that gives these numbers in turn and counts how many were asked for. */
const chance = (...numbers: ReadonlyArray<number>) => {
  const given = { count: 0 }
  const service = {
    nextIntUnsafe: () => {
      throw new Error("nobody asks for whole numbers")
    },
    nextDoubleUnsafe: () => numbers[given.count++ % numbers.length] as number
  }
  return {
    given,
    provide: <A, E>(effect: Effect.Effect<A, E>) => Effect.provideService(effect, Random.Random, service)
  }
}

describe("the wait after a try", () => {
  it("is, with the defaults, none for three tries, then 1, 2, 4, 6, 6 hours", () => {
    const waits = Array.from({ length: 9 }, (_, attemptCount) => Backoff.waitMillis(defaults, attemptCount) / 1_000)
    expect(waits).toEqual([0, 0, 0, 3_600, 7_200, 14_400, 21_600, 21_600, 21_600])
  })

  it("is min(maxInterval, minInterval * factor ^ (count - maxAttempts)) for any policy", () => {
    fc.assert(fc.property(policy, fc.integer({ min: 0, max: 40 }), (given, attemptCount) => {
      // By multiplication, not by a power.
      let seconds = attemptCount < given.maxAttempts ? 0 : given.minInterval
      for (let i = given.maxAttempts; i < attemptCount && seconds < given.maxInterval; i++) {
        seconds *= given.backoffFactor
      }
      seconds = Math.min(seconds, given.maxInterval)
      expect(Math.abs(Backoff.waitMillis(given, attemptCount) - seconds * 1_000)).toBeLessThanOrEqual(1)
    }))
  })

  it("stays finite for the steepest policy after a million tries", () => {
    const steep = { ...defaults, backoffFactor: 1e3 }
    expect(Backoff.waitMillis(steep, 1e6)).toBe(21_600_000)
    expect(Backoff.remainingMillis(steep, { attemptCount: 1e6, lastAttemptTime: 0, draw: 0 }, 1_000)).toBe(21_599_000)
    expect(Backoff.waitMillis({ ...defaults, backoffFactor: 1e308, minInterval: 1e-3 }, 1e6)).toBe(21_600_000)
  })

  it("is always minInterval with factor 1", () => {
    expect(Backoff.waitMillis({ ...defaults, backoffFactor: 1 }, 1e6)).toBe(hour)
  })

  it("is none with the policy off", () => {
    const off = { ...defaults, enabled: false }
    expect([0, 3, 1_000].map((count) => Backoff.waitMillis(off, count))).toEqual([0, 0, 0])
    expect(Backoff.remainingMillis(off, { attemptCount: 50, lastAttemptTime: 1_000, draw: 0 }, 1_001)).toBe(0)
  })

  it("is shortened by chance, never lengthened, by at most the share that the policy gives it", () => {
    fc.assert(
      fc.property(jittery, fc.integer({ min: 0, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true }),
        (given, count, draw) => {
          const whole = Backoff.waitMillis({ ...given, jitter: 0 }, count)
          const wait = Backoff.waitMillis(given, count, draw)
          expect(wait).toBeLessThanOrEqual(whole)
          expect(wait).toBeGreaterThanOrEqual(Math.floor(whole * (1 - given.jitter)))
        })
    )
    expect(Backoff.waitMillis({ ...defaults, jitter: 0.5 }, 3, 0.5)).toBe(2_700_000)
  })
})

describe("what remains of it", () => {
  const last = { attemptCount: 4, lastAttemptTime: 10 * hour, draw: 0 }

  it("is measured from the start of the try", () => {
    expect(Backoff.remainingMillis(defaults, last, 10 * hour)).toBe(2 * hour)
    expect(Backoff.remainingMillis(defaults, last, 11.5 * hour)).toBe(0.5 * hour)
    expect(Backoff.remainingMillis(defaults, last, 12 * hour - 1)).toBe(1)
  })

  it("is nothing once it is over, however long ago", () => {
    expect(Backoff.remainingMillis(defaults, last, 12 * hour)).toBe(0)
    expect(Backoff.remainingMillis(defaults, last, 1e15)).toBe(0)
  })

  it("is nothing when the clock was set back", () => {
    expect(Backoff.remainingMillis(defaults, last, 10 * hour - 1)).toBe(0)
    expect(Backoff.remainingMillis(defaults, last, 0)).toBe(0)
  })

  it("is never more than the longest wait, whatever the clock and the stored State say", () => {
    fc.assert(fc.property(policy, state, fc.integer({ min: -1e9, max: 1e15 }), (given, from, now) => {
      const remaining = Backoff.remainingMillis(given, from, now)
      expect(remaining).toBeGreaterThanOrEqual(0)
      expect(remaining).toBeLessThanOrEqual(given.maxInterval * 1_000)
    }))
  })
})

describe("the Schedule", () => {
  it("gives, with the defaults, three tries at once and then waits of 1, 2, 4, 6, 6 hours", async () => {
    let now = 1_000
    const step = await Effect.runPromise(Schedule.toStep(Backoff.schedule(defaults, Backoff.initial)))
    const starts: Array<number> = []
    for (let i = 0; i < 8; i++) {
      const [next, delay] = await Effect.runPromise(
        step(now, undefined) as Effect.Effect<[Backoff.State, Duration.Duration]>
      )
      now += Duration.toMillis(delay)
      expect(next).toEqual({ attemptCount: i + 1, lastAttemptTime: now, draw: 0 })
      starts.push(now)
    }
    const waits = starts.map((start, i) => (start - (starts[i - 1] ?? 1_000)) / hour)
    expect(waits).toEqual([0, 0, 0, 1, 2, 4, 6, 6])
  })

  it("delays each try by what remains of the last one's wait, for any policy and any times", () =>
    fc.assert(
      fc.asyncProperty(policy, state, fc.array(fc.integer({ min: 0, max: 1e8 }), { minLength: 1, maxLength: 8 }),
        async (given, from, pauses) => {
          let now = from.lastAttemptTime
          const times = pauses.map((pause) => now += pause)
          const taken = await Effect.runPromise(steps(given, from, times))
          let last = from
          taken.forEach(([next, delay], i) => {
            const elapsed = times[i]! - last.lastAttemptTime
            const wait = Backoff.waitMillis(given, last.attemptCount, last.draw)
            expect(delay).toBe(elapsed < 0 || elapsed > wait ? 0 : wait - elapsed)
            expect(next).toEqual({ attemptCount: last.attemptCount + 1, lastAttemptTime: times[i]! + delay, draw: 0 })
            last = next
          })
        })
    ))

  it("resumed from the State of any step goes on as if it had never stopped", () =>
    fc.assert(
      fc.asyncProperty(jittery, state, fc.array(fc.integer({ min: 0, max: 1e8 }), { minLength: 2, maxLength: 8 }),
        fc.nat(), async (given, from, pauses, where) => {
        let now = from.lastAttemptTime
        const times = pauses.map((pause) => now += pause)
        const cut = 1 + where % (times.length - 1)
        const whole = chance(0.1, 0.9, 0.4, 0.7, 0.2)
        const split = chance(0.1, 0.9, 0.4, 0.7, 0.2)
        const unbroken = await Effect.runPromise(whole.provide(steps(given, from, times)))
        const before = await Effect.runPromise(split.provide(steps(given, from, times.slice(0, cut))))
        const after = await Effect.runPromise(split.provide(steps(given, before.at(-1)![0], times.slice(cut))))
        expect(before.concat(after)).toEqual(unbroken)
      })
    ))

  it("stepped once at every wake is the same as `next`", () =>
    fc.assert(fc.asyncProperty(policy, state, fc.integer({ min: 0, max: 2e9 }), async (given, from, now) => {
      expect(await Effect.runPromise(Backoff.next(given, from, now))).toEqual(
        (await Effect.runPromise(steps(given, from, [now])))[0]
      )
    })))

  it("can be run twice: each run starts from the State it was made with", async () => {
    const schedule = Backoff.schedule(defaults, { attemptCount: 3, lastAttemptTime: 0, draw: 0 })
    const first = Effect.flatMap(Schedule.toStep(schedule),
      (step) => step(0, undefined) as Effect.Effect<[Backoff.State, Duration.Duration]>)
    expect(await Effect.runPromise(first)).toEqual(await Effect.runPromise(first))
  })

  it("makes no use of chance without jitter, and of one number a try with it", async () => {
    const none = chance(0.5)
    await Effect.runPromise(none.provide(steps(defaults, Backoff.initial, [1, 2, 3, 4])))
    expect(none.given.count).toBe(0)
    const some = chance(0.25, 0.75)
    const taken = await Effect.runPromise(
      some.provide(steps({ ...defaults, jitter: 0.5 }, Backoff.initial, [1, 2, 3, 4]))
    )
    expect(some.given.count).toBe(4)
    expect(taken.map(([next]) => next.draw)).toEqual([0.25, 0.75, 0.25, 0.75])
    // Try 3 was at 3 ms and drew 0.25, an eighth off the hour; 1 ms of it has passed.
    expect(taken[3]![1]).toBe(hour * 0.875 - 1)
  })

  it("gives the same under the same seed, and something else under another", async () => {
    const run = (seed: string) =>
      Effect.runPromise(Random.withSeed(steps({ ...defaults, jitter: 1 }, Backoff.initial, [0, 0, 0, 0, 0, 0]), seed))
    expect(await run("one")).toEqual(await run("one"))
    expect(await run("one")).not.toEqual(await run("two"))
  })
})

describe("Effect.retry with the Schedule", () => {
  /** The times, in seconds, at which tries begin; each takes so long and fails. `retry` itself makes the first one. */
  const starts = (given: ReconnectPolicy, tryMillis: number, days: number) =>
    Effect.gen(function*() {
      const begun: Array<number> = []
      const attempt = Effect.gen(function*() {
        begun.push((yield* Clock.currentTimeMillis) / 1_000)
        yield* Effect.sleep(tryMillis)
        return yield* Effect.fail("no Server")
      })
      const first = { attemptCount: 1, lastAttemptTime: yield* Clock.currentTimeMillis, draw: 0 }
      const fiber = yield* Effect.forkChild(Effect.retry(attempt, Backoff.schedule(given, first)))
      yield* TestClock.adjust(days * day)
      yield* Fiber.interrupt(fiber)
      return begun
    }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

  it("tries at exactly these times when a try fails at once", async () => {
    const expected = [0, 0, 0, 3_600, 10_800, 25_200, 46_800, 68_400, 90_000, 111_600]
    expect((await starts(defaults, 0, 2)).slice(0, 10)).toEqual(expected)
  })

  it("counts the waits from the starts of tries that take 5 s, not from their ends", async () => {
    const expected = [0, 5, 10, 3_610, 10_810, 25_210, 46_810, 68_410, 90_010]
    expect((await starts(defaults, 5_000, 2)).slice(0, 9)).toEqual(expected)
  })

  it("tries at least four times in any 24 hours, however long the Server stays away", async () => {
    const begun = await starts(defaults, 20_000, 30)
    // 8 on the first day, then one every six hours.
    expect(begun.filter((at) => at < 86_400)).toHaveLength(8)
    const last = 29 * 86_400
    for (let from = 0; from < last; from += 1_800) {
      expect(begun.filter((at) => at >= from && at < from + 86_400).length).toBeGreaterThanOrEqual(4)
    }
  })

  it("does not wait when a try took longer than its wait", async () => {
    const quick = { ...defaults, minInterval: 10, maxInterval: 10 }
    expect((await starts(quick, 15_000, 1)).slice(0, 6)).toEqual([0, 15, 30, 45, 60, 75])
  })
})

describe("a healthy connection", () => {
  it("lets tries start over, and remembers when the last one was", () => {
    const state = Backoff.succeeded({ attemptCount: 7, lastAttemptTime: 12_345, draw: 0.5 })
    expect(state).toEqual({ attemptCount: 0, lastAttemptTime: 12_345, draw: 0 })
    expect(Backoff.remainingMillis(defaults, state, 12_346)).toBe(0)
  })
})
