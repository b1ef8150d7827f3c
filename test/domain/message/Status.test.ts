import { describe, expect, it } from "vitest"
import * as Status from "../../../src/domain/message/Status.ts"
import { configOf } from "../wake/support.ts"

const status: Status.Status = {
  device: "balcony",
  uptime: 3_600,
  time: "2026-11-29T22:10:00Z",
  pending: 2,
  evicted: 1,
  tries: 3,
  awakeMillis: 2_100,
  radioMillis: 1_900,
  wokenBy: "timer",
  program: "0.1.0",
  configVersion: 7,
  lastError: "the Server refused",
  nextConnection: 300
}

describe("what a device says of itself", () => {
  it("is one JSON document, with the keys that the guide names", () => {
    expect(Status.toText(status)).toBe(
      "{\"device\":\"balcony\",\"uptime\":3600,\"pending\":2,\"evicted\":1,\"tries\":3,\"awake_ms\":2100,\"radio_ms\":1900,"
        + "\"woken_by\":\"timer\",\"program\":\"0.1.0\",\"config_version\":7,\"last_error\":\"the Server refused\",\"next_connection\":300,\"time\":\"2026-11-29T22:10:00Z\"}"
    )
  })

  it("has no time where the clock is not known", () => {
    expect(JSON.parse(Status.toText({ ...status, time: undefined }))).not.toHaveProperty("time")
  })

  it("says what the battery has, where one is measured, and null where it could not be", () => {
    const says = (battery: Status.BatteryStatus) => JSON.parse(Status.toText({ ...status, battery })) as object
    expect(says({ percent: 87, volts: 3.92, isLow: false })).toMatchObject({
      battery: 87,
      battery_volts: 3.92,
      battery_low: false
    })
    expect(says({ percent: null, volts: null, isLow: true })).toMatchObject({
      battery: null,
      battery_volts: null,
      battery_low: true
    })
    expect(JSON.parse(Status.toText(status))).not.toHaveProperty("battery")
  })

  it("has null where nothing went wrong", () => {
    expect(JSON.parse(Status.toText({ ...status, lastError: "" }))).toMatchObject({ last_error: null })
  })
})

/** A wake comes each 300 s; the policy wants a try each six hours. */
const rows: ReadonlyArray<readonly [name: string, file: object, mqtt: object, seconds: number]> = [
  ["at each wake", {}, {}, 300],
  ["at each wake, without a sensor, for updates alone", { sensors: {} }, {}, 300],
  ["at the first wake after the sensor's interval", { sensors: { simulated: { interval: 1_000 } } }, {}, 1_200],
  ["when the first of several sensors is due", {
    sensors: { simulated: { interval: 7_200 }, dht22: { pin: 4, interval: 3_600 } }
  }, {}, 3_600],
  ["after the longest silence", { sensors: { simulated: { max_silence: 2_000, temperature: { change: 1 } } } }, {},
    2_100],
  ["after an hour of silence, where none is given", { sensors: { simulated: { temperature: { change: 1 } } } }, {},
    3_600],
  ["by the policy, when a sensor is read more seldom", { sensors: { simulated: { interval: 86_400 } } }, {}, 21_600],
  ["when it is to send", {}, { send_interval: 3_600 }, 3_600],
  ["at the first wake after it is to send", {}, { send_interval: 1_000 }, 1_200],
  ["at its interval, when it is always on", { deep_sleep: false }, { send_interval: 3_600 }, 300]
]

describe("a device connects next", () => {
  it.each(rows)("%s", (_, file, mqtt, seconds) => {
    expect(Status.nextConnection(configOf({ file: { ...file }, mqtt: { ...mqtt } }))).toBe(seconds)
  })

  it("later, while its battery is low", () => {
    const config = configOf({ file: { battery: { pin: 35, low_send_interval: 7_000 } } })
    expect([Status.nextConnection(config, false), Status.nextConnection(config, true)]).toEqual([300, 7_200])
  })
})
