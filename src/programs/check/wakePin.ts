/** What follows from a pin that ends deep sleep. */
import { chips, pinsOf } from "../../domain/config/boardPins.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { BoardName } from "../../domain/energy/boards.ts"
import type { Remark } from "./Remark.ts"

const path = "wake_pin"

/** A contact that opens and closes while the board sleeps. */
const unseen = ({ publishInterval, sensors }: DeviceConfig): ReadonlyArray<Remark> =>
  sensors.filter(({ type }) => type === "contact" || type === "button").map(({ key, pin, type }) => ({
    path: "sensors." + (key ?? type),
    message:
      `sensors.${key ?? type} is read at each wake only, every ${publishInterval} s: what happens between is missed; `
      + `"wake_pin": ${pin} wakes the board by it`
  }))

/** The sensor at the pin, by its key, or the pin. */
const whatWakes = ({ sensors, wakeOn = "change" }: DeviceConfig, pin: number): string => {
  const at = sensors.find((sensor) => sensor.pin === pin && (sensor.type === "contact" || sensor.type === "button"))
  return (at === undefined ? "" : `sensors.${at.key ?? at.type} at `) + "GPIO " + pin +
    (wakeOn === "change" ? ", when it changes," : `, when it is ${wakeOn},`)
}

export const wakePin = (config: DeviceConfig, board: BoardName | undefined): ReadonlyArray<Remark> => {
  const { deepSleep, publishInterval, wakeOn, wakePin: pin } = config
  if (pin === undefined) {
    return wakeOn === undefined ? deepSleep ? unseen(config) : []
      : [{ path: "wake_on", message: "wake_on has no effect without wake_pin" }]
  }
  if (!deepSleep) {
    return [{ path, message: "wake_pin is given, but deep_sleep is false: there is no sleep to end; leave it out" }]
  }
  const { chip, waking } = pinsOf[board ?? "esp32-firebeetle"]
  const fix = waking.length === 0 ? "leave it out" : "use one of " + waking.join(", ")
  const cannot = waking.includes(pin) ? [] : [{
    path,
    message:
      `wake_pin is GPIO ${pin}, which does not end the deep sleep of the ${chip} with Espruino's firmware, so the `
      + `board would sleep by its timer: ${fix}`,
    ...(board === undefined ? chips.some((each) => each.waking.includes(pin)) ? {} : { fails: "board" as const }
      : { fails: "check" as const })
  }]
  return [...cannot, {
    path,
    message:
      `wake_pin: ${
        whatWakes(config, pin)
      } wakes the board, and nothing else while nothing is pending, because Espruino's `
      + `firmware arms no timer beside a pin: it does not wake every ${publishInterval} s, measures nothing between, finds no `
      + "update, and nobody can tell it from a dead one"
  }]
}
