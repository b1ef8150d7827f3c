/** What follows from the battery's voltage, measured before the radio is on. */
import { canBe, percentOf } from "../config/chemistries.ts"
import type { BatteryConfig } from "../config/DeviceConfig.ts"
import { sendIntervalOf } from "../config/sendInterval.ts"
import { patch } from "../state/patch.ts"
import type { Wake } from "./Wake.ts"

/** A battery that was low must be fuller by so many percent to count as better: a voltage trembles. */
const recovery = 5

/** The name under which a battery that cannot be measured is reported. */
export const name = "battery"

const hundredths = (value: number): number => Math.round(value * 100) / 100

/** The battery has so many volts. */
export const measured = (wake: Wake, battery: BatteryConfig, given: number): void => {
  const { config, emit, state } = wake
  const volts = hundredths(given)
  if (!canBe(battery, volts)) {
    const reason = volts + " V cannot be; check battery.pin, battery.divider and its wiring"
    return emit({ _tag: "NotMeasured", sensor: name, reason })
  }
  const percent = Math.round(percentOf(battery, volts))
  wake.battery = { volts, percent }
  emit({ _tag: "Battery", volts, percent })
  const wasLow = state.isBatteryLow === true
  const isLow = percent < battery.low + (wasLow ? recovery : 0)
  if (isLow === wasLow) return
  wake.state = patch(state, { isBatteryLow: isLow })
  if (isLow) wake.battery = { volts, percent, isNews: true }
  emit({ _tag: "BatteryLow", isLow, percent, sendsEvery: sendIntervalOf(config, isLow) * 1000 })
}
