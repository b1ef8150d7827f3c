import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Connection, spanCount } from "../../../src/domain/observed/Fleet.ts"
import * as Observing from "../../../src/domain/observed/Observing.ts"

const minute = 60_000
const time = { from: 0, to: 240 * minute, isDated: false }

const taken = (at: number, more: Partial<Observing.Taken> = {}): Observing.Taken => ({
  sensor: "s",
  at,
  values: [["temperature", at / minute]],
  unit: "C",
  ...more
})

const connection = (at: number, more: Partial<Connection> = {}): Connection => ({
  at,
  tries: 1,
  awakeMillis: 2_000,
  pending: 0,
  percent: undefined,
  volts: undefined,
  lastError: undefined,
  ...more
})

const observe = (moments: ReadonlyArray<number>) => {
  const observing = Observing.make(time)
  for (const at of moments) observing.reading("d", taken(at))
  return observing.end().devices[0]
}

const every = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

describe("readings", () => {
  it("are counted in spans, with the least, the most and the sum of each", () => {
    const device = observe([0, 0.5 * minute, 239.5 * minute, 240 * minute])
    const [sensor] = device?.sensors ?? []
    expect([sensor?.readings, sensor?.counts[0], sensor?.counts[spanCount - 1]]).toEqual([4, 2, 2])
    expect(device?.series[0]).toMatchObject({ sensor: "s", quantity: "temperature", unit: "C" })
    expect(device?.series[0]?.spans[0]).toEqual({ low: 0, high: 0.5, sum: 0.5, count: 2 })
    expect(device?.series[0]?.spans[1]).toBeUndefined()
    expect(device?.lastSeen).toBe(240 * minute)
  })

  it("have no gap while they come at their interval, more or less", () => {
    expect(observe(every(0, 240 * minute, 5 * minute))?.sensors[0]).toMatchObject({
      intervalMillis: 5 * minute,
      gaps: []
    })
    const late = every(0, 240 * minute, 5 * minute).filter((_, index) => index % 7 !== 3)
    expect(observe(late)?.sensors[0]?.gaps).toEqual([])
  })

  it("have gaps where they do not, also at the end", () => {
    const moments = [...every(0, 60 * minute, 5 * minute), ...every(100 * minute, 200 * minute, 5 * minute)]
    expect(observe(moments)?.sensors[0]?.gaps).toEqual([
      { from: 60 * minute, to: 100 * minute },
      { from: 200 * minute, to: 240 * minute }
    ])
  })

  it("have their longest gaps, however many there are", () => {
    const observing = Observing.make({ from: 0, to: 4e9, isDated: false })
    let at = 0
    for (let index = 0; index < 3_000; index++) {
      observing.reading("d", taken(at += index % 3 === 0 ? 10 * minute + index : minute))
    }
    observing.reading("d", taken(at + 1e9))
    const gaps = observing.end().devices[0]?.sensors[0]?.gaps ?? []
    expect(gaps.length).toBe(500)
    expect(gaps.map(({ from, to }) => to - from)).toContain(1e9)
    expect(gaps.every((gap, index) => index === 0 || gap.from >= (gaps[index - 1]?.to ?? 0))).toBe(true)
  })

  it("are all counted, whatever their moments", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -1_000, max: 300 * minute })), (moments) => {
      const device = observe([...moments].sort((a, b) => a - b))
      const counts = device?.sensors[0]?.counts ?? []
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(moments.length)
      expect(counts.length).toBe(moments.length === 0 ? 0 : spanCount)
    }))
  })
})

describe("connections", () => {
  it("are counted by their try, with the mean time awake, and the most that was pending", () => {
    const observing = Observing.make(time)
    observing.connection("d", connection(0, { percent: 90, volts: 4 }))
    observing.connection("d", connection(0.2 * minute, { tries: 3, awakeMillis: 4_000, pending: 7 }))
    observing.connection("d",
      connection(120 * minute, { tries: undefined, awakeMillis: undefined, lastError: "refused" }))
    const [device] = observing.end().devices
    expect(device?.connections[0]).toEqual({ first: 1, later: 1, awakeSum: 6_000, awakeCount: 2, pending: 7 })
    expect(device?.connections[120]).toMatchObject({ first: 1, awakeCount: 0 })
    expect(device).toMatchObject({ connectionCount: 3, tries: 5, battery: [{ at: 0, percent: 90, volts: 4 }] })
    expect(device?.last?.lastError).toBe("refused")
  })
})
