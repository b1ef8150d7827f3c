import { Ajv } from "ajv"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { configJsonSchema, type JsonSchema } from "../../../src/domain/config/configJsonSchema.ts"
import * as ConfigTable from "../../../src/domain/config/ConfigTable.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import { type Json, spoiltDocument, validDocument } from "./deviceDocument.ts"

const validate = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateFormats: false
}).compile(configJsonSchema)

/** Fields that the schema refuses, as the check names them. */
const refusedBySchema = (document: unknown): ReadonlyArray<string> =>
  validate(document)
    ? []
    : (validate.errors ?? []).map(({ instancePath, params }) =>
      (instancePath.slice(1).split("/").map((key) => key.replaceAll("~1", "/")).join(".") +
        ("missingProperty" in params ? "." + String(params["missingProperty"]) : "")).replace(/^\./, "")
    )

const refusedByCheck = (document: unknown): ReadonlyArray<DeviceConfig.InvalidConfig["issues"][number]> =>
  Result.match(DeviceConfig.check(document), { onSuccess: () => [], onFailure: ({ issues }) => issues })

/** What a row of the table says of one value: its type, its range, or one of some words. */
const isOfOneValue = (fix: string): boolean => /^(a whole number|a number|true or false|"|an object)/.test(fix)

describe("the JSON Schema of a device's file", () => {
  it("is one by the validator's own rules, and accepts the demo device", () => {
    expect(refusedBySchema(demo)).toEqual([])
    expect(refusedBySchema({ $schema: "./device.schema.json" })).toEqual([])
  })

  it("accepts every file that the check accepts", () => {
    let accepted = 0
    fc.assert(fc.property(fc.oneof(validDocument, spoiltDocument), (document) => {
      if (Result.isFailure(DeviceConfig.check(document))) return
      accepted++
      expect(refusedBySchema(document)).toEqual([])
    }), { numRuns: 1_500 })
    expect(accepted).toBeGreaterThan(500)
  })

  it("refuses every value that the check refuses for its type, its range, or its words", () => {
    let refused = 0
    fc.assert(fc.property(spoiltDocument, (document) => {
      const wrong = refusedByCheck(document).filter(({ fix, problem }) =>
        isOfOneValue(fix) && problem !== "is missing" && !fix.includes("mqtt.")
      )
      if (wrong.length === 0) return
      refused++
      const named = refusedBySchema(document)
      for (const { field } of wrong) expect(named).toContain(field === "configuration" ? "" : field)
    }), { numRuns: 1_500 })
    expect(refused).toBeGreaterThan(100)
  })

  const rows: ReadonlyArray<readonly [why: string, document: Json, field: string]> = [
    ["a port beyond the last", { mqtt: { port: 65_536 } }, "mqtt.port"],
    ["half a second between two wakes", { update_interval: 0.5 }, "update_interval"],
    ["no time to join", { network: { ssid: "s", timeout: 0 } }, "network.timeout"],
    ["a network without a name", { network: {} }, "network.ssid"],
    ["a name that is too long", { network: { ssid: "s".repeat(33) } }, "network.ssid"],
    ["a unit that there is not", { sensors: { dht22: { pin: 4, temperature: { unit: "K" } } } },
      "sensors.dht22.temperature.unit"],
    ["a sensor without pin", { sensors: { dht22: {} } }, "sensors.dht22.pin"],
    ["another sensor without pin", { sensors: { other: {} } }, "sensors.other.pin"],
    ["an id of two levels", { sensors: { simulated: { id: "a/b" } } }, "sensors.simulated.id"],
    ["a wildcard in a prefix", { mqtt: { topic_data_prefix: "home/#" } }, "mqtt.topic_data_prefix"],
    ["a host with its port", { mqtt: { broker: "host:1883" } }, "mqtt.broker"],
    ["no broker", { mqtt: { enabled: true } }, "mqtt.broker"],
    ["an outbox rule that there is not", { mqtt: { outbox: { when_full: "wait" } } }, "mqtt.outbox.when_full"]
  ]
  it.each(rows)("refuses %s, as the check does", (_, document, field) => {
    expect(refusedByCheck(document).map((issue) => issue.field)).toContain(field)
    expect(refusedBySchema(document)).toContain(field)
  })

  it("has every key of the table with a meaning, and each default that is a value", () => {
    const at = (schema: JsonSchema, path: ReadonlyArray<string>): JsonSchema =>
      path.reduce((inner, key) => {
        // A sensor's keys are there once; what is under keys that the user chooses has one schema for all.
        const definitions = configJsonSchema["definitions"] as Readonly<Record<string, JsonSchema>>
        const { additionalProperties, properties } = inner["$ref"] === undefined ? inner : definitions["sensor"] ?? {}
        return ((properties ?? {}) as Record<string, JsonSchema>)[key] ?? (additionalProperties ?? {}) as JsonSchema
      }, schema)
    const look = (rows: ConfigTable.Rows, path: ReadonlyArray<string>): void => {
      for (const row of ConfigTable.rowsOf(rows)) {
        const [key, , kind] = row
        const below = ConfigTable.tableOf(row)
        if (below !== undefined) look(below, [...path, key, ...(kind === "parts" ? ["dht22"] : [])])
        else expect(at(configJsonSchema, [...path, key])["description"], [...path, key].join(".")).toMatch(/\w{3}/)
      }
    }
    look(ConfigTable.deviceRows, [])
    expect(at(configJsonSchema, ["mqtt", "keepalive"])).toEqual({
      type: "integer",
      minimum: 0,
      maximum: 65_535,
      default: 60,
      description: "Keep Alive (seconds); 0: off."
    })
    expect(at(configJsonSchema, ["mqtt", "port"])["description"]).toBe(
      "Port of the Server. Default: 1883; 8883 with ssl."
    )
  })
})
