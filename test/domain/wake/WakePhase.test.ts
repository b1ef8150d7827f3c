import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { shortestSleepMillis } from "../../../src/domain/wake/shortestSleep.ts"
import * as WakePhase from "../../../src/domain/wake/WakePhase.ts"

const clientId = fc.string({ minLength: 1, maxLength: 40 })
/** Milliseconds; a configuration's interval is 1 s to a year. */
const interval = fc.integer({ min: 1_000, max: 31_536_000_000 })
const now = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 4_102_444_800_000 }))

/** The nearest a wake may be before its moment and count as the wake of that moment. */
const early = (intervalMillis: number) => Math.max(1_000, intervalMillis / 60)

describe("the phase of a device", () => {
  it("lies in the interval, and is the same at every time and on every machine", () => {
    fc.assert(fc.property(clientId, interval, (id, millis) => {
      const phase = WakePhase.phaseMillis(id, millis)
      expect(phase).toBeGreaterThanOrEqual(0)
      expect(phase).toBeLessThan(millis)
    }))
    expect(WakePhase.phaseMillis("livingroom", 300_000)).toBe(
      Math.floor(300_000 * WakePhase.phaseMillis("livingroom", 2 ** 32) / 2 ** 32)
    )
  })

  it.each([
    ["numbered", (n: number) => "sensor-" + n],
    ["numbered with zeros", (n: number) => "d-" + String(n).padStart(5, "0")],
    ["named by their addresses", (n: number) => "ESP_" + (0xa4cf12000000 + n).toString(16).toUpperCase()]
  ])("spreads 1,000 devices that are %s no worse than chance would", (_, name) => {
    const seconds = Array.from({ length: 300 }, () => 0)
    for (let n = 0; n < 1_000; n++) seconds[Math.floor(WakePhase.phaseMillis(name(n), 300_000) / 1_000)]! += 1
    // 3.3 in the mean; of 300 such Poisson seconds the fullest has 10 or more in half of all cases.
    expect(Math.max(...seconds)).toBeLessThanOrEqual(10)
  })
})

describe("the sleep until a device's moment", () => {
  it("is never longer than the interval nor shorter than the shortest sleep, at any time and after any jump", () => {
    fc.assert(fc.property(clientId, interval, now, (id, millis, at) => {
      const sleep = WakePhase.sleepMillis(id, millis, at)
      expect(sleep).toBeLessThanOrEqual(millis)
      expect(sleep).toBeGreaterThanOrEqual(shortestSleepMillis)
    }))
  })

  it("ends on the moment, unless that has nearly come", () => {
    fc.assert(fc.property(clientId, interval, now, (id, millis, at) => {
      const end = at + WakePhase.sleepMillis(id, millis, at)
      const after = (end - WakePhase.phaseMillis(id, millis) + millis) % millis
      if (after !== 0) expect(millis - after).toBeLessThanOrEqual(early(millis))
    }))
  })

  it("leads from any beginning to one wake in each interval, on the moment, whatever wakes last", () => {
    fc.assert(
      fc.property(clientId, fc.integer({ min: 60_000, max: 86_400_000 }), now, fc.integer({ min: 1, max: 40 }),
        (id, millis, at, percent) => {
          const awake = millis * percent / 100
          const phase = WakePhase.phaseMillis(id, millis)
          let wokeAt = at
          // A beginning just before the moment comes nearer to it by the length of each wake: two of a sixtieth do.
          for (let i = 0; i < 4; i++) wokeAt += awake + WakePhase.sleepMillis(id, millis, wokeAt + awake)
          expect((wokeAt - phase) % millis).toBeCloseTo(0, 3)
          expect(awake + WakePhase.sleepMillis(id, millis, wokeAt + awake)).toBeCloseTo(millis, 3)
        }),
      { numRuns: 300 }
    )
  })

  it("does not wake twice for one moment when the timer is early", () => {
    const millis = 300_000
    let wokeAt = WakePhase.phaseMillis("d1", millis) + 20 * millis
    let wakes = 0
    const end = wokeAt + 1_000 * millis
    for (; wokeAt < end; wakes++) {
      const asleepAt = wokeAt + 1_400
      // Half a percent: 1.5 s in 300.
      wokeAt = asleepAt + WakePhase.sleepMillis("d1", millis, asleepAt) * 0.995
    }
    expect(wakes).toBeLessThan(1_030)
  })

  it("goes on from a clock that starts again in 1970, or jumps either way, without a long sleep and back on the moment", () => {
    fc.assert(
      fc.property(clientId, fc.integer({ min: 60_000, max: 86_400_000 }), now, now, (id, millis, before, after) => {
        const asleep = WakePhase.sleepMillis(id, millis, before)
        expect(asleep).toBeLessThanOrEqual(millis)
        let wokeAt = after
        for (let i = 0; i < 3; i++) wokeAt += 2_000 + WakePhase.sleepMillis(id, millis, wokeAt + 2_000)
        const off = (wokeAt - WakePhase.phaseMillis(id, millis) + millis) % millis
        expect(Math.min(off, millis - off)).toBeLessThanOrEqual(early(millis))
      })
    )
  })
})
