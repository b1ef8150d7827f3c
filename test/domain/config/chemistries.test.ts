import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Chemistries from "../../../src/domain/config/chemistries.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"

const battery = (keys: object = {}): DeviceConfig.BatteryConfig =>
  Result.getOrThrow(DeviceConfig.check({ battery: { pin: 35, ...keys } })).config.battery ?? expect.fail("no battery")

const kinds = ["li-ion", "lifepo4", "alkaline", "nimh"] as const

describe("how full a battery is", () => {
  it.each([
    ["full, a cell of the usual kind", {}, 4.2, 100],
    ["fuller than full, while it is charged", {}, 4.3, 100],
    ["between two points of the curve", {}, 3.765, 30],
    ["nearly empty", {}, 3.61, 5],
    ["empty", {}, 3.27, 0],
    ["below that", {}, 2, 0],
    ["three alkaline cells, new", { chemistry: "alkaline", cells: 3 }, 4.74, 100],
    ["three alkaline cells, at the end of what a regulator takes", { chemistry: "alkaline", cells: 3 }, 3.45, 20],
    ["LiFePO4, as most of the time", { chemistry: "lifepo4" }, 3.3, 70],
    ["two NiMH cells", { chemistry: "nimh", cells: 2 }, 2.48, 40],
    ["by two voltages of its own", { full: 12, empty: 10 }, 11.5, 75],
    ["above them", { full: 12, empty: 10 }, 13, 100],
    ["below them", { full: 12, empty: 10 }, 9, 0]
  ])("follows from its voltage: %s", (_, keys, volts, percent) => {
    expect(Chemistries.percentOf(battery(keys), volts)).toBeCloseTo(percent, 6)
  })

  it("never falls when the voltage rises, and is found again from it", () => {
    for (const chemistry of kinds) {
      const given = battery({ chemistry })
      fc.assert(
        fc.property(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }),
          (one, other) => {
            const [low, high] = [Math.min(one, other), Math.max(one, other)]
            expect(Chemistries.percentOf(given, low)).toBeLessThanOrEqual(Chemistries.percentOf(given, high) + 1e-9)
          })
      )
      fc.assert(fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        expect(Chemistries.percentOf(given, Chemistries.voltsOf(given, percent))).toBeCloseTo(percent, 6)
      }))
    }
  })

  it("is not believed where a battery cannot have the voltage", () => {
    const can = (volts: number) => Chemistries.canBe(battery(), volts)
    expect([0, 1.5, 1.7, 3, 4.2, 5, 6.3, 6.4].map(can)).toEqual([false, false, true, true, true, true, true, false])
  })
})
