/** Why a board has started. Espruino for ESP32 gives ESP-IDF's number of what ended a deep sleep. */
import type { WakeCause } from "../../ports/Sleep.ts"
import { platform } from "./platform/platform.ts"

/** ESP_SLEEP_WAKEUP_TIMER; others above 0 are pins, 0 is no sleep at all. */
const timer = 4

/** Without power the clock has started at 0; a reset leaves it. */
const freshMillis = 60000

export const wokenBy = (): WakeCause => {
  const cause = platform.ESP32.getWakeupCause()
  if (cause > 0) return cause === timer ? "timer" : "pin"
  return Date.now() < freshMillis ? "power" : "reset"
}
