/**
 * Whether the program that takes an update has the memory to read it, and can do what it asks for. On Node it always
 * has and can; a board has a twin of this file.
 */
import type { DeviceConfig } from "./DeviceConfig.ts"

/** Why an update of this text cannot be read; undefined: it can. */
export const lack = (_text: string): string | undefined => undefined

/** Why the device cannot use a configuration that is valid in itself; undefined: it can. */
export const inability = (_config: DeviceConfig): string | undefined => undefined
