/**
 * A deep sleep that a pin ends, by the first external wake-up of an ESP32 (ext0), for which Espruino's firmware arms no
 * timer. An ESP32-C3 has none.
 */
import type { WakePin } from "../../domain/wake/WakePin.ts"
import { platform } from "./platform/platform.ts"

/**
 * Where the board cannot do that, it sleeps for `millis`: a chip that has no such wake-up, or a pin that has none.
 */
export const sleepUntil = ({ on, pin }: WakePin, millis: number, byTimer: (millis: number) => void): void => {
  const level = on === "change" ? 1 - Number(platform["digitalRead"](pin)) : on === "high" ? 1 : 0
  try {
    platform.ESP32["deepSleepExt0"](pin, level)
  } catch {
    // By the timer.
  }
  byTimer(millis)
}
