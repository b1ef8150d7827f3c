import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { SensorConfig } from "../../../src/domain/config/DeviceConfig.ts"
import * as Reading from "../../../src/domain/message/Reading.ts"

type Unit = SensorConfig["temperature"]["unit"]

const sensor = (unit: Unit = "C"): SensorConfig => ({
  type: "dht22",
  id: "room",
  name: "Living room",
  pin: 4,
  interval: 0,
  temperature: { name: "Temperature", unit },
  humidity: { name: "Humidity", unit: "%" }
})

/** Topic -> text. */
const texts = (
  measurement: Reading.Measurement,
  options: { readonly unit?: Unit; readonly values?: boolean; readonly uptime?: number } = {}
) =>
  Reading.toMessages({ sensor: sensor(options.unit), uptime: options.uptime ?? 3_600, ...measurement },
    options.values ?? false)
    .map((message) => [message.topic, message.payload])

const document = (measurement: Reading.Measurement, unit?: Unit) =>
  texts(measurement, unit === undefined ? {} : { unit })[0]?.[1]

describe("a reading", () => {
  it("becomes one JSON document at <prefix>/<sensor id>/data", () => {
    expect(texts({ temperature: 21.4, humidity: 48.2 })).toEqual([
      ["room/data", "{\"temperature\":21.4,\"humidity\":48.2,\"uptime\":3600,\"unit\":\"C\"}"]
    ])
  })

  it("also becomes plain values, when asked, after the document", () => {
    expect(texts({ temperature: 21.4, humidity: 48.2 }, { values: true })).toEqual([
      ["room/data", "{\"temperature\":21.4,\"humidity\":48.2,\"uptime\":3600,\"unit\":\"C\"}"],
      ["room/temperature", "21.4"],
      ["room/humidity", "48.2"]
    ])
  })

  it("leave out what is no number", () => {
    for (const none of [NaN, Infinity, -Infinity]) {
      expect(texts({ temperature: none, humidity: 48.2 }, { values: true })).toEqual([
        ["room/data", "{\"humidity\":48.2,\"uptime\":3600}"],
        ["room/humidity", "48.2"]
      ])
    }
  })

  it("leaves out what the sensor cannot measure, its topic included", () => {
    expect(texts({ temperature: 21.4 }, { values: true })).toEqual([
      ["room/data", "{\"temperature\":21.4,\"uptime\":3600,\"unit\":\"C\"}"],
      ["room/temperature", "21.4"]
    ])
    expect(texts({ humidity: 48.2 }, { values: true })).toEqual([
      ["room/data", "{\"humidity\":48.2,\"uptime\":3600}"],
      ["room/humidity", "48.2"]
    ])
  })

  it("contains zeros like any other number", () => {
    expect(texts({ temperature: 0, humidity: 0 }, { uptime: 0, values: true }).map(([, text]) => text)).toEqual([
      "{\"temperature\":0,\"humidity\":0,\"uptime\":0,\"unit\":\"C\"}",
      "0",
      "0"
    ])
  })
})

describe("the temperature of a reading", () => {
  it.each([[0, 32], [100, 212], [-40, -40], [21.4, 70.52], [37, 98.6]])("%d degrees Celsius are %d Fahrenheit",
    (celsius, fahrenheit) => {
      expect(document({ temperature: celsius }, "F")).toBe(`{"temperature":${fahrenheit},"uptime":3600,"unit":"F"}`)
    })

  it("does not carry the noise of binary fractions", () => {
    expect(document({ temperature: 0.1 + 0.2 })).toContain("\"temperature\":0.3,")
    expect(document({ temperature: 21.123456 })).toContain("\"temperature\":21.12,")
    expect(document({ temperature: -0.001 })).toContain("\"temperature\":0,")
  })

  it("stays within half a hundredth of what was measured, in either unit", () => {
    fc.assert(
      fc.property(fc.double({ min: -60, max: 130, noNaN: true }), fc.constantFrom("C", "F"), (celsius, unit) => {
        const sent =
          (JSON.parse(document({ temperature: celsius }, unit) as string) as { temperature: number }).temperature
        const back = unit === "F" ? (sent - 32) / 1.8 : sent
        expect(Math.abs(back - celsius)).toBeLessThanOrEqual(0.005_000_001)
      })
    )
  })
})
