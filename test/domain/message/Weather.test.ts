import * as fc from "fast-check"
import { expect, it } from "vitest"
import * as Weather from "../../../src/domain/message/Weather.ts"

const hour = 3_600_000

it("is warmest and driest at 15:00 UTC, coldest and dampest at 3:00", () => {
  const day = Array.from({ length: 24 }, (_, h) => Weather.at(h * hour, 0.5))
  const temperatures = day.map((each) => each.temperature as number)
  const humidities = day.map((each) => each.humidity as number)
  expect(temperatures.indexOf(Math.max(...temperatures))).toBe(15)
  expect(temperatures.indexOf(Math.min(...temperatures))).toBe(3)
  expect(humidities.indexOf(Math.min(...humidities))).toBe(15)
  expect(humidities.indexOf(Math.max(...humidities))).toBe(3)
})

it("stays between 15.7 and 24.3 degrees and 36 and 64 percent, to a tenth, at any time", () => {
  const anyTime = fc.integer({ min: -86_400_000, max: 4_102_444_800_000 })
  fc.assert(fc.property(anyTime, fc.double({ min: 0, max: 1, noNaN: true }), (now, chance) => {
    const { humidity, temperature } = Weather.at(now, chance) as { humidity: number; temperature: number }
    expect(temperature).toBeGreaterThanOrEqual(15.7)
    expect(temperature).toBeLessThanOrEqual(24.3)
    expect(humidity).toBeGreaterThanOrEqual(36)
    expect(humidity).toBeLessThanOrEqual(64)
    expect(Math.round(temperature * 10) / 10).toBe(temperature)
    expect(Math.round(humidity * 10) / 10).toBe(humidity)
  }))
})

it("is the same at the same time of another day with the same chance", () => {
  expect(Weather.at(100 * 24 * hour + 7 * hour, 0.3)).toEqual(Weather.at(7 * hour, 0.3))
})
