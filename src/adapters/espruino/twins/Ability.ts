/**
 * The twin of domain/config/Ability.ts for a board: what its bundle was made for, and what memory it has left.
 */
import type * as Original from "../../../domain/config/Ability.ts"
import * as BoardRules from "../../../domain/config/BoardRules.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { platform } from "../platform/platform.ts"

/** The bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

/**
 * Variables that judging and storing an update takes at most once this is loaded, whatever it holds within its limits;
 * for each byte of its text; and for each comma. Measured, and rounded up.
 */
const ownVariables = 850
const byteVariables = 0.3
const commaVariables = 7

const neededFor = (text: string): number => {
  let commas = 0
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) commas++
  return Math.ceil(ownVariables + byteVariables * text.length + commaVariables * commas)
}

/** Variables that what judges takes as soon as it is loaded. Measured: 800. */
const judgeVariables = 800

const lackOf = (needed: number): string | undefined => {
  const { free } = platform.process.memory()
  return needed > free
    ? "the update takes about " + needed + " of Espruino's variables, but this board has " + free +
      " left; make it shorter" : undefined
}

/** Before what judges is loaded, for then too little may be left to say so. */
export const lackForJudge = (text: string): string | undefined => lackOf(judgeVariables + neededFor(text))

export const lack: typeof Original.lack = (text) => lackOf(neededFor(text))

export const inability: typeof Original.inability = (config) => {
  const again = "; flash a bundle made with it"
  // Such a bundle comes without what keeps a device on.
  if (deviceConfig.deepSleep && !config.deepSleep) {
    return "deep_sleep must stay true on this board, whose program can only sleep" + again
  }
  // Nor one with what keeps readings for later.
  if (deviceConfig.mqtt.sendInterval === 0 && config.deepSleep && config.mqtt.sendInterval > 0) {
    return "mqtt.send_interval must stay 0 on this board, whose program sends at every wake" + again
  }
  // Nor one with what asks for the time.
  if (deviceConfig.time.server === "" && config.time.server !== "") {
    return "time.server must stay empty on this board, whose program asks no server for the time" + again
  }
  // What ends a wake that hangs was set by the bundle's own.
  if (deviceConfig.deepSleep && config.awakeTimeout > deviceConfig.awakeTimeout * 2) {
    return "awake_timeout must be at most " + deviceConfig.awakeTimeout * 2 +
      " on this board, twice its bundle's, but is " + config.awakeTimeout + again
  }
  const [first] = BoardRules.faults(config)
  if (first !== undefined) return first.field + " must be " + first.fix + ", but " + first.problem
  for (const { type } of config.sensors) {
    const module = BoardRules.modules[type]
    if (module !== undefined && platform.require("Storage").read(module) === undefined) {
      return "sensors." + type + " needs Espruino's module " + module +
        ", which this board does not have; flash it with --module"
    }
  }
  return undefined
}
