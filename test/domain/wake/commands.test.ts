import { describe, expect, it } from "vitest"
import * as Commands from "../../../src/domain/wake/commands.ts"
import { configOf, wakeOf } from "./support.ts"

const topicCommand = { topic_command: "cmd" }

describe("whether a message is a command", () => {
  it.each<readonly [name: string, mqtt: object, topic: string | undefined, isCommand: boolean]>([
    ["on the topic for commands", topicCommand, "cmd", true],
    ["on another topic", topicCommand, "config", false],
    ["below that topic", topicCommand, "cmd/a", false],
    ["on a topic that is not known", topicCommand, undefined, false],
    ["without a topic for commands", {}, "cmd", false],
    ["without a topic for commands, on no topic", {}, "", false]
  ])("%s", (_, mqtt, topic, expected) => {
    expect(Commands.isCommand(configOf({ mqtt: { ...mqtt } }), topic)).toBe(expected)
  })
})

describe("what is subscribed to", () => {
  it.each<readonly [name: string, deepSleep: boolean, mqtt: object, topics: ReadonlyArray<string>]>([
    ["an always-on device takes commands", false, topicCommand, ["cmd", "config"]],
    ["and so does one that sleeps", true, topicCommand, ["cmd", "config"]],
    ["but not without a topic for them", false, {}, ["config"]]
  ])("%s", (_, deepSleep, mqtt, expected) => {
    expect(Commands.withCommands(wakeOf({ file: { deep_sleep: deepSleep }, mqtt: { ...mqtt } }), ["config"])).toEqual(
      expected
    )
  })
})

describe("an interval that a command has set", () => {
  const commands = [60, 0, 0, []] as const
  it("is that of the device, and no part of what an update is merged into", () => {
    const wake = wakeOf({ mqtt: topicCommand, state: { commands } })
    Commands.pace(wake)
    expect([wake.config.publishInterval, Commands.configured(wake).publishInterval]).toEqual([60, 300])
  })

  it("ends where the configuration has no topic for commands any more", () => {
    const wake = wakeOf({ state: { commands } })
    Commands.pace(wake)
    expect(wake.config.publishInterval).toBe(300)
  })
})
