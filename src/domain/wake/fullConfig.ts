/**
 * The whole configuration in use, into which an update is merged; and what is stored of an accepted update. A board's
 * program leaves out of its own configuration what nothing else reads, and stores only what is new: it has a twin of
 * this file.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"

export const fullConfig = (config: DeviceConfig): DeviceConfig => config

/** The whole of it, because the flashed file may be another one at the next start. `effectiveConfig` reads it. */
export const changesOf = (update: DeviceConfig): object => update
