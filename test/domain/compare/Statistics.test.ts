import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { chance, median, medianOf, quantile, rangeOf } from "../../../src/domain/compare/Statistics.ts"

describe("a median", () => {
  it.each([
    [[3], 3],
    [[4, 1], 2.5],
    [[9, 1, 2], 2],
    [[1, 2, 1_000_000, 3], 2.5]
  ])("of %j is %d", (values, wanted) => {
    expect(median(values)).toBe(wanted)
  })
  it("of nothing is none", () => {
    expect(median([])).toBeNaN()
    expect(medianOf([])).toBeUndefined()
  })
  it("is a quantile, and quantiles lie between the values", () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([10, 20, 30], share))).toEqual([10, 15, 20, 30])
  })
})

describe("the range of a median", () => {
  const of = (next: () => number, blocks: number, each: number, spread: number, shift: number) =>
    Array.from({ length: blocks * each }, (_, index) => {
      const block = Math.floor(index / each)
      return { value: 100 + shift * Math.sin(block * 12.9898) + spread * (next() - 0.5), block: "day " + block }
    })

  it("is the same for the same values, and has the value in it", () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const blocked = values.map((value, index) => ({ value, block: String(index % 5) }))
      const found = medianOf(blocked)
      expect(found).toEqual(medianOf(blocked))
      expect(found?.low).toBeLessThanOrEqual(found?.value ?? NaN)
      expect(found?.high).toBeGreaterThanOrEqual(found?.value ?? NaN)
    }))
  })

  it("is wider where days differ than where only the values of a day do", () => {
    const width = (spread: number, shift: number) => {
      const { high, low } = medianOf(of(chance(), 20, 50, spread, shift)) ?? { low: 0, high: 0 }
      return high - low
    }
    expect(width(10, 10)).toBeGreaterThan(3 * width(10, 0))
  })

  it("has the true middle in it nearly always", () => {
    const next = chance()
    let hits = 0
    for (let round = 0; round < 100; round++) {
      const { high, low } = medianOf(of(next, 30, 10, 20, 0)) ?? { low: 0, high: 0 }
      if (low <= 100 && 100 <= high) hits++
    }
    expect(hits).toBeGreaterThanOrEqual(88)
  })

  it("is the middle of what was drawn", () => {
    expect(rangeOf(Array.from({ length: 1_001 }, (_, index) => 1_000 - index))).toEqual({ low: 25, high: 975 })
  })
})
