/**
 * The whole of a configuration in force, for an update to be laid over. A board's program leaves out of its own what nothing else
 * reads; there this has a twin.
 */
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"

export const whole = (config: DeviceConfig): DeviceConfig => config
