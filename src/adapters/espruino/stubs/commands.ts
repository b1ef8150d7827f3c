/**
 * What a board's bundle has in place of domain/wake/commands when its configuration has no topic for commands: nothing. An
 * update that gives one is refused (`Ability`).
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Outgoing from "../../../domain/packet/Outgoing.ts"
import type { TopicFilter } from "../../../domain/packet/Topic.ts"

export const withCommands = (_wake: unknown, topics: ReadonlyArray<string>): ReadonlyArray<string> => topics

export const subscribe = (
  _config: DeviceConfig,
  packetIdentifier: number,
  topics: ReadonlyArray<TopicFilter>
): Outgoing.Outgoing => Outgoing.subscribe(packetIdentifier, topics)

export const isCommand = undefined
export const pace = undefined
export const configured = undefined
export const isReportDue = undefined
export const isStaying = undefined
export const move = undefined
export const withoutReport = undefined
