import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as fc from "fast-check"
import { describe, expect, expectTypeOf, it } from "vitest"
import type * as ConfigFile from "../../../src/domain/config/ConfigFile.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as DeviceConfigSchema from "../../../src/domain/config/DeviceConfigSchema.ts"
import { spoiltDocument, validDocument } from "./deviceDocument.ts"

const byCheck = (input: unknown): string =>
  Result.match(DeviceConfig.check(input), {
    onSuccess: () => "accepted",
    onFailure: ({ issues }) => issues[0]?.field ?? "?"
  })

const bySchema = (input: unknown): string =>
  Result.match(DeviceConfigSchema.decode(input), {
    onSuccess: () => "accepted",
    onFailure: ({ issues }) => issues[0]?.field ?? "?"
  })

describe("the Schema and the check on the board", () => {
  it("both accept every valid file, and mean the same by it", () => {
    fc.assert(fc.property(validDocument, (document) => {
      const direct = Result.getOrThrow(DeviceConfig.check(document)).config
      const decoded = Result.getOrThrow(DeviceConfigSchema.decode(document))
      expect(Result.getOrThrow(DeviceConfig.check(decoded)).config).toEqual(direct)
    }), { numRuns: 200 })
  })

  it("give the same verdict on spoilt files, and name the same field first", () => {
    let refused = 0
    let accepted = 0
    fc.assert(fc.property(spoiltDocument, (document) => {
      const verdict = byCheck(document)
      if (verdict === "accepted") accepted++
      else refused++
      expect(bySchema(document)).toBe(verdict)
    }), { numRuns: 1500 })
    // The files must be worth judging.
    expect(refused).toBeGreaterThan(300)
    expect(accepted).toBeGreaterThan(100)
  })

  it.each([
    ["a broker left out", { mqtt: { enabled: true } }, "mqtt.broker"],
    ["a lone password", { mqtt: { password: "p" } }, "mqtt.password"],
    ["half a certificate", { mqtt: { ssl_cert: "c" } }, "mqtt.ssl_key"],
    ["the other half", { mqtt: { ssl_key: "k" } }, "mqtt.ssl_cert"],
    ["half of the two-topic form", { mqtt: { topic_config_version: "v" } }, "mqtt.topic_config_data"],
    ["one topic for both", { mqtt: { topic_config_version: "v", topic_config_data: "v" } }, "mqtt.topic_config_data"],
    ["intervals the wrong way round", { mqtt: { reconnect: { min_interval: 30000 } } }, "mqtt.reconnect.max_interval"],
    ["a sensor without pin", { sensors: { dht22: {} } }, "sensors.dht22.pin"],
    ["two sensors with one id", { sensors: { a: { pin: 1 }, b: { pin: 1, id: "a" } } }, "sensors.b.id"],
    ["a key that is no level", { sensors: { "a/b": { pin: 1 } } }, "sensors.a/b.id"],
    [
      "too long a topic",
      { mqtt: { topic_data_prefix: "p".repeat(65000) }, sensors: { a: { pin: 1, id: "i".repeat(523) } } },
      "sensors.a.id"
    ],
    ["a host with a port", { mqtt: { broker: "h:1" } }, "mqtt.broker"],
    ["no object at all", null, "configuration"],
    ["too long a text", { mqtt: { username: "u".repeat(65536) } }, "mqtt.username"],
    ["too long a wait", { update_interval: 31536001 }, "update_interval"],
    ["too short a wait", { update_interval: 0.999 }, "update_interval"],
    ["too short a wait by another name", { mqtt: { update_interval: 0.999 } }, "mqtt.update_interval"],
    ["too short a wait by its third name", { mqtt: { publish_interval: 0.999 } }, "mqtt.publish_interval"],
    ["the shortest wait", { update_interval: 1, mqtt: { update_interval: 1, publish_interval: 1 } }, "accepted"]
  ])("agree on %s", (_, document, field) => {
    expect([byCheck(document), bySchema(document)]).toEqual([field, field])
  })

  it("say in the same words what a value must be", () => {
    const rows: ReadonlyArray<readonly [document: unknown, fix: string]> = [
      [{ mqtt: { broker: "h:1" } },
        "a host name or address alone, such as \"broker.local\", or a list of up to 8, each host or host:port"],
      [{ mqtt: { port: 70_000 } }, "a whole number from 1 to 65535"],
      [{ network: { ssid: "" } }, "text of 1 to 32 bytes"],
      [{ sensors: { dht22: {} } }, "a whole number of at least 0"]
    ]
    for (const [document, fix] of rows) {
      const checked = DeviceConfig.check(document)
      expect(Result.isFailure(checked) && checked.failure.issues[0]?.fix).toBe(fix)
      const decoded = DeviceConfigSchema.decode(document)
      expect(Result.isFailure(decoded) && decoded.failure.issues[0]?.problem).toContain(fix)
    }
  })

  it("say where a fault is also after a key with dots", () => {
    const sensors = { "a.b": { pin: 1, id: "same" }, "a.b.c": { pin: 1, id: "same" } }
    const refused = Schema.decodeUnknownResult(DeviceConfigSchema.DeviceConfigSchema)({ sensors })
    const issues = Result.isFailure(refused) ? SchemaIssue.makeFormatterStandardSchemaV1()(refused.failure.issue).issues
      : []
    expect(issues.map(({ path }) => path)).toEqual([["sensors", "a.b.c", "id"]])
  })

  it("have one type for a file, which follows from the table", () => {
    expectTypeOf<DeviceConfigSchema.DeviceDocument>().toEqualTypeOf<ConfigFile.DeviceDocument>()
    expectTypeOf<NonNullable<ConfigFile.DeviceDocument["network"]>["ssid"]>().toEqualTypeOf<string>()
    expectTypeOf<NonNullable<ConfigFile.DeviceDocument["mqtt"]>["keepalive"]>().toEqualTypeOf<number | undefined>()
    expectTypeOf<DeviceConfig.SensorConfig["temperature"]["unit"]>().toEqualTypeOf<"C" | "F">()
    expectTypeOf<DeviceConfig.OutboxPolicy>().toEqualTypeOf<
      {
        readonly capacity: number
        readonly bytes: number
        readonly whenFull: "drop_oldest" | "drop_newest" | "keep_newest_per_topic" | "thin_older"
      }
    >()
  })

  it("keep passwords out of the Schema's messages too", () => {
    const decoded = DeviceConfigSchema.decode({
      mqtt: { password: ["hunter2"] },
      network: { ssid: "s", password: "hunter2".repeat(10) }
    })
    expect(Result.isFailure(decoded) && JSON.stringify(decoded.failure)).not.toContain("hunter2")
    expect(Result.isFailure(decoded) && decoded.failure.issues.length).toBe(2)
  })
})
