/** The true figures are in the ranges that are stated, for any that are within those of the model. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as ChargeCorrection from "../../../src/domain/compare/ChargeCorrection.ts"
import * as TimeCorrection from "../../../src/domain/compare/TimeCorrection.ts"
import * as WakeTimes from "../../../src/domain/compare/WakeTimes.ts"
import { exactly, type Figures, type Name, names, type Values, values } from "../../../src/domain/energy/Figures.ts"
import * as Outlook from "../../../src/domain/energy/Outlook.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import * as Usage from "../../../src/domain/energy/Usage.ts"

const setup = Setup.make(Setup.usual, ["bme280"])

const visit: WakeTimes.Visit = { online: 1_100, trips: 100, messages: 3, hasTls: false, hasBattery: false }

const around = (value: number) => ({ value, low: value, high: value })

/** Figures within the ranges of the model, each at its share of it. */
const truths: fc.Arbitrary<Values> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  minLength: names.length,
  maxLength: names.length
}).map((shares) =>
  Object.fromEntries(names.map((name, index) => {
    const { high, low } = setup.figures[name]
    return [name, low + (high - low) * (shares[index] as number)]
  })) as unknown as Values
)

describe("times", () => {
  /** As the device has them, with a network of its own, and its work before the radio. */
  const timesOf = (v: Values, work: number, trips: number): TimeCorrection.Times => {
    const online = visit.online - visit.trips + visit.trips * trips
    return {
      beforeRadio: around(Math.round(1_000 * work / v.interpreterSpeed)),
      radio: around(Math.round(WakeTimes.radioOn(v, setup.joining, { ...visit, online })))
    }
  }

  it("have the true figures in the ranges that they leave", () => {
    fc.assert(fc.property(
      truths,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      (v, share, hasBattery, trips) => {
        const { high, low } = WakeTimes.recallWork({ hasBattery })
        const work = low + (high - low) * share
        const { figures, join } = TimeCorrection.correct(timesOf(v, work, trips), setup.figures, setup.joining, {
          ...visit,
          hasBattery
        }, "s")
        expect(Object.keys(figures).length).toBe(1 + WakeTimes.joinFigures(setup.joining, visit).length)
        for (const [name, { high, low, value }] of Object.entries(figures)) {
          const truth = v[name as Name]
          expect([name, low <= truth + 1e-6, truth - 1e-6 <= high]).toEqual([name, true, true])
          expect([name, low <= value, value <= high]).toEqual([name, true, true])
        }
        const sum = WakeTimes.joinFigures(setup.joining, visit).reduce((all, name) => all + v[name], 0)
        expect([(join?.low ?? NaN) <= sum + 1e-6, sum - 1e-6 <= (join?.high ?? NaN)]).toEqual([true, true])
      }
    ))
  })

  it("give back the figures of the model, where the device is what the model assumes", () => {
    const v = values(setup.figures)
    const exact = {
      beforeRadio: around(WakeTimes.beforeRadio(v, visit)),
      radio: around(WakeTimes.radioOn(v, setup.joining, visit))
    }
    const { figures } = TimeCorrection.correct(exact, setup.figures, setup.joining, visit, "s")
    for (const [name, { value }] of Object.entries(figures)) expect(value).toBeCloseTo(v[name as Name], 6)
  })

  it("reach beyond the ranges of the model, where the join takes longer than it thinks possible", () => {
    const v = { ...values(setup.figures), scanTime: 9_000 }
    const { figures } = TimeCorrection.correct(timesOf(v, 2.7, 1), setup.figures, setup.joining, visit, "s")
    expect(figures.scanTime?.high).toBeGreaterThan(9_000)
    expect(figures.scanTime?.low).toBeLessThan(9_000)
  })

  it.each([
    ["of a machine that is no board", 1, 900, "too short for a board", []],
    ["of a device that waits for nothing", 39, 300, "--retained-config", ["interpreterSpeed"]]
  ])("%s correct no join", (_, before, radio, remark, corrected) => {
    const times = { beforeRadio: around(before), radio: around(radio) }
    const found = TimeCorrection.correct(times, setup.figures, setup.joining, visit, "s")
    expect(found.remarks.join()).toContain(remark)
    expect([Object.keys(found.figures), found.join]).toEqual([corrected, undefined])
  })
})

