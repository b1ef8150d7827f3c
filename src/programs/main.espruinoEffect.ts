/**
 * The entry of a board's bundle with effect's own runtime, for boards with much memory: the same wake as in main.espruino.ts, on
 * what that runtime finds in a whole engine, told as the device-sized runtime tells it.
 */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { provide, watch } from "../adapters/espruino/layer.ts"
import type { DeviceConfig } from "../domain/DeviceConfig.ts"
import { device } from "./device/device.ts"

declare const deviceConfig: DeviceConfig

/** `Effect.logInfo(event)` gives its one event in a list. */
const printer = Logger.make<unknown, void>(({ message }) => {
  for (const event of Array.isArray(message) ? message : [message]) console.log(event)
})

watch(deviceConfig)
Effect.runFork(Effect.provideService(provide(device(deviceConfig)), Logger.CurrentLoggers, new Set([printer])))
