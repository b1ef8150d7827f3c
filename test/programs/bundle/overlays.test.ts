import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { build } from "../../../src/programs/bundle/build.ts"
import * as Names from "../../../src/programs/bundle/Names.ts"
import { runtimeOf } from "../../../src/programs/bundle/modules.ts"
import { overlays, resident, scratch } from "../../../src/programs/bundle/overlays.ts"
import { residentConfig } from "../../../src/programs/bundle/residentConfig.ts"
import { sparedBy } from "../../../src/programs/bundle/sparedBy.ts"
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

describe("the configuration beside a board's program", () => {
  const keysOf = (value: unknown): ReadonlyArray<string> =>
    typeof value !== "object" || value === null ? []
      : Array.isArray(value) ? value.flatMap(keysOf)
      : Object.entries(value).flatMap(([key, each]) => [key, ...keysOf(each)])

  it("lacks nothing that the program reads: asleep, always on, with readings kept for later, or with a time", async () => {
    for (
      const [deep_sleep, send_interval, server] of [[true, 0, ""], [false, 0, ""], [true, 3_600, ""], [true, 0,
        "pool"]] as const
    ) {
      const whole = config({ deep_sleep, time: { server } }, { send_interval })
      const json = JSON.stringify(whole)
      const left = keysOf(JSON.parse(residentConfig(json)))
      // The humidity that is read is a reading's.
      const out = keysOf(whole).filter((key) => !left.includes(key) && key !== "humidity")
      expect(out).toContain("deviceName")
      expect(out.includes("sendWhenPending")).toBe(send_interval === 0)
      expect(out.includes("syncInterval")).toBe(server === "")
      const names = Names.make()
      const { code } = await build({
        names,
        entry: join(source, "programs/device/main.espruino.ts"),
        source,
        runtime: runtimeOf(source),
        define: { deviceConfig: json },
        minify: true,
        overlays,
        ...sparedBy(whole),
        ...sharing()
      })
      // A connection over TLS alone has certificates, and is not what these two make.
      for (const key of out) expect(code).not.toMatch(new RegExp("\\." + Names.of(names, key) + "(?!\\w)"))
    }
  })

  it("has the certificates of a connection over TLS", () => {
    const { mqtt } = JSON.parse(
      residentConfig(JSON.stringify(config({}, { ssl: true, ssl_ca: certificate })))
    ) as DeviceConfig.DeviceConfig
    expect(mqtt.sslCa).toBe(certificate)
  })
})

describe("the functions of overlays that stay in a board's program", () => {
  const wire = ["unusual", "oversized", "longHeader"].map((name) => "adapters/espruino/bytes/unusual.ts#" + name)
  const twoTopics = ["receiveOfTwo", "unremarkableOfTwo", "isWaitingForTwo", "isShortOfTwo"].map((name) =>
    "domain/config/ConfigUpdate.ts#" + name
  )
  const rows: ReadonlyArray<
    readonly [what: string, config: DeviceConfig.DeviceConfig, functions: ReadonlyArray<string>]
  > = [
    ["with spread wakes", config({ spread_wakes: true }), ["domain/wake/WakePhase.ts#sleepMillis"]],
    ["with an interval of a sensor's own", config({ sensors: { simulated: { id: "air", interval: 60 } } }), [
      "domain/wake/SensorSchedule.ts#isDue",
      "domain/wake/SensorSchedule.ts#taken"
    ]],
    ["with plain values", config({}, { publish_values: true }), ["domain/message/Reading.ts#valueMessages"]],
    ["with two topics", config({}, { topic_config_version: "v", topic_config_data: "d" }), [...twoTopics, ...wire]],
    ["with a topic that is not ASCII", config({}, { topic_config: "k\u00e4se" }), wire],
    ["with TLS", config({}, { ssl: true }), ["adapters/espruino/tls.ts#openTls",
      "programs/device/connection.ts#tlsOf"]],
    ["with a sensor on wires", config({ sensors: { simulated: { id: "air" }, dht22: { id: "b", pin: 4 } } }), [
      "adapters/espruino/drivers/drive.ts#drive"
    ]],
    ["always on", config({ deep_sleep: false }), ["domain/wake/Answers.ts#unusual",
      "domain/packet/Violation.ts#subackMismatch", "domain/packet/Violation.ts#unexpectedPacket", ...wire]]
  ]
  const usual = resident(config())

  it.each(rows)("%s", (_, config, functions) => {
    expect(resident(config).filter((each) => !usual.includes(each)).toSorted()).toEqual(functions.toSorted())
  })

  it("are the sensor's driver alone where nothing is special", () => {
    expect(usual).toEqual(["adapters/espruino/drivers/simulated.ts#simulated"])
  })

  it("may have for themselves only variables that are there", () => {
    for (const name of scratch) {
      const [module = "", variable = ""] = name.split("#")
      expect(readFileSync(join(source, module), "utf8")).toMatch(
        new RegExp(`^(export )?(let|class) ${variable}\\b`, "m")
      )
    }
  })

  it("leave no function in two overlays, and no file that two share", () => {
    const all = overlays.flatMap(({ parts }) =>
      parts.flatMap(({ functions, module }) => functions.map((name) => module + "#" + name))
    )
    expect(new Set(all).size).toBe(all.length)
    expect(new Set(overlays.map(({ file }) => file)).size).toBe(overlays.length)
  })
})
