import { describe, expect, it } from "vitest"
import * as Result from "effect/Result"
import * as DeviceConfig from "../../../../src/domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../../src/domain/state/DeviceState.ts"
import { demo } from "../../../../src/programs/dormouse/demo.ts"
import * as Device from "../../../../src/programs/simulate/fleet/Device.ts"
import * as Ledger from "../../../../src/programs/simulate/fleet/Ledger.ts"
import * as Lived from "../../../../src/programs/simulate/fleet/Lived.ts"

const { config } = Result.getOrThrow(DeviceConfig.check(demo))

const nothing = DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 })

const owing = (state: DeviceState.DeviceState, ...uptimes: ReadonlyArray<number>): DeviceState.DeviceState =>
  uptimes.reduce((before, uptime) =>
    DeviceState.enqueue(before, {
      topic: "s/data",
      payload: JSON.stringify({ uptime })
    }, { capacity: 2, whenFull: "drop_oldest" }).state, state)

const delivered = (state: DeviceState.DeviceState): DeviceState.DeviceState => ({
  ...state,
  outbox: { ...state.outbox, entries: [] }
})

const wake = (given: Partial<Lived.Lived>): Lived.Lived => ({ ...Lived.make(nothing), before: nothing, ...given })

/** A wake at `at` milliseconds that connects and delivers a reading of its own. */
const success = (at: number) => wake({ wokeAt: at, endsAt: at, acceptedAt: [at], deliveredAt: at, triedAt: [at] })

const devices = (count: number) => Array.from({ length: count }, (_, index) => Device.make(config, "1", index))

describe("a fleet's ledger", () => {
  it("finds the second with the most connections, whatever the order of the wakes", () => {
    const { add, close, sums } = Ledger.make(1, [], 10_000)
    const [device] = devices(1) as [Device.Device]
    for (const at of [20_500, 11_000, 20_999, 11_999, 21_000, 11_500, 3_000]) add(device, success(at))
    close(20_000)
    // The second before a wake that has gone on into the next span is judged when that is over.
    expect([sums.powerUpPeak, sums.usualPeak]).toEqual([1, 3])
    for (const at of [20_000, 20_001]) add(device, success(at))
    close(40_000)
    close(Infinity)
    expect([sums.powerUpPeak, sums.usualPeak, sums.connections]).toEqual([1, 4, 9])
  })

  it("keeps a connection that comes long after the span in which it was added", () => {
    const { add, close, sums } = Ledger.make(1, [], 0)
    const [device] = devices(1) as [Device.Device]
    add(device, wake({ acceptedAt: [1_000_000, 50_000_000, 50_000_100] }))
    for (let until = 3_600_000; until < 60_000_000; until += 3_600_000) close(until)
    close(Infinity)
    expect([sums.usualPeak, sums.connections]).toEqual([2, 3])
  })

  it("measures each recovery until the last device is back, and no longer", () => {
    const fleet = devices(3)
    const [a, b, c] = fleet as [Device.Device, Device.Device, Device.Device]
    const { add, close, sums } = Ledger.make(3, [100_000, 500_000], 10_000)
    for (const each of fleet) add(each, success(50_000))
    for (const each of [a, b]) add(each, success(200_000))
    add(a, success(300_000))
    add(c, success(310_000))
    // All are back; what comes now is a quiet day's.
    for (const each of [a, b, c, a]) add(each, success(400_000))
    close(450_000)
    for (const each of [a, b]) add(each, success(600_000))
    close(Infinity)
    expect(sums.usualPeak).toBe(4)
    expect(sums.recoveries).toEqual([
      { at: 100_000, back: 3, lastBackAt: 310_000, peak: 2 },
      { at: 500_000, back: 2, lastBackAt: 600_000, peak: 2 }
    ])
  })

  it("counts what is delivered, what of it came late and how late, and what was dropped", () => {
    const { add, sums } = Ledger.make(1, [], 0)
    const [device] = devices(1) as [Device.Device]
    const first = owing(nothing, 0)
    add(device, wake({ readings: 1, after: first, failedTries: 3, triedAt: [0, 1, 2] }))
    const second = owing(first, 300, 600)
    add(device, wake({ before: first, after: second, readings: 2 }))
    const third = delivered(owing(second, 900))
    add(device, wake({
      before: second,
      after: third,
      readings: 1,
      deliveredAt: 902_000,
      triedAt: [900_000],
      radioMillis: 7,
      endsAt: 10
    }))
    expect(sums).toMatchObject({
      wakes: 3,
      readings: 4,
      dropped: 2,
      delivered: 2,
      delayed: 1,
      longestDelayMillis: 602_000,
      tries: 4,
      failedTries: 3,
      radioMillis: 7,
      awakeMillis: 10
    })
  })

  it("counts what was acknowledged before a connection broke", () => {
    const { add, sums } = Ledger.make(1, [], 0)
    const [device] = devices(1) as [Device.Device]
    const before = owing(nothing, 0, 300)
    const after = { ...before, outbox: { ...before.outbox, entries: before.outbox.entries.slice(1) } }
    add(device, wake({ before, after, endsAt: 400_000 }))
    expect(sums).toMatchObject({ delivered: 1, delayed: 1, dropped: 0 })
  })
})
