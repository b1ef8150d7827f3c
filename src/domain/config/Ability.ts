/**
 * Whether the program that takes an update has the memory to read it, and can do what it asks for. One on Node has and
 * can; a board's bundle has a twin of this.
 */
import type { DeviceConfig } from "./DeviceConfig.ts"

/** Why an update of this text cannot be read; undefined: it can. */
export const lack = (_text: string): string | undefined => undefined

/** Why a configuration that is right in itself cannot be lived by; undefined: it can. */
export const inability = (_config: DeviceConfig): string | undefined => undefined
