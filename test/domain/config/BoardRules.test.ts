import * as Result from "effect/Result"
import { expect, it } from "vitest"
import * as BoardRules from "../../../src/domain/config/BoardRules.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"

const three = { simulated: { id: "a" }, dht22: { id: "b", pin: 4 }, bme280: { id: "c", pin: 8, pin_scl: 9 } }

const faults = (file: object, mqtt: object) =>
  BoardRules.faults(Result.getOrThrow(DeviceConfig.check({
    device_id: "d1",
    version: 1,
    update_interval: 300,
    network: { ssid: "home", password: "" },
    ...file,
    mqtt: { enabled: true, broker: "broker", ...mqtt }
  })).config).map(({ field, fix, problem }) => `${field} must be ${fix}, but ${problem}`)

const two = { simulated: { id: "a" }, bme280: { id: "c", pin: 8, pin_scl: 9 } }

const tooMany = "sensors must be at most 2 with deep_sleep false and mqtt.ssl on a board, but are 3"

it.each([
  ["that sleeps, with all that there is", { sensors: three }, { ssl: true, outbox: { bytes: 327_680 } }, []],
  ["that sleeps, with a larger journal", { sensors: three }, { ssl: true, outbox: { bytes: 327_681 } }, [
    "mqtt.outbox.bytes must be at most 327680 on a board, but is 327681"
  ]],
  ["that is always on, without TLS", { deep_sleep: false, sensors: three }, { outbox: { capacity: 100_000 } }, []],
  ["that is always on, with TLS and two sensors", { deep_sleep: false, sensors: two }, {
    ssl: true,
    outbox: { capacity: 100_000 }
  }, []],
  ["that is always on, with TLS and three sensors", { deep_sleep: false, sensors: three }, { ssl: true }, [tooMany]]
] as const)("a board is asked for no more than it survives: one %s", (_, file, mqtt, expected) => {
  expect(faults(file, mqtt)).toEqual(expected)
})
