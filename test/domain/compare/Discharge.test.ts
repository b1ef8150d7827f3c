import { describe, expect, it } from "vitest"
import { discharge, lacking, type Level } from "../../../src/domain/compare/Discharge.ts"
import { chance } from "../../../src/domain/compare/Statistics.ts"

const hour = 3_600_000
const day = 24 * hour

/** Hourly percentages. */
const levels = (days: number, percentAt: (day: number) => number, from = 0): ReadonlyArray<Level> =>
  Array.from({ length: days * 24 }, (_, index) => ({ at: from + index * hour, percent: percentAt(index / 24) }))

const close = (value: number | undefined, wanted: number, share: number) =>
  expect(Math.abs((value ?? NaN) - wanted)).toBeLessThan(wanted * share)

describe("a battery that empties", () => {
  it("loses so much a day, and is empty then", () => {
    const found = discharge(levels(20, (at) => 90 - 2 * at))
    close(found?.perDay.value, 2, 0.001)
    close(found?.empty.value, 45 * day, 0.001)
    close(found?.percent, 50.1, 0.01)
    expect(found).toMatchObject({ from: 0, to: 20 * day - hour })
  })

  it("is measured through noise, whole percents, cold nights and strange values", () => {
    const next = chance()
    const noisy = (at: number) =>
      next() < 0.05 ? 100 * next() : Math.round(90 - at + 2 * Math.sin(2 * Math.PI * at) + 4 * (next() - 0.5))
    const found = discharge(levels(30, noisy))
    close(found?.perDay.value, 1, 0.1)
    close(found?.empty.value, 90 * day, 0.1)
    const { high = 0, low = 0 } = found?.empty ?? {}
    expect([low < 90 * day, 90 * day < high, high - low < 30 * day]).toEqual([true, true, true])
  })

  it("has the true end in its range nearly always", () => {
    const next = chance()
    let hits = 0
    for (let round = 0; round < 30; round++) {
      const { high = 0, low = 0 } = discharge(levels(14, (at) => 80 - at + 5 * (next() - 0.5)))?.empty ?? {}
      if (low <= 80 * day && 80 * day <= high) hits++
    }
    expect(hits).toBeGreaterThanOrEqual(26)
  })

  it("is the last one, where it was changed or charged", () => {
    const old = levels(20, (at) => 50 - 2 * at)
    const found = discharge([...old, ...levels(10, (at) => 95 - at, 20 * day)])
    close(found?.perDay.value, 1, 0.01)
    expect(found?.from).toBe(20 * day)
  })
})

describe("nothing is said", () => {
  it.each([
    ["of no percentages", [], /^statuses with the battery in percent; there are none$/],
    ["of too few", levels(20, (at) => 90 - 2 * at).slice(0, 5),
      /^percentages of a day, in 6 spans .* there are \d in .* days$/],
    ["of hours", levels(1, (at) => 90 - 50 * at).slice(0, 20), /^percentages of a day, in 6 spans .* in 0\.\d days$/],
    ["of a battery that loses nothing", levels(20, () => 90),
      /^a loss of 1.5 percent; the battery has lost 0 in 20 days$/],
    ["of one that loses too little to see", levels(20, (at) => 90 - 0.05 * at),
      /^a loss of 1.5 .* has lost 0.9 in 20 days$/],
    ["of one that is charged", levels(20, (at) => 20 + 0.5 * at), /^a loss of 1.5 percent; the battery has lost 0 in /],
    ["of a new one", [...levels(20, (at) => 50 - 2 * at), ...levels(1, () => 99, 20 * day)],
      / since the battery was changed/]
  ])("%s", (_, given, needed) => {
    expect(discharge(given)).toBeUndefined()
    expect(lacking(given)).toMatch(needed)
  })
})
