/**
 * Commands, which reach only a device that is always on: one that sleeps is not there to take them. The bundle of a
 * board that sleeps has a twin of this.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"

/** All that a device obeys. */
export const knownCommands: ReadonlyArray<string> = ["read", "restart"]

/** Whether a message to this topic is one. */
export const isCommand = ({ mqtt }: DeviceConfig, topic: string): boolean =>
  mqtt.topicCommand !== "" && topic === mqtt.topicCommand

/** What to subscribe to, with the commands' topic. */
export const withCommands = ({ deepSleep, mqtt }: DeviceConfig, topics: ReadonlyArray<string>): ReadonlyArray<string> =>
  deepSleep || mqtt.topicCommand === "" ? topics : topics.concat([mqtt.topicCommand])
