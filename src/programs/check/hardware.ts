/**
 * Pins that a sensor or the battery cannot use, or that cause problems.
 *
 * Without a named board a file is checked with every chip: what none of them can do is refused for a board, what an
 * ESP32 cannot do is a warning. With `--board` only that chip counts.
 */
import { pathOf } from "../../domain/config/BoardRules.ts"
import { chips, type Pins, pinsOf } from "../../domain/config/boardPins.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { BoardName } from "../../domain/energy/boards.ts"
import { batteryPins, pinsOf as usedBy, type UsedPin } from "../dormouse/sensors.ts"
import type { Remark } from "./Remark.ts"

/** Whether a voltage can be measured there, if that is what the pin is for. */
const measuresAt = ({ analog, pin }: UsedPin, pins: Pins): boolean =>
  analog === undefined || pins.analog.includes(pin) ||
  analog === "before the radio" && pins.analogWithoutRadio.includes(pin)

/** Why a sensor cannot work at this pin; undefined: it can. */
const unfit = (used: UsedPin, pins: Pins): string | undefined => {
  const { isInput = false, pin } = used
  const { all, chip, flash, inputOnly } = pins
  if (!all.includes(pin)) return `the ${chip} has no GPIO ${pin}`
  if (flash.includes(pin)) return `GPIO ${pin} of the ${chip} belongs to its flash: the board would crash`
  if (!measuresAt(used, pins)) {
    return `GPIO ${pin} of the ${chip} measures no voltage${
      pins.analogWithoutRadio.includes(pin) ? " while the radio is on" : ""
    }`
  }
  if (isInput || !inputOnly.includes(pin)) return undefined
  return `GPIO ${pin} of the ${chip} ${
    used.needsPullUp === true ? "has no pull-up, which this sensor needs"
      : "can only read, but the board also writes to this sensor over the same wire"
  }`
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

const fix = (pins: Pins, used: UsedPin): string =>
  `: use one of ${
    numbers(used.analog === undefined ? free(pins) : pins.all.filter((pin) =>
      measuresAt({ ...used, pin }, pins)
      && delicate(pin, pins) === undefined
    ))
  }`

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
    return { path, message: start + (wrong ?? "") + fix(usual, used), fails: "board" }
  }
  if (wrong !== undefined) {
    const others = chips.filter((chip) => unfit(used, chip) === undefined).map(({ chip }) => chip).join(" or ")
    return board === undefined
      ? {
        path,
        message: start + wrong + fix(usual, used) + ` (for another chip use --board: ${others})`
      }
      : { path, message: start + wrong + fix(usual, used), fails: "check" }
  }
  const careful = delicate(pin, usual)
  return careful === undefined ? undefined : { path, message: start + careful + fix(usual, used) }
}

/** A pin, and the part of the file that uses it. */
type Owned = readonly [owner: string, used: UsedPin]

const ownedIn = (config: DeviceConfig): ReadonlyArray<Owned> => [
  ...config.sensors.flatMap((sensor) => usedBy(sensor).map((used): Owned => [pathOf(sensor), used])),
  ...batteryPins(config).map((used): Owned => ["battery", used])
]

/** Every pin that two of them use, unless it is a wire of one bus. */
const shared = (owned: ReadonlyArray<Owned>): ReadonlyArray<Remark> => {
  const owners = new Map<number, Owned>()
  return owned.flatMap(([path, used]): ReadonlyArray<Remark> => {
    const { isShared = false, pin, role } = used
    const [owner, before] = owners.get(pin) ?? []
    if (owner === undefined) owners.set(pin, [path, used])
    const isBus = isShared && before?.isShared === true && before.role === role
    if (owner === undefined || owner === path || isBus) return []
    return [{
      path: path + ".pin",
      message: `${path}.pin uses GPIO ${pin}${role}, which ${owner} uses, too: give each ${
        path === "battery" ? "" : "sensor "
      }a pin of its own`,
      fails: "board"
    }]
  })
}

export const pins = (config: DeviceConfig, board: BoardName | undefined): ReadonlyArray<Remark> => {
  const owned = ownedIn(config)
  return [...owned.flatMap(([path, used]) => remarkOn(path + ".pin", used, board) ?? []), ...shared(owned)]
}
