import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Status from "../../../src/domain/message/Status.ts"
import * as documents from "../../../src/domain/collect/documents.ts"

const nothing = { temperature: undefined, humidity: undefined, unit: undefined, time: undefined, quantities: [] }

const silent = {
  pending: undefined,
  evicted: undefined,
  tries: undefined,
  awakeMillis: undefined,
  radioMillis: undefined,
  wokenBy: undefined,
  program: undefined,
  configVersion: undefined,
  lastError: undefined,
  nextConnection: undefined,
  batteryPercent: undefined,
  batteryVolts: undefined,
  isBatteryLow: undefined
}

describe("a reading", () => {
  const rows: ReadonlyArray<readonly [text: string, reading: object]> = [
    [`{"temperature":21.4,"humidity":48.2,"uptime":3600,"unit":"C","time":"2026-11-29T22:10:00Z"}`, {
      temperature: 21.4,
      humidity: 48.2,
      uptime: 3600,
      unit: "C",
      time: Date.UTC(2026, 10, 29, 22, 10),
      quantities: []
    }],
    [`{"uptime":0}`, { ...nothing, uptime: 0 }],
    [`{"uptime":5,"temperature":null,"unit":null,"time":null}`, { ...nothing, uptime: 5 }],
    [`{"uptime":1.5,"humidity":-0}`, { ...nothing, uptime: 1.5, humidity: -0 }],
    [`{"uptime":1,"pressure":1013,"more":{"deep":[1,2]},"open":0,"x":1e999,"y":"2","ärger":-1.5}`, {
      ...nothing,
      uptime: 1,
      quantities: [["pressure", 1013], ["open", 0], ["ärger", -1.5]]
    }],
    [`{"uptime":1,"time":"2026-11-29T23:10:00.250+01:00"}`, {
      ...nothing,
      uptime: 1,
      time: Date.UTC(2026, 10, 29, 22, 10, 0, 250)
    }]
  ]
  it.each(rows)("is read from %s", (text, wanted) => {
    expect(Result.getOrThrow(documents.reading(text))).toEqual(wanted)
  })

  const refused: ReadonlyArray<readonly [text: string, reason: string]> = [
    ["", "is not JSON"],
    ["21.4 degrees", "is not JSON"],
    [`{"uptime":1`, "is not JSON"],
    ["21.4", "is JSON, but no object"],
    ["null", "is JSON, but no object"],
    [`[{"uptime":1}]`, "is JSON, but no object"],
    [`{"temperature":21.4}`, "has no uptime"],
    [`{"uptime":"1"}`, "has an uptime that is no number of at least 0"],
    [`{"uptime":-1}`, "has an uptime that is no number of at least 0"],
    [`{"uptime":1e999}`, "has an uptime that is no number of at least 0"],
    [`{"uptime":1,"temperature":"21.4"}`, "has a temperature that is no number"],
    [`{"uptime":1,"temperature":{}}`, "has a temperature that is no number"],
    [`{"uptime":1,"humidity":[48]}`, "has a humidity that is no number"],
    [`{"uptime":1,"humidity":1e999}`, "has a humidity that is no number"],
    [`{"uptime":1,"unit":7}`, "has a unit that is no text"],
    [`{"uptime":1,"time":1796000000}`, "has a time that is no moment in ISO 8601"],
    [`{"uptime":1,"time":"yesterday"}`, "has a time that is no moment in ISO 8601"],
    [`{"uptime":1,"time":"2026-11-29 22:10:00"}`, "has a time that is no moment in ISO 8601"],
    [`{"uptime":1,"time":"2026-13-29T22:10:00Z"}`, "has a time that is no moment in ISO 8601"],
    ["[".repeat(16_000), "is not JSON"],
    [`{"__proto__":{"uptime":1}}`, "has no uptime"]
  ]
  it.each(refused)("is not %s", (text, reason) => {
    expect(documents.reading(text)).toEqual(Result.fail(reason))
  })

  it("never throws, whatever comes, and has only finite numbers", () => {
    const anything = fc.oneof(fc.string({ unit: "binary" }), fc.json(),
      fc.dictionary(fc.constantFrom("uptime", "temperature", "humidity", "unit", "time", "pressure", ""),
        fc.jsonValue()).map((value) => JSON.stringify(value)))
    fc.assert(fc.property(anything, (text) => {
      const read = documents.reading(text)
      documents.status(text)
      if (Result.isFailure(read)) return
      const { humidity = 0, quantities, temperature = 0, time = 0, uptime } = read.success
      const others = quantities.map(([, value]) => value)
      for (const value of [humidity, temperature, time, uptime, ...others]) expect(Number.isFinite(value)).toBe(true)
    }))
  })
})

