import { describe, expect, it } from "vitest"
import { isCommand, knownCommands, withCommands } from "../../../src/domain/wake/commands.ts"
import { configOf } from "./support.ts"

const topicCommand = { topic_command: "cmd" }

it("two commands are known", () => expect(knownCommands).toEqual(["read", "restart"]))

describe("whether a message is a command", () => {
  it.each<readonly [name: string, mqtt: object, topic: string, isCommand: boolean]>([
    ["on the topic for commands", topicCommand, "cmd", true],
    ["on another topic", topicCommand, "config", false],
    ["below that topic", topicCommand, "cmd/a", false],
    ["without a topic for commands", {}, "cmd", false],
    ["without a topic for commands, on no topic", {}, "", false]
  ])("%s", (_, mqtt, topic, expected) => {
    expect(isCommand(configOf({ mqtt: { ...mqtt } }), topic)).toBe(expected)
  })
})

describe("what is subscribed to", () => {
  it.each<readonly [name: string, deepSleep: boolean, mqtt: object, topics: ReadonlyArray<string>]>([
    ["an always-on device takes commands", false, topicCommand, ["config", "cmd"]],
    ["one that sleeps does not", true, topicCommand, ["config"]],
    ["nor one without a topic for them", false, {}, ["config"]]
  ])("%s", (_, deepSleep, mqtt, expected) => {
    expect(withCommands(configOf({ file: { deep_sleep: deepSleep }, mqtt: { ...mqtt } }), ["config"])).toEqual(expected)
  })
})
