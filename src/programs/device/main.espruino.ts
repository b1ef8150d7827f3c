/**
 * The entry of a board's bundle: one wake. It ends in deep sleep, and the board's next start runs it again.
 */
import * as Effect from "effect/Effect"
import { flashedConfig } from "../../adapters/espruino/flashedConfig.ts"
import { provide, watch } from "../../adapters/espruino/layer.ts"
import { device } from "./device.ts"

const config = flashedConfig()
watch(config)
Effect.runFork(provide(device(config)))
