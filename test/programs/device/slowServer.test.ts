/** A Server that is away for less than a minute, or takes long to answer: the keys that wait for it. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import { hour, type Life, live, pass, told } from "../../simulation/life.ts"
import { deviceConfig } from "./support.ts"

const minute = 60_000

const spread = (file: object = {}, reconnect: object = {}) =>
  deviceConfig({ update_interval: 300, ...file, mqtt: { reconnect: { try_interval: 20, ...reconnect } } })

const triedAt = (life: Life) => told(life, "Trying").map(({ at }) => at)

/** The first one counts from before the sensor was read, which takes 250 ms. */
const row = [19_750, 20_000]

const apart = (times: ReadonlyArray<number>) => times.slice(1).map((at, index) => at - (times[index] as number))

describe("with try_interval the tries of a wake", () => {
  it("follow each other by so much, with the radio on, before the first wait", () =>
    live(spread(), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(50 * minute)
        expect(apart(triedAt(life))).toEqual(row)
        expect(life.world.radioMillis).toBeGreaterThan(40_000)
        expect(life.world.radioMillis).toBeLessThan(45_000)
        yield* pass(20 * minute)
        expect(apart(triedAt(life))).toEqual([...row, hour + 250])
      })))

  it("reach a Server that was away for half a minute, which else costs an hour", () => {
    const delivered = (tryInterval: number) => {
      let count = 0
      return Effect.promise(() =>
        live(spread({}, { try_interval: tryInterval }), (life) =>
          Effect.gen(function*() {
            World.setServer(life.world, "refusing")
            yield* pass(30_000)
            World.setServer(life.world, "up")
            yield* pass(29 * minute)
            count = life.arrivals.length
          }))
      ).pipe(Effect.map(() => count))
    }
    return Effect.runPromise(Effect.gen(function*() {
      expect(yield* delivered(20)).toBe(6)
      expect(yield* delivered(0)).toBe(0)
    }))
  })

  it("count from their beginning, so that one that takes longer than that is followed at once", () =>
    live(spread({ awake_timeout: 120 }, { try_interval: 5 }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "silent")
        yield* pass(2 * minute)
        // The Server has 10 s to answer.
        expect(apart(triedAt(life)).length).toBe(2)
        for (const each of apart(triedAt(life))) expect(each).toBeGreaterThanOrEqual(10_000)
        expect(Math.max(...apart(triedAt(life)))).toBeLessThan(22_000)
      })))

  it("go on in the next usual wake where awake_timeout ended one", () =>
    live(spread({ awake_timeout: 60, network: { ssid: "home", password: "", timeout: 50 } }), (life) =>
      Effect.gen(function*() {
        World.setWifi(life.world, false)
        yield* pass(59 * minute)
        const wakes = told(life, "Woke").map(({ at }) =>
          at
        )
        for (const each of apart(wakes)) expect(each).toBeGreaterThanOrEqual(5 * minute - 1)
      })))

  it("share a reading on a device that is always on, and are one for an update on probation", () =>
    live(spread({ deep_sleep: false }), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 2, device_name: "two" }), {
          retain: true
        })
        yield* pass(1_000)
        expect(told(life, "ConfigAccepted").length).toBe(1)
        World.setServer(life.world, "refusing")
        const before = triedAt(life).length
        yield* pass(2 * minute)
        expect(apart(triedAt(life).slice(before))).toEqual(row)
        expect(told(life, "ConfigRolledBack")).toEqual([])
        expect(told(life, "Measured").filter(({ at }) => at > minute + 1_000).length).toBeLessThanOrEqual(1)
      })))
})

describe("a Server that takes 15 s for each answer", () => {
  const slow = (life: Life) => {
    const { accept } = life.world
    life.world.accept = (send, close) => accept((bytes, at) => send(bytes, at + 15_000), close)
  }

  it("is given up after 10 s, and with mqtt.timeout gets all readings", () => {
    const arrived = (timeout: number) => {
      let acknowledged = 0
      let reason = ""
      return Effect.promise(() =>
        live(deviceConfig({ update_interval: 300, mqtt: { timeout } }), (life) =>
          Effect.gen(function*() {
            slow(life)
            yield* pass(29 * minute)
            acknowledged = told(life, "Delivered").reduce((sum, { event }) => sum + event.count, 0)
            reason = told(life, "TryFailed")[0]?.event.reason ?? ""
          }))
      ).pipe(Effect.map(() => ({ acknowledged, reason })))
    }
    return Effect.runPromise(Effect.gen(function*() {
      expect(yield* arrived(10)).toEqual({ acknowledged: 0, reason: "broker:1883 has not answered for 10 s" })
      expect(yield* arrived(20)).toEqual({ acknowledged: 6, reason: "" })
    }))
  })

  it("keeps a device that is always on, with mqtt.timeout, through PINGRESP and PUBACK", () =>
    live(deviceConfig({ update_interval: 120, deep_sleep: false, mqtt: { timeout: 20, keepalive: 30 } }), (life) =>
      Effect.gen(function*() {
        slow(life)
        yield* pass(29 * minute)
        expect(told(life, "TryFailed")).toEqual([])
        expect(life.state().outbox.entries.length).toBeLessThanOrEqual(1)
        expect(life.arrivals.length).toBeGreaterThan(10)
      })))
})