describe("the text of a message", () => {
  it("is its UTF-8", () => {
    expect(documents.textOf(Bytes.fromText("°C"))).toEqual(Result.succeed("°C"))
  })
  it("is refused where it is none, or long", () => {
    expect(documents.textOf(Uint8Array.of(0xff, 0x7b))).toEqual(Result.fail("is not UTF-8"))
    const most = documents.maximumBytes
    expect(Result.isSuccess(documents.textOf(new Uint8Array(most).fill(0x20)))).toBe(true)
    expect(documents.textOf(new Uint8Array(most + 1))).toEqual(
      Result.fail(`has ${most + 1} bytes, more than ${most}`)
    )
  })
})

describe("a status", () => {
  it("says whose uptime was how much", () => {
    const text = `{"device":"a","uptime":7,"pending":0,"time":"2026-11-29T22:10:00Z"}`
    expect(documents.status(text)).toEqual(
      Result.succeed({ ...silent, device: "a", uptime: 7, time: Date.UTC(2026, 10, 29, 22, 10), pending: 0 })
    )
    expect(documents.status(`{"device":"a","uptime":7}`)).toEqual(
      Result.succeed({ ...silent, device: "a", uptime: 7, time: undefined })
    )
  })
  it("says all that a device says of itself", () => {
    const text = Status.toText({
      device: "a",
      uptime: 7,
      time: "2026-11-29T22:10:00Z",
      pending: 1,
      evicted: 2,
      tries: 3,
      awakeMillis: 4,
      radioMillis: 5,
      wokenBy: "timer",
      program: "0.1.0",
      configVersion: 6,
      lastError: "refused",
      nextConnection: 300
    })
    const { batteryPercent, batteryVolts, isBatteryLow, ...said } = Result.getOrThrow(documents.status(text))
    expect(Object.values(said)).not.toContain(undefined)
    expect([batteryPercent, batteryVolts, isBatteryLow]).toEqual([undefined, undefined, undefined])
    expect(said).toMatchObject({ awakeMillis: 4, radioMillis: 5, configVersion: 6, nextConnection: 300 })
    const battery = documents.status(`{"device":"a","uptime":7,"battery":70,"battery_volts":3.9,"battery_low":true}`)
    expect(Result.getOrThrow(battery)).toMatchObject({
      batteryVolts: 3.9,
      batteryPercent: 70,
      isBatteryLow: true
    })
  })
  it("is one whatever else has a wrong type", () => {
    const text = `{"device":"a","uptime":7,"tries":"1","battery":[],"battery_low":1,"awake_ms":1e999,"last_error":{}}`
    expect(documents.status(text)).toEqual(Result.succeed({ ...silent, device: "a", uptime: 7, time: undefined }))
  })
  it.each([
    [`{"uptime":7}`, "names no device"],
    [`{"device":"","uptime":7}`, "names no device"],
    [`{"device":["a"],"uptime":7}`, "names no device"],
    [`{"device":"a"}`, "has no uptime"],
    [`{"device":"a","uptime":7,"time":"soon"}`, "has a time that is no moment in ISO 8601"],
    ["online", "is not JSON"]
  ])("is not %s", (text, reason) => {
    expect(documents.status(text)).toEqual(Result.fail(reason))
  })
})
