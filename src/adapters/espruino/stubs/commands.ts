/**
 * Replaces domain/wake/commands in a board's bundle if its configuration says `deep_sleep`: there are no commands.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"

export const isCommand = (_config: DeviceConfig, _topic: string): boolean => false

export const withCommands = (_config: DeviceConfig, topics: ReadonlyArray<string>): ReadonlyArray<string> => topics
