/**
 * Commands. Only a device that is always on gets them: one that sleeps could not receive them. A board that sleeps has
 * a twin of this file.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"

/** All commands that a device knows. */
export const knownCommands: ReadonlyArray<string> = ["read", "restart"]

/** Whether a message to this topic is a command. */
export const isCommand = ({ mqtt }: DeviceConfig, topic: string): boolean =>
  mqtt.topicCommand !== "" && topic === mqtt.topicCommand

/** The topics to subscribe to, including that of the commands. */
export const withCommands = ({ deepSleep, mqtt }: DeviceConfig, topics: ReadonlyArray<string>): ReadonlyArray<string> =>
  deepSleep || mqtt.topicCommand === "" ? topics : topics.concat([mqtt.topicCommand])
