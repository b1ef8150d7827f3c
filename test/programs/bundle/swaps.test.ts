import * as Result from "effect/Result"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/DeviceConfig.ts"
import { build } from "../../../src/programs/bundle/build.ts"
import { shortNames } from "../../../src/programs/bundle/compile/names.ts"
import { runtimeOf } from "../../../src/programs/bundle/modules.ts"
import { asides, carried, everyday } from "../../../src/programs/bundle/swaps.ts"
import { sharing } from "../../support/keptScripts.ts"

const source = join(import.meta.dirname, "../../../src")

const config = (file: object = {}, mqtt: object = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(DeviceConfig.check({
    device_id: "greenhouse",
    update_interval: 600,
    network: { ssid: "home", password: "secret" },
    sensors: { simulated: { id: "air" } },
    ...file,
    mqtt: { enabled: true, broker: "broker", topic_data_prefix: "data", topic_config: "config", ...mqtt }
  })).config

const certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

describe("what a board's program carries of its configuration", () => {
  const keysOf = (value: unknown): ReadonlyArray<string> =>
    typeof value !== "object" || value === null ? []
    : Array.isArray(value) ? value.flatMap(keysOf)
    : Object.entries(value).flatMap(([key, each]) => [key, ...keysOf(each)])

  it("lacks nothing that the program reads, asleep or always on", async () => {
    for (const deep_sleep of [true, false]) {
      const whole = config({ deep_sleep })
      const json = JSON.stringify(whole)
      const left = keysOf(JSON.parse(carried(json)))
      // The humidity that is read is a reading's.
      const out = keysOf(whole).filter((key) => !left.includes(key) && key !== "humidity")
      expect(out).toContain("deviceName")
      const { code } = await build({
        entry: join(source, "programs/main.espruino.ts"),
        source,
        runtime: runtimeOf(source),
        define: { deviceConfig: json },
        minify: true,
        apart: true,
        sleeps: deep_sleep,
        ...sharing()
      })
      // A connection over TLS alone has certificates, and is not what these two make.
      for (const key of out) expect(code).not.toMatch(new RegExp("\\." + (shortNames.get(key) ?? key) + "(?!\\w)"))
    }
  })

  it("has the certificates of a connection over TLS", () => {
    const { mqtt } = JSON.parse(carried(JSON.stringify(config({}, { ssl: true, ssl_ca: certificate })))) as DeviceConfig.DeviceConfig
    expect(mqtt.sslCa).toBe(certificate)
  })
})

describe("what stays in a board's program", () => {
  const rows: ReadonlyArray<readonly [what: string, config: DeviceConfig.DeviceConfig, modules: ReadonlyArray<string>]> = [
    ["with spread wakes", config({ spread_wakes: true }), ["domain/WakePhase.ts"]],
    ["with an interval of a sensor's own", config({ sensors: { simulated: { id: "air", interval: 60 } } }), ["domain/Turn.ts"]],
    ["with plain values", config({}, { publish_values: true }), ["domain/PlainValues.ts"]],
    ["with two topics", config({}, { topic_config_version: "v", topic_config_data: "d" }), ["domain/TwoTopics.ts", "adapters/espruino/bytes/unusual.ts"]],
    ["with a topic that is not ASCII", config({}, { topic_config: "k\u00e4se" }), ["adapters/espruino/bytes/unusual.ts"]],
    ["always on", config({ deep_sleep: false }), ["programs/device/Unusual.ts", "domain/Violation.ts", "adapters/espruino/bytes/unusual.ts"]]
  ]
  const usual = everyday(config())

  it.each(rows)("%s", (_, config, modules) => {
    expect(everyday(config).filter((module) => !usual.includes(module)).toSorted()).toEqual(modules.toSorted())
    const apart = asides.flatMap(({ modules }) => Object.keys(modules))
    for (const module of modules) expect(apart).toContain(module)
  })

  it("is the sensor's driver alone where nothing is special", () => {
    expect(usual).toEqual(["adapters/espruino/drivers/simulated.ts"])
  })
})
