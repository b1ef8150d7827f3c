import { describe, expect, it } from "vitest"
import { meaning, statusFilter } from "../../../src/domain/collect/Topics.ts"

describe("a topic", () => {
  const rows: ReadonlyArray<readonly [topic: string, meaning: unknown]> = [
    ["/homecontrol/device/data/balcony/data", {
      _tag: "Reading",
      prefix: "/homecontrol/device/data",
      sensor: "balcony"
    }],
    ["garden/pond/data", { _tag: "Reading", prefix: "garden", sensor: "pond" }],
    ["/pond/data", { _tag: "Reading", prefix: "", sensor: "pond" }],
    ["garden//data", { _tag: "Reading", prefix: "garden", sensor: "" }],
    ["garden/status", { _tag: "Status", prefix: "garden" }],
    ["/status", { _tag: "Status", prefix: "" }],
    ["pond/data", { _tag: "Other" }],
    ["data", { _tag: "Other" }],
    ["status", { _tag: "Other" }],
    ["garden/pond/temperature", { _tag: "Other" }],
    ["garden/config_status", { _tag: "Other" }],
    ["garden/pond/data/", { _tag: "Other" }],
    ["garden/pond/Data", { _tag: "Other" }]
  ]
  it.each(rows)("%j means %j", (topic, wanted) => {
    expect(meaning(topic)).toEqual(wanted)
  })
})

it.each([
  ["garden/+/data", "garden/status"],
  ["+/+/data", "+/status"],
  ["/a/b/+/data", "/a/b/status"],
  ["garden/#", undefined],
  ["#", undefined],
  ["garden/+/+", undefined],
  ["+/data", undefined]
])("the statuses beside %j are at %j", (filter, wanted) => {
  expect(statusFilter(filter)).toBe(wanted)
})
