/**
 * What a board's bundle has in place of domain/wake/commands when its configuration says `deep_sleep`: no commands.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"

export const isCommand = (_config: DeviceConfig, _topic: string): boolean => false

export const withCommands = (_config: DeviceConfig, topics: ReadonlyArray<string>): ReadonlyArray<string> => topics
