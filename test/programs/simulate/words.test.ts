import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as DeviceWords from "../../../src/programs/dormouse/terminal/deviceWords.ts"
import * as EventLine from "../../../src/programs/dormouse/terminal/EventLine.ts"
import * as Format from "../../../src/programs/dormouse/terminal/Format.ts"

describe("words that several commands have", () => {
  it.each([
    [1, "try", "1 try"],
    [0, "try", "0 tries"],
    [3, "failed try", "3 failed tries"],
    [2, "life", "2 lives"],
    [2, "day", "2 days"],
    [1_000, "reading", "1,000 readings"]
  ])("%i %s", (count, noun, told) => {
    expect(Format.plural(count, noun)).toBe(told)
  })

  const configOf = (file: object) => Result.getOrThrow(DeviceConfig.check(file)).config

  it("tell what a device is", () => {
    const asleep = configOf({
      update_interval: 300,
      sensors: { dht22: { id: "a", pin: 4 }, simulated: {} },
      mqtt: { enabled: true, broker: "b", ssl: true }
    })
    expect([DeviceWords.rhythm(asleep), DeviceWords.sensors(asleep), DeviceWords.server(asleep)]).toEqual([
      "wakes every 5 min",
      "dht22 \"a\", simulated \"simulated\"",
      "mqtts://b:8883"
    ])
    const [seldom, often, on] = ([[true, 3_600], [true, 300], [false, 3_600]] as const).map((
      [deep_sleep, send_interval]
    ) =>
      DeviceWords.rhythm(
        configOf({ deep_sleep, update_interval: 300, mqtt: { enabled: true, broker: "b", send_interval } })
      )
    )
    expect([seldom, often, on]).toEqual(["wakes every 5 min and sends every 1 h", "wakes every 5 min",
      "is always on and measures every 5 min"])
    const two = configOf({ mqtt: { enabled: true, broker: ["b", "c:1884"] } })
    expect(DeviceWords.server(two)).toBe("mqtt://b:1883 or mqtt://c:1884")
    const trying = { _tag: "Trying", attempt: 2, pending: 1 } as const
    expect([EventLine.row(0, trying, two).text, EventLine.row(0, { ...trying, server: "c:1884" }, two).text]).toEqual([
      "b:1883 or c:1884, 1 reading to deliver",
      "c:1884, 1 reading to deliver"
    ])
    expect(EventLine.row(0, { _tag: "Measured", sensor: "s", temperature: 20.436150270452146 }, two).text).toBe(
      "s: 20.4362 °C"
    )
    const door = { wake_pin: 33, update_interval: 3_600 }
    expect([configOf(door), configOf({ ...door, wake_on: "low" })].map(DeviceWords.rhythm)).toEqual([
      "wakes when pin 33 changes, and every 1 h only while something is pending",
      "wakes when pin 33 is low, and every 1 h only while something is pending"
    ])
    const awake = configOf({ deep_sleep: false })
    expect([DeviceWords.rhythm(awake), DeviceWords.sensors(awake), DeviceWords.server(awake)]).toEqual([
      "is always on and measures every 1 min",
      "no sensor",
      "MQTT is off"
    ])
  })
})
