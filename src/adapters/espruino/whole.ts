/**
 * The twin of programs/device/whole.ts for a board: the file that this is read from has all of the configuration that was flashed
 * with the program. An update was stored with all of its own.
 */
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import { inForce } from "../../domain/inForce.ts"

/** The bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

export const whole = (config: DeviceConfig): DeviceConfig => inForce(deviceConfig, config)
