/** Discovery messages against what Home Assistant documents: test/support/homeAssistant.ts says of which version. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { drivers } from "../../../src/domain/config/drivers.ts"
import { quantities } from "../../../src/domain/config/quantities.ts"
import * as HomeAssistant from "../../../src/domain/message/HomeAssistant.ts"
import * as documented from "../../support/homeAssistant.ts"
import { validDocument } from "../config/deviceDocument.ts"

const discoveryOf = (file: object) =>
  HomeAssistant.discovery(Result.getOrThrow(DeviceConfig.check(file)).config, { version: "1.2.3" })

const device = (sensors: object, mqtt: object = {}) => ({
  device_id: "d",
  device_name: "Device",
  sensors,
  mqtt: { enabled: true, broker: "h", client_id: "d", publish_status: true, ...mqtt }
})

describe("Home Assistant takes", () => {
  it.each(Object.keys(quantities))("the quantity %s, with its unit and device class", (quantity) => {
    const isUsual = quantity === "temperature" || quantity === "humidity"
    const file = device({ simulated: { id: "s", ...(isUsual ? {} : { quantities: { [quantity]: {} } }) } })
    const { components } = discoveryOf(file)
    expect(components["s_" + quantity]).toBeDefined()
    expect(documented.faultsOf(discoveryOf(file))).toEqual([])
    expect(documented.faultsOf(discoveryOf(device(file.sensors, { publish_values: true })))).toEqual([])
  })

  it.each(Object.keys(drivers))("what the driver %s gives", (driver) => {
    expect(documented.faultsOf(discoveryOf(device({ [driver]: { id: "s", pin: 4 } })))).toEqual([])
  })

  it("what a device says of itself", () => {
    const { components } = discoveryOf(device({ simulated: {} }))
    expect(Object.keys(components).filter((id) => id.startsWith("status_")).length).toBeGreaterThan(8)
    const battery = { pin: 36, divider: 2 }
    expect(documented.faultsOf(discoveryOf({ ...device({ simulated: {} }), battery }))).toEqual([])
  })

  it("temperatures in Fahrenheit", () => {
    expect(documented.faultsOf(discoveryOf(device({ simulated: { temperature: { unit: "F" } } })))).toEqual([])
  })

  it.each([
    ["energy", "kWh", "total_increasing"],
    ["water", "L", "total_increasing"],
    ["timestamp", "", undefined],
    ["voltage", "mV", "measurement"]
  ])("a quantity of your own with the device class %s", (device_class, unit, state) => {
    const file = device({ simulated: { id: "s", quantities: { mine: { device_class, unit } } } })
    expect(documented.faultsOf(discoveryOf(file))).toEqual([])
    expect(discoveryOf(file).components["s_mine"]?.state_class).toBe(state)
  })

  it("the message of any valid device", () => {
    fc.assert(fc.property(validDocument, (file) => {
      const faults = documented.faultsOf(discoveryOf(file))
      // Units and device classes of a user's own are the user's.
      const own = faults.filter((fault) => !/device class|: \S+ in /.test(fault))
      expect(own.filter((fault) => !/no name|have names/.test(fault))).toEqual([])
    }))
  })

  it("in the version that the guide names", () => {
    const guide = readFileSync(new URL("../../../docs/home-assistant.md", import.meta.url), "utf8")
    expect(guide).toContain(`Home Assistant (${documented.version} or later)`)
  })
})

describe("the check finds", () => {
  const good = discoveryOf(device({ simulated: { id: "s" }, contact: { id: "c", pin: 4 } }))

  const broken: ReadonlyArray<readonly [what: string, id: string, change: object, fault: RegExp]> = [
    ["a key that is none", "s_temperature", { unit: "\u00b0C" }, /unit, which is no key/],
    ["a key of the other platform", "c_open", { unit_of_measurement: "V" }, /unit_of_measurement, which is no key/],
    ["a unit that the device class has not", "s_temperature", { unit_of_measurement: "%" }, /temperature in %/],
    ["no unit where the device class needs one", "s_humidity", { unit_of_measurement: undefined },
      /humidity in undefined/],
    ["a state class that the device class has not", "s_temperature", { state_class: "total" }, /temperature is total/],
    ["a device class that is none", "s_temperature", { device_class: "warmth" }, /no device class: warmth/],
    ["a binary device class that is none", "c_open", { device_class: "openness" }, /no device class: openness/],
    ["a platform that is none", "c_open", { platform: "contact" }, /no platform/],
    ["no unique_id", "c_open", { unique_id: "" }, /no unique_id/],
    ["the same unique_id twice", "c_open", { unique_id: "d_s_temperature" }, /one unique_id/],
    ["a topic that is a filter", "c_open", { state_topic: "a/#" }, /wildcards/],
    ["half a second", "c_open", { expire_after: 0.5 }, /expire_after/]
  ]
  it.each(broken)("%s", (_, id, change, fault) => {
    const components = { ...good.components, [id]: { ...good.components[id], ...change } }
    expect(documented.faultsOf(good)).toEqual([])
    expect(documented.faultsOf({ ...good, components }).join("; ")).toMatch(fault)
  })

  it("a message without what each must have", () => {
    expect(documented.faultsOf({ device: good.device, components: good.components })).not.toEqual([])
    expect(documented.faultsOf({ ...good, device: { name: "d" } })).not.toEqual([])
    expect(documented.faultsOf({ ...good, sensors: {} })).toEqual(["the message has sensors, which is no key"])
  })
})
