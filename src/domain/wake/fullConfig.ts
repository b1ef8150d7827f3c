/**
 * A configuration in force, whole, for an update to be laid over; and what of an accepted one is stored. A board's
 * program leaves out of its own configuration what nothing else reads, and stores what is new: there this has a twin.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"

export const fullConfig = (config: DeviceConfig): DeviceConfig => config

/** All of it: the file that it was laid over may be another by the next start. `effectiveConfig` reads it. */
export const changesOf = (update: DeviceConfig): object => update
