import { describe, expect, it } from "vitest"
import { wakePinOf } from "../../../src/domain/wake/pinSleep.ts"
import { type Given, wakeOf } from "./support.ts"

const pin: Given = { file: { wake_pin: 33 } }

const rows: ReadonlyArray<readonly [name: string, given: Given, expected: ReturnType<typeof wakePinOf>]> = [
  ["a pin that changes", pin, { pin: 33, on: "change" }],
  ["a pin that is low", { file: { wake_pin: 4, wake_on: "low" } }, { pin: 4, on: "low" }],
  ["its timer, without a pin", {}, undefined],
  ["its timer, while something is pending", { ...pin, pending: "s/data" }, undefined],
  ["its timer, while something is in the journal", { ...pin, state: { journal: 3, journaled: 2 } }, undefined],
  ["its timer, after a try in vain", { ...pin, attemptCount: 1 }, undefined],
  ["its timer, while an update is on probation", { ...pin, state: { probation: { version: 5, wakes: 0 } } }, undefined],
  ["its timer, when flash did not take what is known", { ...pin, wake: { isUnsaved: true } }, undefined],
  ["nothing, when it is always on", { file: { wake_pin: 33, deep_sleep: false } }, undefined]
]

describe("the sleep of a device ends by", () => {
  it.each(rows)("%s", (_, given, expected) => {
    expect(wakePinOf(wakeOf(given))).toEqual(expected)
  })
})
