/**
 * The battery's voltage, by the board's analog-to-digital converter behind a divider.
 *
 * Espruino sets the converter of an ESP32 to its widest range, and `analogRead` gives a share of about 3.3 V. Chips
 * differ by some percent, and the range bends near its ends: `battery.divider` takes that up, once it is set by a meter.
 */
import * as Effect from "effect/Effect"
import type { BatteryConfig } from "../../domain/config/DeviceConfig.ts"
import { SensorError } from "../../ports/Sensor.ts"
import { platform } from "./platform/platform.ts"

/** The converter is noisy: the mean of so many. */
const samples = 16

/** Volts at which it gives 1. */
const fullScale = 3.3

export const volts = ({ divider, pin = 0 }: BatteryConfig): Effect.Effect<number, SensorError> =>
  Effect.suspend(() => {
    try {
      let sum = 0
      for (let sample = 0; sample < samples; sample++) sum += platform["analogRead"](pin)
      return Effect.succeed(sum / samples * fullScale * divider)
    } catch (thrown) {
      return Effect.fail(new SensorError({ sensor: "battery", message: (thrown as Error).message }))
    }
  })
