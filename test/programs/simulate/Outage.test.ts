import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Driven from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import type { Outage } from "../../../src/programs/simulate/life/Outage.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import * as Story from "../../../src/programs/simulate/life/Story.ts"

const live = (lasts: number, more: object = {}, days = lasts + 2) => {
  const { config } = Result.getOrThrow(DeviceConfig.check({ ...demo, update_interval: 1_800, ...more }))
  const options = { config, days, seed: "1", story: Story.outageOf(lasts), onEntry: () => {} }
  return Effect.runPromise(Simulation.live(Driven.onBoard, options))
}

const outageOf = async (lasts: number, more: object = {}, days?: number): Promise<Outage> => {
  const { outage } = await live(lasts, more, days)
  if (outage === undefined) throw new Error("no outage")
  return outage
}

describe("an outage of so many days", () => {
  it("ends when it is to end, and all that was measured is delivered behind it", async () => {
    const { began, caughtUp, delivered, dropped, ended, mostPending, readings, tries, wakes } = await outageOf(1)
    expect([began.at, ended?.at]).toEqual([86_400_000, 2 * 86_400_000])
    // Three at once, then after 1, 3, 7, 13 and 19 hours.
    expect({ readings, tries, dropped, wakes }).toEqual({ readings: 48, tries: 8, dropped: 0, wakes: 1 })
    const sinceEnd = ((caughtUp?.at ?? 0) - 2 * 86_400_000) / 1_800_000
    expect(delivered).toBe(48 + Math.floor(sinceEnd) + 1)
    expect(mostPending).toBe(delivered)
  })

  it("is told of a device that is always on, which delivers in no wake", async () => {
    const { caughtUp, delivered, dropped, mostPending, readings } = await outageOf(1, { deep_sleep: false })
    expect(caughtUp).toBeDefined()
    expect([mostPending, dropped]).toEqual([delivered, 0])
    expect(readings).toBeGreaterThanOrEqual(48)
  })

  it("counts what gave way, where there is no room for all", async () => {
    const outbox = { capacity: 20 }
    const { delivered, dropped, readings } = await outageOf(1, { mqtt: { ...demo.mqtt, outbox } })
    expect(dropped).toBeGreaterThanOrEqual(readings - 26)
    expect(delivered).toBeLessThanOrEqual(26)
  })

  it("has not ended when the days are over before it", async () => {
    const { caughtUp, ended } = await outageOf(1, {}, 1.5)
    expect([ended, caughtUp]).toEqual([undefined, undefined])
  })
})
