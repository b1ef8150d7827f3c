import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it as plain } from "vitest"
import * as Json from "../../../src/domain/bytes/Json.ts"
import { findFault } from "../../../src/programs/dormouse/JsonScan.ts"
import { loadConfig, loadJson } from "../../../src/programs/dormouse/loadConfig.ts"
import { damaged, written } from "../../support/documents.ts"

const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

/** Its own directory, with a `device.json` that has this `content`. */
const place = (content: string, others: { readonly [name: string]: string } = {}) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const directory = yield* files.makeTempDirectoryScoped()
    const path = directory + "/device.json"
    yield* files.writeFileString(path, content)
    for (const [name, text] of Object.entries(others)) yield* files.writeFileString(directory + "/" + name, text)
    return { directory, path }
  })

describe("loadConfig", () => {
  it.effect("reads, checks, and returns the file, a byte order mark or not", () =>
    Effect.gen(function*() {
      const { path } = yield* place("\ufeff{\"device_id\": \"attic\", \"colour\": 1}")
      const { config, document, warnings } = yield* loadConfig(path)
      expect(config.deviceId).toBe("attic")
      expect(warnings).toEqual(["colour is not a key of the configuration and is ignored"])
      expect(document).toEqual({ device_id: "attic", colour: 1 })
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("names every wrong value", () =>
    Effect.gen(function*() {
      const { path } = yield* place("{\"version\": -1, \"mqtt\": {\"port\": 70000}}")
      const error = yield* Effect.flip(loadConfig(path))
      expect(error._tag).toBe("InvalidConfig")
      expect(error.message).toBe(
        "version must be a whole number from 0 to 9007199254740991, but is -1\nmqtt.port must be a whole number from 1 to 65535, but is 70000"
      )
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("says where a file is no JSON", () =>
    Effect.gen(function*() {
      const { path } = yield* place("{\n  \"version\": 1,\n  \"mqtt\": {\n    \"port\": 1883,\n  }\n}\n")
      const error = yield* Effect.flip(loadConfig(path))
      expect(error).toMatchObject({ _tag: "ConfigFileError", path })
      expect(error.message).toBe(
        path + ", line 5, column 3: a key in double quotes must be here, but there is \"}\""
      )
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("says in which line a file is not UTF-8", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const { path } = yield* place("")
      yield* files.writeFile(path, new Uint8Array(Buffer.from("{\n\n\"device_name\": \"K\xfcche\"\n}\n", "latin1")))
      expect((yield* Effect.flip(loadConfig(path))).message).toBe(
        path + ", line 3: this is not UTF-8; save the file as UTF-8"
      )
      // What Windows calls Unicode.
      yield* files.writeFile(path, new Uint8Array(Buffer.from("\ufeff{}\n", "utf16le")))
      expect((yield* Effect.flip(loadConfig(path))).message).toBe(
        path + ", line 1: this is not UTF-8; save the file as UTF-8"
      )
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("takes and refuses what a device does that gets it as an update", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const { path } = yield* place("")
      const json = fc.json().map((text) => JSON.parse(text) as unknown)
      for (const document of fc.sample(damaged(written(json)), 300)) {
        yield* files.writeFile(path, new Uint8Array(Buffer.from(document, "latin1")))
        const found = yield* Effect.result(loadJson(path, ""))
        expect(Result.isSuccess(found) ? found.success : undefined, JSON.stringify(document)).toEqual(
          Json.read(document)
        )
      }
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect("refuses JSON that is no object", () =>
    Effect.gen(function*() {
      const { path } = yield* place("[]")
      expect((yield* Effect.flip(loadConfig(path))).message).toBe(
        path + " must hold a JSON object, { ... }, but holds another value"
      )
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("names a file that does not exist, or is a directory", () =>
    Effect.gen(function*() {
      const { directory } = yield* place("{}")
      const advice = "; give the path of a device's configuration, a JSON file"
      const missing = yield* Effect.flip(loadConfig(directory + "/none.json"))
      expect(missing).toMatchObject({ _tag: "ConfigFileError", path: directory + "/none.json" })
      expect(missing.message).toBe(directory + "/none.json does not exist" + advice)
      expect((yield* Effect.flip(loadConfig(directory))).message).toContain(directory + " is not a file")
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("takes certificates from files beside it, from absolute paths, and as they are", () =>
    Effect.gen(function*() {
      const other = yield* place("", { "key.pem": "a comment\n" + pem })
      const mqtt = { ssl_ca: "ca.pem", ssl_cert: pem, ssl_key: other.directory + "/key.pem" }
      const { path } = yield* place(JSON.stringify({ mqtt }), { "ca.pem": pem })
      const { config, document } = yield* loadConfig(path)
      expect([config.mqtt.sslCa, config.mqtt.sslCert, config.mqtt.sslKey]).toEqual([pem, pem, pem])
      expect(document).toEqual({ mqtt: { ssl_ca: pem, ssl_cert: pem, ssl_key: pem } })
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("names the key whose certificate is missing or not valid", () =>
    Effect.gen(function*() {
      const { directory, path } = yield* place("{\"mqtt\": {\"ssl_ca\": \"ca.pem\"}}")
      const advice = "; mqtt.ssl_ca in " + path + " must be a PEM text or the name of a PEM file"
      const error = yield* Effect.flip(loadConfig(path))
      expect(error).toMatchObject({ _tag: "ConfigFileError", path: directory + "/ca.pem" })
      expect(error.message).toBe(directory + "/ca.pem does not exist" + advice)
      const files = yield* FileSystem.FileSystem
      yield* files.writeFileString(directory + "/ca.pem", "no certificate")
      expect((yield* Effect.flip(loadConfig(path))).message).toBe(directory + "/ca.pem holds no PEM text" + advice)
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})

describe("the place of a mistake in JSON", () => {
  plain.each([
    ["", 0, "a value must be here, but the file ends"],
    ["{\"a\": 1", 7, "a comma or } must be here, but the file ends"],
    ["{\"a\" 1}", 5, ": must be here, but there is \"1\""],
    ["{\"a\": 1 \"b\": 2}", 8, "a comma or } must be here, but there is \"\\\"\""],
    ["{a: 1}", 1, "a key in double quotes or } must be here, but there is \"a\""],
    ["{'a': 1}", 1, "a key in double quotes or } must be here, but there is \"'\""],
    ["{\"a\": 1} // end", 9, "the end of the file must be here, but there is \"/\""],
    ["[1, ]", 4, "a value must be here, but there is \"]\""],
    ["[,1]", 1, "a value or ] must be here, but there is \",\""],
    ["[1}", 2, "a comma or ] must be here, but there is \"}\""],
    ["{\"a\": 01}", 7, "a comma or } must be here, but there is \"1\""],
    ["{\"a\": nope}", 6, "a value must be here, but there is \"n\""],
    ["{\"a\": \"x\ny\"}", 6, "this text has no closing quote on its line, or a \\ that begins no escape"],
    ["{\"a\": \"C:\\dir\"}", 6, "this text has no closing quote on its line, or a \\ that begins no escape"]
  ])("is found in %j", (text, offset, problem) => {
    expect(findFault(text)).toEqual({ offset, problem })
  })

  plain("is found in exactly the texts that JSON.parse refuses", () => {
    const pieces = fc.constantFrom("{", "}", "[", "]", ",", ":", "\"a\"", "1", "-0.5e3", "true", "null", " ", "\n",
      "\"", "\\", "x")
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
      fc.tuple(fc.json(), fc.nat(), pieces).map(([json, at, piece]) =>
        json.slice(0, at % (json.length + 1)) + piece + json.slice(at % (json.length + 1))
      )
    )
    let valid = 0
    fc.assert(fc.property(text, (candidate) => {
      let parses = true
      try {
        JSON.parse(candidate)
      } catch {
        parses = false
      }
      if (parses) valid++
      expect(findFault(candidate) === undefined).toBe(parses)
    }), { numRuns: 3000 })
    expect(valid).toBeGreaterThan(100)
  })
})
