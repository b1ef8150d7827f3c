/**
 * The device that a command is about: the file's, or the demo's.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as BatteryConfig from "../../domain/config/batteryOf.ts"
import * as BoardRules from "../../domain/config/BoardRules.ts"
import * as DeviceConfig from "../../domain/config/DeviceConfig.ts"
import * as Machine from "../../domain/config/Machine.ts"
import { rowOf } from "../../domain/config/drivers.ts"

import { loadConfig } from "./loadConfig.ts"
import { demo } from "./demo.ts"
import { Refusal } from "./Refusal.ts"

/** The same as on a board: pending messages beyond a board's journal are evicted there, too. */
export const onBoard = (config: DeviceConfig.DeviceConfig): Effect.Effect<DeviceConfig.DeviceConfig> =>
  Effect.gen(function*() {
    const { outbox } = config.mqtt
    if (!config.deepSleep || outbox.bytes <= BoardRules.maxJournalBytes) return config
    yield* Console.error(
      `warning: mqtt.outbox.bytes is ${outbox.bytes}, but a board's journal has at most ${BoardRules.maxJournalBytes}: simulated with ${BoardRules.maxJournalBytes}`
    )
    return { ...config, mqtt: { ...config.mqtt, outbox: { ...outbox, bytes: BoardRules.maxJournalBytes } } }
  })

/** `instead` is the demo's file; `mac` is filled in for `{mac}`. Warnings about the file go to stderr. */
export const configured = (
  file: Option.Option<string>,
  instead: object = demo,
  mac: string = Machine.mac(),
  over: { readonly [key: string]: unknown } = {}
): Effect.Effect<DeviceConfig.DeviceConfig, Refusal, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (Option.isNone(file)) return Result.getOrThrow(DeviceConfig.check(instead)).config
    const { config, warnings } = yield* Effect.mapError(loadConfig(file.value, mac, over), (error) =>
      new Refusal({
        message: error._tag === "InvalidConfig" ?
          error.message.split("\n").map((line) => file.value + ": " + line).join("\n") : error.message
      }))
    for (const warning of warnings) yield* Console.error("warning: " + file.value + ": " + warning)
    return config
  })

/** The sensors in words: `dht22 "livingroom"`. */
export const namesOf = (sensors: ReadonlyArray<DeviceConfig.SensorConfig>): string =>
  sensors.map(({ id, type }) => `${type} ${JSON.stringify(id)}`).join(", ")

/** What is read on a machine that is no board. */
const readHere = ["simulated", "script", "command"]

/**
 * The configuration, if there is a sensor that this machine can read: a simulated one, a script or a command. Others are left out with a
 * warning. Without any there would be nothing to publish but made-up values.
 */
export const readable = (file: string, config: DeviceConfig.DeviceConfig): Effect.Effect<void, Refusal> =>
  Effect.gen(function*() {
    if (BatteryConfig.lacksCommand(config.battery)) {
      yield* Console.error(
        `warning: ${file}: this machine cannot measure a battery at battery.pin, only a board can: give battery.command, `
          + "a program that prints its volts"
      )
    }
    const unread = config.sensors.filter(({ type }) => !readHere.includes(type))
    if (unread.length === 0) return
    const [first] = unread
    const fix =
      `to try it here with made-up values, write "simulated" in place of "${first?.type}" in sensors, or use npx dormouse simulate`
    if (unread.length === config.sensors.length) {
      return yield* new Refusal({
        message: `${file}: this machine can read none of the device's sensors (${
          namesOf(unread)
        }), only a board can: ${fix}`
      })
    }
    yield* Console.error(
      `warning: ${file}: this machine cannot read ${
        namesOf(unread)
      }, only a board can: nothing is published of it; ${fix}`
    )
  })

/** A sensor without a driver measures nothing, on a board and here. */
export const imaginable = (file: string, config: DeviceConfig.DeviceConfig): Effect.Effect<void, Refusal> => {
  const [unknown] = config.sensors.filter(({ type }) => rowOf(type) === undefined)
  return unknown === undefined ? Effect.void : Effect.fail(new Refusal({
    message: `${file}: ${
      BoardRules.pathOf(unknown)
    } has no driver: nothing is simulated of it; use one of those in docs/sensors.md`
  }))
}

/** The same without a pin that ends deep sleep, which only a board has. */
export const withoutPin = (file: string, config: DeviceConfig.DeviceConfig): Effect.Effect<DeviceConfig.DeviceConfig> =>
  Effect.gen(function*() {
    const { wakeOn: _on, wakePin: pin, ...others } = config
    if (pin === undefined) return config
    yield* Console.error(
      `warning: ${file}: this machine has no pins, so nothing but its timer ends a sleep, every ${config.publishInterval} s`
    )
    return others
  })

/** Says that the values in simulated days are made up, if there are real sensors; undefined: there are none. */
export const madeUp = ({ sensors, wakePin }: DeviceConfig.DeviceConfig): string | undefined => {
  const real = sensors.filter(({ type }) => type !== "simulated")
  const values = real.length === 0 ? [] : ["no sensor is read here: what " + namesOf(real) + " measures is made up"]
  const pin = wakePin === undefined ? [] : [`so is when pin ${wakePin} wakes it: about six times a day`]
  return values.length + pin.length === 0 ? undefined : values.concat(pin).join("; ")
}
