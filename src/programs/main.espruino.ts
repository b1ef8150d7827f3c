/**
 * The entry of a board's bundle: one wake. It ends in deep sleep, and the board's next start runs it again.
 */
import * as Effect from "effect/Effect"
import { provide, watch } from "../adapters/espruino/layer.ts"
import type { DeviceConfig } from "../domain/DeviceConfig.ts"
import { device } from "./device/device.ts"

/** The configuration that is flashed with the program; the bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

watch(deviceConfig)
Effect.runFork(provide(device(deviceConfig)))
