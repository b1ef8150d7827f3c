import { describe, expect, it } from "vitest"
import * as Dating from "../../../src/domain/collect/Dating.ts"

const arrived = Date.UTC(2026, 10, 29, 22, 0)

const reading = (uptime: number, time?: number) => ({
  temperature: 21.4,
  humidity: undefined,
  unit: "C",
  uptime,
  time
})

/** An hour before the arrival the device's uptime was 1,000 s. */
const hourAgo: Dating.KnownMoment = { prefix: "garden", device: "pond", uptime: 1_000, at: arrived - 3_600_000 }

describe("the moment of a reading", () => {
  const at = (uptime: number, { known = [hourAgo], prefix = "garden", sensor = "pond" } = {}, time?: number) =>
    Dating.date(reading(uptime, time), { prefix, sensor }, (device) => known.find((one) => one.device === device),
      arrived)

  it("is its own time, whatever a status says", () => {
    expect(at(1_060, {}, 12_345)).toEqual([12_345, "device"])
  })
  it("follows from a status before it", () => {
    expect(at(1_060)).toEqual([arrived - 3_540_000, "status"])
    expect(at(1_000)).toEqual([arrived - 3_600_000, "status"])
    expect(at(1_000.25)).toEqual([arrived - 3_599_750, "status"])
  })
  it("is no later than its arrival, where two clocks differ a little", () => {
    expect(at(1_000 + 3_600 + 30)).toEqual([arrived, "status"])
  })
  it("is that of its arrival where a status leads to the future", () => {
    expect(at(1_000 + 3_600 + 61)).toEqual([arrived, "arrival"])
  })
  it("is that of its arrival where the uptime is smaller: the device may have started over", () => {
    expect(at(999)).toEqual([arrived, "arrival"])
  })
  it("is that of its arrival where nothing is known of the device", () => {
    expect(at(1_060, { known: [] })).toEqual([arrived, "arrival"])
    // Whose status it is at a shared prefix, nobody knows.
    expect(at(1_060, { sensor: "shed" })).toEqual([arrived, "arrival"])
  })
  it("follows from the status of the device that the prefix names", () => {
    const known = [{ ...hourAgo, prefix: "garden/esp-1", device: "esp-1" }]
    expect(at(1_060, { known, prefix: "garden/esp-1", sensor: "dht22" })).toEqual([arrived - 3_540_000, "status"])
  })
})

describe("a status", () => {
  const status = { device: "pond", uptime: 5, time: undefined }
  it("makes a moment known by its time, also when it is an old one", () => {
    expect(Dating.known({ prefix: "garden", arrived, isLive: false }, { ...status, time: 77 })).toEqual({
      prefix: "garden",
      device: "pond",
      uptime: 5,
      at: 77
    })
  })
  it("makes one known by its arrival only when it has just been published", () => {
    expect(Dating.known({ prefix: "garden", arrived, isLive: true }, status)).toMatchObject({ at: arrived })
    expect(Dating.known({ prefix: "garden", arrived, isLive: false }, status)).toBeUndefined()
  })
})
