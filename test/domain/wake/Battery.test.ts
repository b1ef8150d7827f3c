import { describe, expect, it } from "vitest"
import * as Battery from "../../../src/domain/wake/Battery.ts"
import { isNews } from "../../../src/domain/wake/isNews.ts"
import { wakeOf } from "./support.ts"

const low = { low: 20, low_send_interval: 21_600 }

/** A wake in which a battery with these volts is measured, after one in which it was low or not. */
const measuring = (volts: number, wasLow = false, keys: object = low) => {
  const wake = wakeOf({
    file: { battery: { pin: 35, ...keys } },
    mqtt: { send_interval: 3_600 },
    state: wasLow ? { isBatteryLow: true } : {}
  })
  Battery.measured(wake, wake.config.battery ?? expect.fail("no battery"), volts)
  return wake
}

describe("a battery that was measured", () => {
  it("is told in hundredths of a volt and whole percent", () => {
    const { battery, events } = measuring(3.98499)
    expect(battery).toEqual({ volts: 3.98, percent: 75 })
    expect(events).toEqual([{ _tag: "Battery", volts: 3.98, percent: 75 }])
  })

  it.each([
    ["stays well", 3.98, false, undefined, false],
    ["is well at the limit", 3.73, false, undefined, false],
    ["becomes low below it, and the device sends more seldom", 3.72, false, {
      isLow: true,
      percent: 18,
      sendsEvery: 21_600_000
    }, true],
    ["stays low", 3.7, true, undefined, true],
    ["stays low just above the limit, where a voltage trembles", 3.74, true, undefined, true],
    ["is well again five percent above it", 3.75, true, { isLow: false, percent: 26, sendsEvery: 3_600_000 }, false]
  ])("%s", (_, volts, wasLow, told, isLow) => {
    const wake = measuring(volts, wasLow)
    const { events, state } = wake
    expect(events.slice(1)).toEqual(told === undefined ? [] : [{ _tag: "BatteryLow", ...told }])
    expect(state.isBatteryLow === true).toBe(isLow)
    expect(isNews(wake)).toBe(told !== undefined && isLow)
  })

  it("is never low where the limit is 0", () => {
    expect(measuring(2, false, { low: 0 }).state.isBatteryLow).toBeUndefined()
  })

  it("is reported, and changes nothing, where it cannot have such a voltage", () => {
    const { battery, events, state } = measuring(0.011)
    expect(events).toEqual([{
      _tag: "NotMeasured",
      sensor: "battery",
      reason: "0.01 V cannot be; check battery.pin, battery.divider and its wiring"
    }])
    expect([battery, state.isBatteryLow]).toEqual([undefined, undefined])
  })
})
