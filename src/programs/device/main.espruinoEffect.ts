/**
 * The entry of a board's bundle with effect's own runtime, for boards with much memory: the same wake as in
 * main.espruino.ts, with what that runtime needs from a whole engine, and with the same events.
 */
import * as Effect from "effect/Effect"
import { provide, watch } from "../../adapters/espruino/layer.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { device } from "./device.ts"

declare const deviceConfig: DeviceConfig

watch(deviceConfig)
Effect.runFork(provide(device(deviceConfig)))
