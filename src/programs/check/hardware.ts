/**
 * Pins that a sensor cannot use, or that cause problems.
 *
 * Without a named board a file is checked with every chip: what none of them can do is refused for a board, what an
 * ESP32 cannot do is a warning. With `--board` only that chip counts.
 */
import { isDriver } from "../../domain/config/BoardRules.ts"
import { chips, type Pins, pinsOf } from "../../domain/config/boardPins.ts"
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { BoardName } from "../../domain/energy/boards.ts"
import { sensors, type UsedPin } from "../dormouse/sensors.ts"
import type { Remark } from "./Remark.ts"

/** What a sensor uses. One without a driver is reported elsewhere. */
const usedBy = ({ pin, type }: SensorConfig): ReadonlyArray<UsedPin> => isDriver(type) ? sensors[type].pins(pin) : []

/**
 * Why a sensor cannot work at this pin; undefined: it can. Every sensor that has a driver answers on its pin, so writes
 * too.
 */
const unfit = (pin: number, { all, chip, flash, inputOnly }: Pins): string | undefined => {
  if (!all.includes(pin)) return `the ${chip} has no GPIO ${pin}`
  if (flash.includes(pin)) return `GPIO ${pin} of the ${chip} belongs to its flash: the board would crash`
  return inputOnly.includes(pin)
    ? `GPIO ${pin} of the ${chip} can only read, but the board also writes to this sensor over the same wire` :
    undefined
}

/** A pin that works, and may cause problems. */
const delicate = (pin: number, { chip, console, strapping }: Pins): string | undefined => {
  if (strapping.includes(pin)) {
    return `GPIO ${pin} of the ${chip} decides at the start how the board boots: a sensor's pull-up may stop it from starting`
  }
  return console.includes(pin) ? `GPIO ${pin} of the ${chip} is its console, through which it is flashed and watched`
    : undefined
}

const numbers = (pins: ReadonlyArray<number>): string => pins.join(", ")

/** Pins that a sensor can use on this chip without a warning. */
const free = ({ all, console, flash, inputOnly, strapping }: Pins): ReadonlyArray<number> =>
  all.filter((pin) => ![console, flash, inputOnly, strapping].some((taken) => taken.includes(pin)))

const fix = (pins: Pins): string => `: use one of ${numbers(free(pins))}`

const remarkOn = (
  path: string,
  { pin, role }: UsedPin,
  board: BoardName | undefined
): Remark | undefined => {
  const start = `${path} uses GPIO ${pin}${role}, but `
  const usual = pinsOf[board ?? "esp32-firebeetle"]
  const wrong = unfit(pin, usual)
  if (board === undefined && chips.every((chip) => unfit(pin, chip) !== undefined)) {
    return { path, message: start + (wrong ?? "") + fix(usual), fails: "board" }
  }
  if (wrong !== undefined) {
    const others = chips.filter((chip) => unfit(pin, chip) === undefined).map(({ chip }) => chip).join(" or ")
    return board === undefined
      ? {
        path,
        message: start + wrong + fix(usual) + ` (for another chip use --board: ${others})`
      }
      : { path, message: start + wrong + fix(usual), fails: "check" }
  }
  const careful = delicate(pin, usual)
  return careful === undefined ? undefined : { path, message: start + careful + fix(usual) }
}

/** Every pin that two sensors use. */
const shared = (configured: ReadonlyArray<SensorConfig>): ReadonlyArray<Remark> => {
  const owners = new Map<number, string>()
  return configured.flatMap((sensor): ReadonlyArray<Remark> =>
    usedBy(sensor).flatMap(({ pin, role }): ReadonlyArray<Remark> => {
      const owner = owners.get(pin)
      owners.set(pin, owner ?? sensor.type)
      if (owner === undefined || owner === sensor.type) return []
      const path = `sensors.${sensor.type}.pin`
      return [{
        path,
        message: `${path} uses GPIO ${pin}${role}, which sensors.${owner} uses, too: give each sensor a pin of its own`,
        fails: "board"
      }]
    })
  )
}

export const pins = ({ sensors: configured }: DeviceConfig, board: BoardName | undefined): ReadonlyArray<Remark> => [
  ...configured.flatMap((sensor) =>
    usedBy(sensor).flatMap((used) => remarkOn(`sensors.${sensor.type}.pin`, used, board) ?? [])
  ),
  ...shared(configured)
]
