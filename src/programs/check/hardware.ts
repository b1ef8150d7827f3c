/**
 * Pins that a sensor cannot use, or that cause problems.
 *
 * Without a named board a file is checked with every chip: what none of them can do is refused for a board, what an
 * ESP32 cannot do is a warning. With `--board` only that chip counts.
 */
import { pathOf } from "../../domain/config/BoardRules.ts"
import { chips, type Pins, pinsOf } from "../../domain/config/boardPins.ts"
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { BoardName } from "../../domain/energy/boards.ts"
import { pinsOf as usedBy, type UsedPin } from "../dormouse/sensors.ts"
import type { Remark } from "./Remark.ts"

/** Why a sensor cannot work at this pin; undefined: it can. */
const unfit = ({ isInput = false, pin }: UsedPin, { all, chip, flash, inputOnly }: Pins): string | undefined => {
  if (!all.includes(pin)) return `the ${chip} has no GPIO ${pin}`
  if (flash.includes(pin)) return `GPIO ${pin} of the ${chip} belongs to its flash: the board would crash`
  return !isInput && inputOnly.includes(pin)
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
  used: UsedPin,
  board: BoardName | undefined
): Remark | undefined => {
  const { pin, role } = used
  const start = `${path} uses GPIO ${pin}${role}, but `
  const usual = pinsOf[board ?? "esp32-firebeetle"]
  const wrong = unfit(used, usual)
  if (board === undefined && chips.every((chip) => unfit(used, chip) !== undefined)) {
    return { path, message: start + (wrong ?? "") + fix(usual), fails: "board" }
  }
  if (wrong !== undefined) {
    const others = chips.filter((chip) => unfit(used, chip) === undefined).map(({ chip }) => chip).join(" or ")
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

/** Every pin that two sensors use, unless it is a wire of one bus. */
const shared = (configured: ReadonlyArray<SensorConfig>): ReadonlyArray<Remark> => {
  const owners = new Map<number, readonly [path: string, used: UsedPin]>()
  return configured.flatMap((sensor): ReadonlyArray<Remark> =>
    usedBy(sensor).flatMap((used): ReadonlyArray<Remark> => {
      const { isShared = false, pin, role } = used
      const [owner, before] = owners.get(pin) ?? []
      if (owner === undefined) owners.set(pin, [pathOf(sensor), used])
      const isBus = isShared && before?.isShared === true && before.role === role
      if (owner === undefined || owner === pathOf(sensor) || isBus) return []
      const path = pathOf(sensor) + ".pin"
      return [{
        path,
        message: `${path} uses GPIO ${pin}${role}, which ${owner} uses, too: give each sensor a pin of its own`,
        fails: "board"
      }]
    })
  )
}

export const pins = ({ sensors: configured }: DeviceConfig, board: BoardName | undefined): ReadonlyArray<Remark> => [
  ...configured.flatMap((sensor) =>
    usedBy(sensor).flatMap((used) => remarkOn(pathOf(sensor) + ".pin", used, board) ?? [])
  ),
  ...shared(configured)
]
