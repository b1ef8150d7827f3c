/**
 * The twin of domain/config/Ability.ts for a board: what its bundle was made for, and how much memory it has left.
 */
import type * as Original from "../../../domain/config/Ability.ts"
import * as BoardRules from "../../../domain/config/BoardRules.ts"
import * as BrokerList from "../../../domain/config/BrokerList.ts"
import type { DeviceConfig, SensorConfig } from "../../../domain/config/DeviceConfig.ts"
import { isCompared } from "../../../domain/config/limits.ts"
import { longestSendInterval } from "../../../domain/config/sendInterval.ts"
import { platform } from "../platform/platform.ts"
import * as DriverLookup from "./DriverLookup.ts"

/** The bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

/**
 * How many variables judging and storing an update takes at most once this is loaded, whatever it contains within its
 * limits; for each byte of its text; and for each comma. Measured, and rounded up.
 */
const ownVariables = 900
const byteVariables = 0.3
const commaVariables = 7

const neededFor = (text: string): number => {
  let commas = 0
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) commas++
  return Math.ceil(ownVariables + byteVariables * text.length + commaVariables * commas)
}

/** How many variables the code that judges takes as soon as it is loaded. Measured, and rounded up. */
const judgeVariables = 860

const lackOf = (needed: number): string | undefined => {
  const { free } = platform.process.memory()
  return needed > free
    ? "the update takes about " + needed + " of Espruino's variables, but this board has " + free +
      " left; make it shorter" : undefined
}

/** A program with several Servers judges lists of them, too. */
const listVariables: number = BrokerList.judgeVariables

/** Before the code that judges is loaded, because afterwards there may be too little memory to report this. */
export const lackForJudge = (text: string): string | undefined =>
  lackOf(judgeVariables + listVariables + neededFor(text))

export const lack: typeof Original.lack = (text) => lackOf(neededFor(text))

/** What the code of a sensor was made from: an update cannot change it. */
const codeOf = (
  { address, bus, connect, device, echo, miso, module, quantities, read, sck, scl, script, type, wait }: SensorConfig
) =>
  JSON.stringify([type, module, connect, read, script, bus, wait, address, device, echo, scl, sck, miso,
    quantities?.map(({ key }) => key)])

/** Why the program cannot read a sensor; undefined: it can. */
const unableToDrive = ({ sensors }: DeviceConfig): string | undefined => {
  for (const sensor of sensors) {
    const key = sensor.key ?? sensor.type
    const mine = deviceConfig.sensors.filter((each) => (each.key ?? each.type) === key)[0]
    const isUsual = DriverLookup.isUsual(sensor.type) && sensor.quantities === undefined
    // The program has code made for one that is not usual, or has its quantities.
    if (
      mine === undefined ? !isUsual
        : codeOf(mine) !== codeOf(sensor) &&
          !(isUsual && mine.quantities === undefined && DriverLookup.isUsual(mine.type))
    ) {
      return "sensors." + key +
        " must be driven, connected and calibrated as it was on this board, whose program has no other code"
    }
  }
  return undefined
}

export const inability: typeof Original.inability = (config) => {
  const again = "; flash a bundle made with it"
  // Such a bundle does not have the code for a device that is always on.
  if (deviceConfig.deepSleep && !config.deepSleep) {
    return "deep_sleep must stay true on this board, whose program can only sleep" + again
  }
  // Nor one with what keeps readings for later.
  if (longestSendInterval(deviceConfig) === 0 && config.deepSleep && longestSendInterval(config) > 0) {
    return (config.mqtt.sendInterval > 0 ? "mqtt.send_interval" : "battery.low_send_interval") +
      " must stay 0 on this board, whose program sends at every wake" + again
  }
  // Nor one with what measures a battery.
  if (deviceConfig.battery === undefined && config.battery !== undefined) {
    return "battery must not be given on this board, whose program measures none" + again
  }
  // Nor one with what sleeps until a pin changes.
  if (deviceConfig.wakePin === undefined && config.wakePin !== undefined) {
    return "wake_pin must not be given on this board, whose program sleeps by its timer" + again
  }
  // Nor one with what compares readings.
  if (!deviceConfig.sensors.some(isCompared) && config.sensors.some(isCompared)) {
    return "change, above and below must not be given on this board, whose program publishes every reading" + again
  }
  // Nor one with what gathers a status.
  if (!deviceConfig.mqtt.publishStatus && config.mqtt.publishStatus) {
    return "mqtt.publish_status must stay false on this board, whose program has no status" + again
  }
  // Nor one with what does commands.
  if (deviceConfig.mqtt.topicCommand === "" && config.mqtt.topicCommand !== "") {
    return "mqtt.topic_command must stay empty on this board, whose program takes no commands" + again
  }
  // Nor one with what thins out.
  if (deviceConfig.mqtt.outbox.whenFull !== "thin_older" && config.mqtt.outbox.whenFull === "thin_older") {
    return "mqtt.outbox.when_full must not be thin_older on this board, whose program thins nothing out" + again
  }
  // Nor one with what asks for the time.
  if (deviceConfig.time.server === "" && config.time.server !== "") {
    return "time.server must stay empty on this board, whose program asks no server for the time" + again
  }
  // The limits that end a wake that hangs were set from the bundle's own value.
  if (deviceConfig.deepSleep && config.awakeTimeout > deviceConfig.awakeTimeout * 2) {
    return "awake_timeout must be at most " + deviceConfig.awakeTimeout * 2 +
      " on this board, twice its bundle's, but is " + config.awakeTimeout + again
  }
  const [first] = BoardRules.faults(config)
  if (first !== undefined) return first.field + " must be " + first.fix + ", but " + first.problem
  const unable = unableToDrive(config)
  if (unable !== undefined) return unable + again
  for (const sensor of config.sensors) {
    const module = BoardRules.moduleOf(sensor)
    if (module !== undefined && platform.require("Storage").read(module) === undefined) {
      return BoardRules.pathOf(sensor) + " needs Espruino's module " + module +
        ", which this board does not have; flash it with --module"
    }
  }
  return undefined
}
