import { describe, expect, it } from "vitest"
import type * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import type { DeviceState } from "../../../src/domain/state/DeviceState.ts"
import type { Measurement } from "../../../src/domain/message/Reading.ts"
import * as Measuring from "../../../src/domain/wake/Measuring.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import { type Given, pendingIn, patchOf, stateOf, wakeOf } from "./support.ts"

const sensorOf = (config: DeviceConfig.DeviceConfig): DeviceConfig.SensorConfig =>
  config.sensors[0] as DeviceConfig.SensorConfig

const every = (seconds: number, more: object = {}): Given["file"] => ({
  sensors: { simulated: { id: "s", interval: seconds, ...more } }
})

describe("a sensor's turn, at 1,000,000 ms", () => {
  it.each<readonly [name: string, interval: number, readAt: DeviceState["readAt"], isDue: boolean]>([
    ["one without an interval, at every wake", 0, { s: 1_000_000 }, true],
    ["one that was never read", 600, {}, true],
    ["one whose id is an object's own word", 600, { toString: 1 }, true],
    ["one whose interval is just over", 600, { s: 400_000 }, true],
    ["one whose interval is not quite over", 600, { s: 400_001 }, false],
    ["one that was read in this moment", 600, { s: 1_000_000 }, false],
    ["the clock was set back", 600, { s: 1_000_001 }, true]
  ])("%s", (_, interval, readAt, expected) => {
    const wake = wakeOf({ file: every(interval), state: { readAt } })
    expect(Measuring.isDue(wake, sensorOf(wake.config), 1_000_000)).toBe(expected)
  })
})

describe("the uptime", () => {
  it.each<readonly [name: string, startedAt: number, now: number, seconds: number]>([
    ["of the first moment", 5_000, 5_000, 0],
    ["just before a second", 5_000, 5_999, 0],
    ["of a second", 5_000, 6_000, 1],
    ["of many days", 0, 8_640_000_999, 8_640_000],
    ["after the clock was set back", 5_000, 4_000, 0]
  ])("%s", (_, startedAt, now, expected) => {
    expect(Measuring.uptime(stateOf({ state: { startedAt } }), now)).toBe(expected)
  })
})

describe("messages of a reading", () => {
  const two = [{ topic: "s/data", payload: "x" }, { topic: "s/temperature", payload: "y" }]

  it.each<
    readonly [
      name: string,
      given: Given,
      pending: ReadonlyArray<number>,
      readAt: object,
      events: ReadonlyArray<WakeEvent>
    ]
  >([
    ["are pending, oldest first", { pending: "a" }, [1, 2, 3], {}, []],
    ["of a sensor with an interval put its next turn off", { file: every(600), state: { readAt: { b: 1 } } }, [1, 2], {
      b: 1,
      s: 7_000
    }, []],
    ["are pending, even if there is no room", { pending: "a b", mqtt: { outbox: { capacity: 3 } } }, [1, 2, 3, 4], {},
      []]
  ])("%s", (_, given, pending, readAt, events) => {
    const wake = wakeOf(given)
    Measuring.enqueue(wake, sensorOf(wake.config), two, 7_000)
    expect(pendingIn(wake.state)).toEqual(pending)
    expect(wake.state.readAt).toEqual(readAt)
    expect(wake.events).toEqual(events)
  })

  it("that were evicted before do not count any more", () => {
    const wake = wakeOf({ pending: "a", state: { outbox: { entries: [], lastId: 9, dropped: 4 } } })
    Measuring.enqueue(wake, sensorOf(wake.config), two, 7_000)
    expect([wake.state.outbox.dropped, wake.events]).toEqual([4, []])
  })
})

describe("what was measured at 12,345 ms by a device that began at 2,000 ms", () => {
  const both = { temperature: 21.456, humidity: 48 }
  const measured = (values: Measurement): WakeEvent => ({ _tag: "Measured", sensor: "s", ...values })

  it.each<readonly [name: string, given: Given, values: Measurement, payloads: ReadonlyArray<string>]>([
    ["is one document", {}, both, ["s/data {\"temperature\":21.46,\"humidity\":48,\"uptime\":10,\"unit\":\"C\"}"]],
    [
      "in Fahrenheit",
      { file: every(0, { temperature: { unit: "F" } }) },
      { temperature: 100 },
      ["s/data {\"temperature\":212,\"uptime\":10,\"unit\":\"F\"}"]
    ],
    ["with plain values", { mqtt: { publish_values: true } }, both, [
      "s/data {\"temperature\":21.46,\"humidity\":48,\"uptime\":10,\"unit\":\"C\"}",
      "s/temperature 21.46",
      "s/humidity 48"
    ]],
    ["leaves out what is no number", {}, { temperature: NaN, humidity: 1 }, ["s/data {\"humidity\":1,\"uptime\":10}"]],
    ["without MQTT is not pending", { mqtt: { enabled: false } }, both, []]
  ])("%s", (_, given, values, payloads) => {
    const wake = wakeOf({ ...given, state: { startedAt: 2_000 } })
    Measuring.measured(wake, sensorOf(wake.config), values, 12_345)
    expect(wake.state.outbox.entries.map(({ payload, topic }) => topic + " " + payload)).toEqual(payloads)
    expect(wake.events).toEqual([measured(values)])
  })

  it("without MQTT takes no turn either", () => {
    const wake = wakeOf({ file: every(600), mqtt: { enabled: false } })
    Measuring.measured(wake, sensorOf(wake.config), both, 12_345)
    expect(patchOf(stateOf(), wake.state)).toEqual({})
  })
})
