import { describe, expect, it } from "vitest"
import { ownerOf } from "../../../src/domain/collect/Ownership.ts"

describe("a reading is of", () => {
  const rows: ReadonlyArray<
    readonly [what: string, prefix: string, sensor: string, devices: ReadonlyArray<string>, owner: string]
  > = [
    ["the device with the sensor's id", "home/data", "pond", ["pond", "home"], "pond"],
    ["the device whose id is a level of the prefix", "home/pond/data", "dht22", ["pond", "shed"], "pond"],
    ["the device whose id begins that of the sensor", "home/data", "pond-dht22", ["pond", "shed"], "pond"],
    ["the one with the longest such id", "home/data", "pond-north_dht22", ["pond", "pond-north"], "pond-north"],
    ["none that is only written alike", "home/data", "pondside", ["pond", "shed"], "pondside"],
    ["the only device there", "home/data", "b1", ["pond"], "pond"],
    ["an unknown device, which the sensor names", "home/data", "b1", ["pond", "shed"], "b1"],
    ["an unknown device, where no device says its status", "home/data", "b1", [], "b1"]
  ]
  it.each(rows)("%s", (_, prefix, sensor, devices, owner) => {
    expect(ownerOf(prefix, sensor, new Set(devices))).toBe(owner)
  })
})
