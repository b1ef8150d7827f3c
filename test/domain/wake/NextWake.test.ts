import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Backoff from "../../../src/domain/delivery/Backoff.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as NextWake from "../../../src/domain/wake/NextWake.ts"

const configOf = (file: object) =>
  Result.getOrThrow(
    DeviceConfig.check({
      update_interval: 300,
      ...file,
      mqtt: { enabled: true, broker: "b", ...(file as { mqtt?: object }).mqtt }
    })
  ).config

const fresh: Backoff.State = { attemptCount: 0, lastAttemptTime: 0, draw: 0 }
const minute = 60_000

describe("the next wake", () => {
  it("is an interval after the last, whatever that took; one that took longer sleeps a second", () => {
    const config = configOf({})
    expect(NextWake.sleepMillis(config, fresh, 0, 2_000)).toBe(298_000)
    expect(NextWake.sleepMillis(config, fresh, 0, 299_500)).toBe(1_000)
    expect(NextWake.sleepMillis(config, fresh, 0, 400_000)).toBe(1_000)
  })

  it("is before that when the policy lets us try, and not when it lets us try at once", () => {
    const config = configOf({ mqtt: { reconnect: { min_interval: 120 } } })
    expect(NextWake.sleepMillis(config, { attemptCount: 3, lastAttemptTime: 0, draw: 0 }, 0, 2_000)).toBe(118_000)
    expect(NextWake.sleepMillis(config, { attemptCount: 3, lastAttemptTime: 0, draw: 0 }, 0, 119_800)).toBe(1_000)
    expect(NextWake.sleepMillis(config, { attemptCount: 2, lastAttemptTime: 0, draw: 0 }, 0, 2_000)).toBe(298_000)
  })

  it("comes no later than an interval when the clock has been set back", () => {
    expect(NextWake.sleepMillis(configOf({}), fresh, 1e12, 5_000)).toBe(300_000)
    expect(NextWake.sleepMillis(configOf({ spread_wakes: true }), fresh, 1e12, 5_000)).toBeLessThanOrEqual(300_000)
  })

  it("with spread wakes is at another moment for each device", () => {
    const ends = (clientId: string) =>
      NextWake.sleepMillis(configOf({ spread_wakes: true, mqtt: { client_id: clientId } }), fresh, 0, 2_000) + 2_000
    expect(new Set(["a", "b", "c", "d"].map(ends)).size).toBe(4)
  })

  it("with spread wakes keeps every wait of the policy: four tries a day and more", () => {
    fc.assert(fc.property(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 86_400 }),
      fc.integer({ min: 0, max: 12 }),
      fc.nat({ max: 400 * minute }),
      (client_id, update_interval, attemptCount, since) => {
        const config = configOf({ update_interval, spread_wakes: true, mqtt: { client_id } })
        const now = 1e12
        const reconnect = { attemptCount, lastAttemptTime: now - since, draw: 0 }
        const sleep = NextWake.sleepMillis(config, reconnect, now - 2_000, now)
        expect(sleep).toBeLessThanOrEqual(update_interval * 1_000)
        expect(sleep).toBeGreaterThanOrEqual(1_000)
        if (Backoff.waitMillis(config.mqtt.reconnect, attemptCount) > 0) {
          expect(sleep).toBeLessThanOrEqual(
            Math.max(1_000, Backoff.remainingMillis(config.mqtt.reconnect, reconnect, now))
          )
        }
      }
    ))
  })
})
