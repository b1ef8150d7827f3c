/** Readings of any quantities: how they are calibrated, published, compared, announced, and made up. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as ConfigReview from "../../../src/domain/config/ConfigReview.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { drivers, isOwn } from "../../../src/domain/config/drivers.ts"
import { quantities } from "../../../src/domain/config/quantities.ts"
import { isCompared, isSelective } from "../../../src/domain/config/limits.ts"
import * as HomeAssistant from "../../../src/domain/message/HomeAssistant.ts"
import * as MadeUp from "../../../src/domain/message/MadeUp.ts"
import * as Quantities from "../../../src/domain/message/Quantities.ts"
import * as Reading from "../../../src/domain/message/Reading.ts"
import type { Published } from "../../../src/domain/state/Selection.ts"
import { select } from "../../../src/domain/wake/onChange.ts"
import { wakeOf } from "../wake/support.ts"

const checked = (sensors: object) => DeviceConfig.check({ sensors })
const sensorOf = (sensors: object) => Result.getOrThrow(checked(sensors)).config.sensors[0] as DeviceConfig.SensorConfig
const issuesOf = (sensors: object) =>
  Result.match(checked(sensors), {
    onFailure: ({ issues }) => issues.map(({ field }) => field),
    onSuccess: () => []
  })

const messages = (sensors: object, measurement: object, publishValues = false) =>
  Reading.toMessages({ sensor: sensorOf(sensors), uptime: 60, ...measurement }, publishValues)
    .map(({ payload, topic }) => [topic, payload])

const document = (sensors: object, measurement: object) => messages(sensors, measurement)[0]?.[1]

describe("a sensor in the file", () => {
  it("has no list as long as it gives temperature and humidity as they are measured, so that a board needs none", () => {
    for (
      const sensors of [{ dht22: { pin: 4 } }, { simulated: {} }, { dht11: { pin: 4, temperature: { unit: "F" } } }, {
        a: { driver: "bme280", pin: 4, humidity: { change: 1 } }
      }, { thermopile: { pin: 4 } }]
    ) {
      expect(Object.keys(sensorOf(sensors))).not.toContain("quantities")
    }
  })

  it.each([
    ["what the driver gives", { bmp280: { pin: 4 } }, ["temperature", "pressure"]],
    ["what the file adds", { bme280: { pin: 4, quantities: { pressure: {} } } }, ["temperature", "humidity",
      "pressure"]],
    ["a calibration", { dht22: { pin: 4, humidity: { offset: 2 } } }, ["temperature", "humidity"]],
    ["decimals", { dht22: { pin: 4, humidity: { decimals: 0 } } }, ["temperature", "humidity"]],
    ["the one that an analog input is said to be", { analog: { pin: 34, quantities: { moisture: {} } } }, ["moisture"]],
    ["an analog input by itself", { analog: { pin: 34 } }, ["level"]],
    ["what the file names, for a script", { script: { script: "", humidity: {}, quantities: { rain: {} } } }, [
      "humidity",
      "rain"
    ]]
  ])("has a list of %s", (_, sensors, keys) => {
    expect(sensorOf(sensors).quantities?.map(({ key }) => key)).toEqual(keys)
  })

  it("has a key of its own and a driver", () => {
    expect(sensorOf({ roof: { driver: "ds18b20", pin: 4 } })).toMatchObject({
      type: "ds18b20",
      key: "roof",
      id: "roof"
    })
    expect(Object.keys(sensorOf({ dht22: { driver: "dht22", pin: 4 } }))).not.toContain("key")
  })

  it.each([
    [{ simulated: { quantities: { "a b": {} } } }, ["sensors.simulated.quantities.a b"]],
    [{ simulated: { quantities: { uptime: {} } } }, ["sensors.simulated.quantities.uptime"]],
    [{ simulated: { quantities: [] } }, ["sensors.simulated.quantities"]],
    [{ simulated: { quantities: { x: 1 } } }, ["sensors.simulated.quantities.x"]],
    [{ simulated: { quantities: { x: { above: 1, below: 2 } } } }, ["sensors.simulated.quantities.x.below"]],
    [{ simulated: { humidity: { measured_low: 1 } } }, ["sensors.simulated.humidity.measured_low"]],
    [{ simulated: { humidity: { measured_low: 1, true_low: 2, measured_high: 1, true_high: 3 } } }, [
      "sensors.simulated.humidity.measured_high"
    ]],
    [{ simulated: { humidity: { measured_low: 1, true_low: 2, measured_high: 3, true_high: 3, offset: 1 } } }, [
      "sensors.simulated.humidity.measured_low"
    ]]
  ])("is refused with its place: %j", (sensors, fields) => expect(issuesOf(sensors)).toEqual(fields))

  it("is the same after an update of something else", () => {
    const all = {
      roof: { driver: "ds18b20", pin: 4, device: "1", temperature: { offset: 1 } },
      bmp280: { pin: 21, quantities: { pressure: { scale: 2, change: 1, name: "P" } } },
      rain: { driver: "script", script: "done(1)", quantities: { rain: { unit: "mm" } } },
      analog: { pin: 34, quantities: { moisture: { measured_low: 1, true_low: 2, measured_high: 3, true_high: 4 } } },
      dht22: { pin: 5 }
    }
    const { config } = Result.getOrThrow(checked(all))
    const again = Result.getOrThrow(DeviceConfig.check(ConfigReview.toDocument(config)))
    expect(again).toEqual({ config, warnings: [] })
  })
})

describe("a reading of quantities", () => {
  it("is in the order of the list, with the temperature's unit behind the uptime", () => {
    expect(
      messages({ bmp280: { id: "b", pin: 4, temperature: { unit: "F" } } }, { pressure: 1006.5327, temperature: 25.08 },
        true)
    ).toEqual([
      ["b/data", "{\"temperature\":77.14,\"pressure\":1006.53,\"uptime\":60,\"unit\":\"F\"}"],
      ["b/temperature", "77.14"],
      ["b/pressure", "1006.53"]
    ])
    expect(document({ bh1750: { pin: 4 } }, { illuminance: 450 })).toBe("{\"illuminance\":450,\"uptime\":60}")
  })

  it("leaves out what is no number, and what was not asked for", () => {
    expect(document({ bmp280: { pin: 4 } }, { pressure: NaN, temperature: 1, other: 5 }))
      .toBe("{\"temperature\":1,\"uptime\":60,\"unit\":\"C\"}")
  })

  it.each([
    [{ offset: -0.4 }, 21.4, 21],
    [{ scale: 2, offset: 1 }, 21.4, 43.8],
    [{ decimals: 0 }, 21.6, 22],
    [{ decimals: 3 }, 21.41234, 21.412],
    [{ measured_low: 71, true_low: 0, measured_high: 32, true_high: 100 }, 71, 0],
    [{ measured_low: 71, true_low: 0, measured_high: 32, true_high: 100 }, 51.5, 50],
    [{ measured_low: 71, true_low: 0, measured_high: 32, true_high: 100, decimals: 0 }, 31, 103]
  ])("is calibrated by %j: %d becomes %d", (keys, measured, published) => {
    expect(JSON.parse(document({ simulated: { humidity: keys } }, { humidity: measured }) ?? "")).toEqual({
      humidity: published,
      uptime: 60
    })
  })

  it("is byte for byte that of two fields, for a sensor that gives these", () => {
    const plain = sensorOf({ dht22: { id: "d", pin: 4 } })
    const listed = { ...plain, quantities: [{ key: "temperature" }, { key: "humidity" }] }
    const value = fc.oneof(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constantFrom(NaN, Infinity, -0, 21.45))
    fc.assert(fc.property(
      fc.record({ temperature: value, humidity: value }, { requiredKeys: [] }),
      fc.constantFrom("C" as const, "F" as const),
      fc.boolean(),
      (measurement, unit, publishValues) => {
        const [one, other] = [plain, listed].map((sensor) => ({
          ...measurement,
          sensor: { ...sensor, temperature: { ...sensor.temperature, unit } },
          uptime: 5
        }))
        expect(Quantities.messagesOf(other as Reading.Reading, publishValues))
          .toEqual(Reading.toMessages(one as Reading.Reading, publishValues))
      }
    ))
  })
})

describe("which readings of quantities are published", () => {
  const now = 10_000_000
  const keys = { pin: 4, quantities: { pressure: { change: 2, above: 1_020, hysteresis: 1 } } }
  const decide = (measurement: object, last?: Published) => {
    const wake = wakeOf({
      file: { sensors: { bmp280: keys } },
      state: last === undefined ? {} : { selection: [0, { bmp280: last }] }
    })
    const sensor = wake.config.sensors[0] as DeviceConfig.SensorConfig
    return [select(wake, sensor, measurement, now), wake.state.selection?.[1]["bmp280"]] as const
  }
  const before: Published = [now - 60_000, null, null, 0, { pressure: 1_000 }]

  it("asks each quantity's own limits", () => {
    const sensor = sensorOf({ bmp280: keys })
    expect([isSelective(sensor), isCompared(sensor)]).toEqual([true, true])
    expect(isCompared(sensorOf({ bmp280: { pin: 4 } }))).toBe(false)
  })

  it.each([
    ["the first", { temperature: 1, pressure: 1_000 }, undefined, true],
    ["too small a change", { temperature: 9, pressure: 1_001.9 }, before, false],
    ["a change", { pressure: 1_002 }, before, true],
    ["nothing that is compared", { temperature: 1 }, before, false],
    ["above the threshold", { pressure: 1_020.5 }, [now - 60_000, null, null, 0, { pressure: 1_020 }] as Published,
      true],
    ["still above it", { pressure: 1_019.5 }, [now - 60_000, null, null, 4, { pressure: 1_020 }] as Published, false],
    ["back below it", { pressure: 1_018.9 }, [now - 60_000, null, null, 4, { pressure: 1_020 }] as Published, true]
  ])("publishes %s", (_, measurement, last, expected) => expect(decide(measurement, last)[0]).toBe(expected))

  it("remembers the alarms, and those values that are compared", () => {
    expect(decide({ temperature: 3, pressure: 1_021 })[1]).toEqual([now, null, null, 4, { pressure: 1_021 }])
  })
})

describe("every driver", () => {
  const named = Object.keys(drivers).filter((name) => !isOwn(name))

  it.each(named)("%s: has made-up values, a message and entities for all that it gives", (name) => {
    const file = { update_interval: 60, sensors: { [name]: { pin: 4 } }, mqtt: { enabled: true, broker: "h" } }
    const { config } = Result.getOrThrow(DeviceConfig.check(file))
    const sensor = config.sensors[0] as DeviceConfig.SensorConfig
    const gives = drivers[name as keyof typeof drivers].gives
    const measurement = MadeUp.complete(sensor, { temperature: 20, humidity: 50 }, 1_700_000_000_000, 0.5)
    expect(Object.keys(measurement)).toEqual(expect.arrayContaining([...gives]))
    const [message] = Reading.toMessages({ sensor, uptime: 0, ...measurement }, false)
    expect(Object.keys(JSON.parse(message?.payload ?? "") as object).filter((key) => key !== "unit")).toEqual([...gives,
      "uptime"])
    const { components } = HomeAssistant.discovery(config, { version: "1" })
    expect(Object.keys(components)).toEqual([...gives, "uptime"].map((key) => name + "_" + key))
    // Each is a known quantity, so that Home Assistant knows its unit.
    expect(gives.filter((key) => quantities[key] === undefined)).toEqual([])
  })

  it("is announced with the unit and class of the file, or of the quantity", () => {
    const config = Result.getOrThrow(DeviceConfig.check({
      sensors: {
        script: {
          script: "",
          quantities: { rain: { unit: "mm", device_class: "precipitation", name: "Rain" }, open: {} }
        }
      },
      mqtt: { client_id: "c" }
    })).config
    const { script_open, script_rain } = HomeAssistant.discovery(config, { version: "1" }).components
    expect(script_rain).toMatchObject({ device_class: "precipitation", unit_of_measurement: "mm", name: "Rain" })
    expect(script_open).toMatchObject({
      platform: "binary_sensor",
      payload_on: "1",
      payload_off: "0",
      device_class: "opening"
    })
    expect(script_open).not.toHaveProperty("state_class")
  })

  it("is announced as a sum if it counts, and made up so that it never falls", () => {
    const file = {
      deep_sleep: false,
      sensors: { pulse: { pin: 27, quantities: { rain: { unit: "mm", device_class: "precipitation" } } } },
      mqtt: { client_id: "c" }
    }
    const { config } = Result.getOrThrow(DeviceConfig.check(file))
    const { components } = HomeAssistant.discovery(config, { version: "1" })
    expect(components["pulse_rain"]).toMatchObject({ state_class: "total_increasing", device_class: "precipitation" })
    const sensors = [config.sensors[0] as DeviceConfig.SensorConfig,
      sensorOf({ simulated: { quantities: { count: {} } } })]
    for (const sensor of sensors) {
      const key = sensor.quantities?.at(-1)?.key ?? ""
      const counts = Array.from({ length: 100 }, (_, hour) =>
        (MadeUp.complete(sensor, {}, hour * 3_600_000, hour % 7 / 7) as Readonly<Record<string, number>>)[key] ?? NaN)
      expect(counts).toEqual(counts.map((_, hour) =>
        6 * hour
      ))
    }
  })

  it("makes values up between those that are usual", () => {
    const sensor = sensorOf({ bme680: { pin: 4 } })
    for (let hour = 0; hour < 48; hour++) {
      const found = MadeUp.complete(sensor, {}, hour * 3_600_000, 0.3) as Readonly<Record<string, number>>
      for (const [key, value] of Object.entries(found)) {
        expect(value).toBeGreaterThanOrEqual(quantities[key]?.low ?? NaN)
        expect(value).toBeLessThanOrEqual(quantities[key]?.high ?? NaN)
      }
    }
  })
})