describe("a discharge", () => {
  /** A day with a wake every 15 minutes. */
  const wakes = 96
  const usage = {
    failed: Usage.none(),
    served: {
      ...Usage.none(),
      wakes,
      radioWakes: wakes,
      sensings: wakes,
      joins: wakes,
      active: wakes * 200,
      idle: wakes * 1_000,
      packets: wakes * 20,
      visits: wakes,
      writes: 2 * wakes,
      asleep: 86_400_000 - wakes * 3_000
    }
  }
  const stretch: Outlook.Stretch = { usage, millis: 86_400_000, delivered: wakes }
  const rate = ChargeCorrection.percentADay(stretch, setup)
  const correct = (v: Values, fixed: ReadonlyArray<Name> = []) =>
    ChargeCorrection.correct(around(rate(v)), stretch, setup, new Set(fixed), "s")
  const after = (figures: Partial<Figures>): Values => values({ ...setup.figures, ...figures })

  it("is explained by the corrected figures, which stay in their ranges", () => {
    fc.assert(fc.property(truths, (v) => {
      const { figures, remarks } = correct(v)
      if (remarks.length > 0) return
      // Corrections of less than a percent are left out.
      expect(Math.abs(rate(after(figures)) / rate(v) - 1)).toBeLessThan(0.03)
      for (const [name, { high, low, value }] of Object.entries(figures)) {
        const { high: most, low: least } = setup.figures[name as Name]
        expect([low, high]).toEqual([least, most])
        expect([low <= value, value <= high]).toEqual([true, true])
      }
    }))
  })

  it("moves nothing that was measured otherwise, and nothing where it is as expected", () => {
    const v = { ...values(setup.figures), radioCurrent: 150, capacity: 2_600 }
    expect(Object.keys(correct(v).figures)).toContain("scanTime")
    expect(Object.keys(correct(v, ["scanTime"]).figures)).not.toContain("scanTime")
    expect(correct(values(setup.figures)).figures).toEqual({})
  })

  it("corrects nothing where it is known no better than the model knows it", () => {
    const model = rate(values(setup.figures))
    const wide = { value: 1.2 * model, low: 0.9 * model, high: 1.6 * model }
    expect(ChargeCorrection.correct(wide, stretch, setup, new Set(), "s").figures).toEqual({})
    const narrow = { value: 1.2 * model, low: 1.1 * model, high: 1.3 * model }
    expect(Object.keys(ChargeCorrection.correct(narrow, stretch, setup, new Set(), "s").figures).length)
      .toBeGreaterThan(5)
  })

  it("shows the drain of a board that is more than any figures explain", () => {
    for (const sleepCurrent of [3, 4.7, 9.4]) {
      for (const capacity of [2_500, 3_000, 3_500]) {
        const { current, figures: { sleepCurrent: found }, remarks } = correct({
          ...values(setup.figures),
          sleepCurrent,
          capacity
        })
        expect(remarks.join()).toContain("drains the board")
        expect([(found?.low ?? NaN) <= sleepCurrent, sleepCurrent <= (found?.high ?? NaN)]).toEqual([true, true])
        expect(found?.low).toBeGreaterThan(10 * setup.figures.sleepCurrent.high)
        expect(current.low).toBeLessThan(sleepCurrent + 1)
      }
    }
  })

  it("says where it is less than any figures explain", () => {
    const { remarks } = correct({ ...values(setup.figures), capacity: 40_000 })
    expect(remarks.join()).toContain("may be larger")
  })

  it("knows the current of a battery by its capacity, without what it loses by itself", () => {
    const { current } = correct(values(setup.figures))
    expect(current.value).toBeCloseTo(Outlook.meanCurrent(stretch, setup)(values(setup.figures)), 6)
    const exact = {
      ...setup,
      figures: { ...setup.figures, capacity: exactly(3_000, ""), usableShare: exactly(0.85, "") }
    }
    const known = ChargeCorrection.correct(around(rate(values(setup.figures))), stretch, exact, new Set(), "s").current
    expect(known.low).toBeCloseTo(known.high, 6)
  })
})
