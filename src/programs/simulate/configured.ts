/**
 * The device that a command is about: the file's, or the demo's.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as BoardRules from "../../domain/BoardRules.ts"
import * as DeviceConfig from "../../domain/DeviceConfig.ts"
import { loadConfig } from "../loadConfig.ts"
import { demo } from "./demo.ts"
import { Refusal } from "./Options.ts"

/** The same as a board lives by it: what is owed beyond a board's most gives way there, too. */
export const onBoard = (config: DeviceConfig.DeviceConfig): Effect.Effect<DeviceConfig.DeviceConfig> =>
  Effect.gen(function*() {
    const { outbox } = config.mqtt
    if (!config.deepSleep || outbox.capacity <= BoardRules.mostMessages) return config
    yield* Console.error(`warning: mqtt.outbox.capacity is ${outbox.capacity}, but a board keeps at most ${BoardRules.mostMessages} messages: lived with ${BoardRules.mostMessages}`)
    return { ...config, mqtt: { ...config.mqtt, outbox: { ...outbox, capacity: BoardRules.mostMessages } } }
  })

/** What is strange but harmless in the file goes to stderr. */
export const configured = (file: Option.Option<string>): Effect.Effect<DeviceConfig.DeviceConfig, Refusal, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (Option.isNone(file)) return Result.getOrThrow(DeviceConfig.check(demo)).config
    const { config, warnings } = yield* Effect.mapError(loadConfig(file.value), (error) =>
      new Refusal({ message: error._tag === "InvalidConfig" ? error.message.split("\n").map((line) => file.value + ": " + line).join("\n") : error.message }))
    for (const warning of warnings) yield* Console.error("warning: " + file.value + ": " + warning)
    return config
  })
