import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as ConfigReview from "../../../src/domain/config/ConfigReview.ts"
import * as ConfigUpdate from "../../../src/domain/config/ConfigUpdate.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Signature from "../../../src/domain/config/Signature.ts"
import { validDocument } from "./deviceDocument.ts"

const file = {
  device_id: "attic",
  version: 4,
  update_interval: 300,
  network: { ssid: "home", password: "abcdefgh" },
  sensors: { dht22: { pin: 4 } },
  mqtt: { enabled: true, broker: "broker.local", username: "u", password: "hunter2", topic_config: "config", ssl: true }
}
const config = (document: unknown) => Result.getOrThrow(DeviceConfig.check(document)).config
const oneTopic = config(file)
const twoTopics = config({
  ...file,
  mqtt: { ...file.mqtt, topic_config_version: "config/version", topic_config_data: "config/data" }
})

type Message = readonly [topic: string, content: unknown]

/** The outcome of these messages; content that is not a text is sent as JSON. */
const after = (present: DeviceConfig.DeviceConfig, messages: ReadonlyArray<Message>): ConfigUpdate.Outcome =>
  ConfigUpdate.outcome(messages.reduce(
    (update, [topic, content]) =>
      ConfigUpdate.receive(update, {
        topic,
        payload: Bytes.fromText(typeof content === "string" ? content : JSON.stringify(content))
      }),
    ConfigUpdate.begin(present.mqtt, present.version, present)
  ))

const accepted = (outcome: ConfigUpdate.Outcome) => {
  if (outcome._tag !== "Accepted") throw new Error(JSON.stringify(outcome))
  return outcome
}

describe("the one-topic form", () => {
  const one = (...contents: ReadonlyArray<unknown>) => after(oneTopic, contents.map((content) => ["config", content]))

  it("subscribes to its topic, and to nothing when updates or MQTT are off", () => {
    expect(ConfigUpdate.topics(oneTopic.mqtt)).toEqual(["config"])
    expect(ConfigUpdate.topics({ ...oneTopic.mqtt, loadConfigFromMqtt: false })).toEqual([])
    expect(ConfigUpdate.topics({ ...oneTopic.mqtt, enabled: false })).toEqual([])
  })

  it("waits until something has arrived on its topic", () => {
    expect(one()).toEqual({ _tag: "Waiting" })
    expect(one("")).toEqual({ _tag: "Waiting" })
    expect(after(oneTopic, [["config/data", { version: 9 }], ["other", "x"]])).toEqual({ _tag: "Waiting" })
  })

  it("accepts a newer version, as a complete file that gives the same configuration when it is read again", () => {
    const outcome = accepted(one({ version: 5, update_interval: 60, deep_sleep: false }))
    expect(outcome.version).toBe(5)
    expect(outcome.config).toEqual({
      ...oneTopic,
      version: 5,
      publishInterval: 60,
      deepSleep: false,
      mqtt: { ...oneTopic.mqtt, publishInterval: 60 }
    })
    expect(config(JSON.parse(JSON.stringify(outcome.document)))).toEqual(outcome.config)
    expect(outcome.warnings).toEqual([])
  })

  it.each([
    ["a byte order mark", "\ufeff{\"version\":5}"],
    ["CRLF", "{\r\n\"version\":5\r\n}\r\n"]
  ])("takes a document with %s", (_, text) => {
    expect(accepted(one(text)).version).toBe(5)
  })

  it("refuses a document that is not UTF-8, also where nothing reads it, and one that is signed by what it would be as text", () => {
    const receive = (present: DeviceConfig.DeviceConfig, payload: Uint8Array) =>
      ConfigUpdate.outcome(
        ConfigUpdate.receive(ConfigUpdate.begin(present.mqtt, present.version, present), { topic: "config", payload })
      )
    const spoilt = Buffer.from("{\"version\":5,\"note\":\"K\xfcche\"}", "latin1")
    expect(receive(oneTopic, spoilt)).toEqual({
      _tag: "Refused",
      version: undefined,
      reason: "config must hold JSON, but holds something else"
    })
    const guarded = config({ ...file, mqtt: { ...file.mqtt, config_secret: "s" } })
    const signed = Signature.sign("s", Bytes.fromText(Bytes.toText(spoilt)))
    const swapped = Bytes.concat([Bytes.slice(signed, 0, 72), spoilt])
    expect(receive(guarded, swapped)).toMatchObject({
      _tag: "Refused",
      reason: expect.stringContaining("its signature does not match") as string
    })
  })

  it("passes on warnings about unknown keys", () => {
    expect(accepted(one({ version: 5, colour: "red" })).warnings).toEqual([
      "colour is not a key of the configuration and is ignored"
    ])
  })

  it("leaves an equal or older version alone and says which", () => {
    expect(one({ version: 4 })).toEqual({
      _tag: "Unchanged",
      version: 4,
      age: "equal",
      reason: "version 4 is the present version"
    })
    expect(one({ version: 3, mqtt: 5 })).toEqual({
      _tag: "Unchanged",
      version: 3,
      age: "older",
      reason: "version 3 is older than the present version 4"
    })
  })

  it.each([
    ["{\"version\": 5,", undefined, "config must hold JSON, but holds something else"],
    ["hunter2", undefined, "config must hold JSON, but holds something else"],
    ["[5]", undefined, "config must hold a JSON object, but holds another value"],
    ["null", undefined, "config must hold a JSON object, but holds another value"],
    ["{}", undefined, "version must be given, one higher than 4, but is missing"],
    ["{\"version\":\"5\"}", undefined,
      "version must be a whole number from 0 to 9007199254740991, but is something else"],
    ["{\"version\":5.5}", undefined,
      "version must be a whole number from 0 to 9007199254740991, but is something else"],
    ["{\"version\":1e300}", undefined,
      "version must be a whole number from 0 to 9007199254740991, but is something else"],
    ["{\"version\":-1}", undefined, "version must be a whole number from 0 to 9007199254740991, but is something else"],
    ["{\"version\":5,\"mqtt\":{\"port\":70000}}", 5, "mqtt.port must be a whole number from 1 to 65535, but is 70000"],
    ["{\"version\":5,\"mqtt\":null}", 5, "mqtt must be an object, but is null"],
    ["{\"version\":5,\"network\":{}}", 5, "network.ssid must be text of 1 to 32 bytes, but is missing"],
    ["{\"version\":5,\"mqtt\":{\"ssl_ca\":\"ca.pem\"}}", 5,
      "mqtt.ssl_ca must be a PEM text in an update, but is something else"]
  ])("refuses %s", (text, version, reason) => {
    expect(one(text)).toEqual({ _tag: "Refused", version, reason })
  })

  it("judges the newest message", () => {
    expect(one("{", { version: 6 })).toMatchObject({ _tag: "Accepted", version: 6 })
    expect(one({ version: 6 }, "{")._tag).toBe("Refused")
  })
})

describe("the two-topic form", () => {
  const version = (content: unknown): Message => ["config/version", content]
  const data = (content: unknown): Message => ["config/data", content]

  it("subscribes to the number's topic and the document's, in place of the one", () => {
    expect(ConfigUpdate.topics(twoTopics.mqtt)).toEqual(["config/version", "config/data"])
    expect(after(twoTopics, [["config", { version: 5 }]])).toEqual({ _tag: "Waiting" })
  })

  it("is decided when both are there, in either order", () => {
    expect(after(twoTopics, [version("5")])).toEqual({ _tag: "Waiting" })
    expect(after(twoTopics, [data({ version: 5 })])).toEqual({ _tag: "Waiting" })
    expect(after(twoTopics, [version("5"), data({ version: 5 })])).toMatchObject({ _tag: "Accepted", version: 5 })
    expect(after(twoTopics, [data({ version: 5 }), version(" 5\n")])).toMatchObject({ _tag: "Accepted", version: 5 })
  })

  it("does not wait for the document when the number is equal or older", () => {
    expect(after(twoTopics, [version("4")])).toMatchObject({ _tag: "Unchanged", version: 4, age: "equal" })
    expect(after(twoTopics, [version("0")])).toMatchObject({ _tag: "Unchanged", version: 0, age: "older" })
    expect(after(twoTopics, [data({ version: 9 }), version("4")])._tag).toBe("Unchanged")
  })

  it("refuses a document with another version than the number, until the right one comes", () => {
    const mismatch = [version("6"), data({ version: 5 })]
    expect(after(twoTopics, mismatch)).toEqual({
      _tag: "Refused",
      version: 6,
      reason: "version must be 6 as announced, but is 5"
    })
    expect(after(twoTopics, [...mismatch, data({ version: 6 })])).toMatchObject({ _tag: "Accepted", version: 6 })
  })

  it.each(["x", "\"5\"", "5.5", "-1", "null", "{\"version\":5}"])("refuses %s for a number", (text) => {
    expect(after(twoTopics, [version(text), data({ version: 5 })])).toEqual({
      _tag: "Refused",
      version: undefined,
      reason: "config/version must hold a whole number from 0 to 9007199254740991, but holds something else"
    })
  })

  it("names the announced version when the document is refused", () => {
    expect(after(twoTopics, [version("5"), data("{")])).toEqual({
      _tag: "Refused",
      version: 5,
      reason: "config/data must hold JSON, but holds something else"
    })
    expect(after(twoTopics, [version("5"), data({})])).toMatchObject({ _tag: "Refused", version: 5 })
  })
})

describe("an update laid over the present file", () => {
  it("keeps what it does not name: identity, networks, broker, and password", () => {
    const { config: next } = accepted(after(oneTopic, [["config", { version: 5, mqtt: { keepalive: 30 } }]]))
    expect(next).toEqual({ ...oneTopic, version: 5, mqtt: { ...oneTopic.mqtt, keepAlive: 30 } })
  })

  it("replaces sensors, networks, and policies as a whole", () => {
    const present = {
      a: 1,
      sensors: { dht22: { pin: 4 } },
      network: { ssid: "x", password: "y" },
      mqtt: { broker: "b", reconnect: { jitter: 1 } }
    }
    const update = { sensors: { bme280: { pin: 5 } }, network: { ssid: "z" }, mqtt: { reconnect: { enabled: false } } }
    expect(ConfigReview.merge(present, update)).toEqual({
      a: 1,
      ...update,
      mqtt: { broker: "b", reconnect: { enabled: false } }
    })
  })

  it.each([
    { update_interval: 1 },
    { mqtt: { update_interval: 1 } },
    { mqtt: { publish_interval: 1 } }
  ])("takes the interval by any of its names: %j", (update) => {
    const present = { update_interval: 7, mqtt: { update_interval: 8, publish_interval: 9 } }
    const checked = Result.getOrThrow(DeviceConfig.check(ConfigReview.merge(present, update)))
    expect(checked.warnings).toEqual([])
    expect(checked.config.publishInterval).toBe(1)
    expect(config(ConfigReview.merge(present, { version: 1 })).publishInterval).toBe(7)
  })

  it("moves the texts that hold {device_id} with the device's id, and no other", () => {
    const present = config({
      ...file,
      mqtt: {
        ...file.mqtt,
        client_id: "{device_id}",
        topic_config: "home/{device_id}/config",
        topic_data_prefix: "home/attic/data"
      }
    })
    const moved = accepted(after(present, [["home/attic/config", { version: 5, device_id: "cellar" }]])).config
    expect(moved.mqtt).toMatchObject({
      clientId: "cellar",
      topicConfig: "home/cellar/config",
      topicDataPrefix: "home/attic/data"
    })
    const again =
      accepted(after(moved, [["home/cellar/config", { version: 6, device_id: "roof", mqtt: { client_id: "cellar" } }]]))
        .config
    expect(again.mqtt).toMatchObject({ clientId: "cellar", topicConfig: "home/roof/config" })
    const last = accepted(
      after(again, [["home/roof/config", {
        version: 7,
        device_id: "attic",
        mqtt: { topic_data_prefix: "{device_id}" }
      }]])
    ).config
    expect(last.mqtt).toMatchObject({ clientId: "cellar", topicConfig: "home/attic/config", topicDataPrefix: "attic" })
  })

  it("keeps a text that was set by other means than a file", () => {
    const present = config({ ...file, mqtt: { ...file.mqtt, client_id: "{device_id}" } })
    const other = { ...present, mqtt: { ...present.mqtt, clientId: "from the command line" } }
    expect(accepted(after(other, [["config", { version: 5, device_id: "cellar" }]])).config.mqtt.clientId).toBe(
      "from the command line"
    )
  })

  it("lets the port follow ssl unless one was chosen", () => {
    const port = (present: object) =>
      accepted(
        after(config({ ...file, mqtt: { ...file.mqtt, ...present } }), [["config", {
          version: 5,
          mqtt: { ssl: false }
        }]])
      ).config.mqtt.port
    expect(port({})).toBe(1883)
    expect(port({ port: 2000 })).toBe(2000)
  })

  it("leaves the secret that signs to the device's own file, also when it is signed", () => {
    const reason = "mqtt.config_secret must be left out of an update: only the device's own file can change it"
    const update = { version: 5, mqtt: { config_secret: "mine" } }
    expect(after(oneTopic, [["config", update]])).toMatchObject({ _tag: "Refused", version: 5, reason })
    const sign = (update: object) => Bytes.toText(Signature.sign("old", Bytes.fromText(JSON.stringify(update))))
    const guarded = config({ ...file, mqtt: { ...file.mqtt, config_secret: "old" } })
    for (const config_secret of ["", "new"]) {
      const signed = sign({ version: 5, mqtt: { config_secret } })
      expect(after(guarded, [["config", signed]])).toMatchObject({ _tag: "Refused", version: 5, reason })
    }
    const same = sign({ version: 5, mqtt: { config_secret: "old" } })
    expect(accepted(after(guarded, [["config", same]])).config.mqtt.configSecret).toBe("old")
  })

  it("is not touched by a key named __proto__", () => {
    const merged = ConfigReview.merge({ a: 1 }, JSON.parse("{\"__proto__\":{\"mqtt\":{\"enabled\":true}}}"))
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect(config(merged).mqtt.enabled).toBe(false)
  })

  it("stands alone when there is no present file", () => {
    const payload = Bytes.fromText("{\"version\":5}")
    const update = ConfigUpdate.receive(ConfigUpdate.begin(oneTopic.mqtt, 4), { topic: "config", payload })
    expect(accepted(ConfigUpdate.outcome(update)).config).toEqual(config({ version: 5 }))
  })

  it("finds a present file that says the same as the configuration", () => {
    fc.assert(fc.property(validDocument, (document) => {
      const present = config(document)
      const again = Result.getOrThrow(DeviceConfig.check(ConfigReview.toDocument(present)))
      expect(again.warnings).toEqual([])
      // How often the last tries failed is the device's memory, not its configuration.
      expect(again.config).toEqual({
        ...present,
        mqtt: { ...present.mqtt, reconnectStart: { attemptCount: 0, lastAttemptTime: 0 } }
      })
    }), { numRuns: 200 })
  })
})

describe("the status", () => {
  it("says what has become of which version", () => {
    const status = (content: unknown) => {
      const outcome = after(oneTopic, [["config", content]])
      return outcome._tag === "Waiting" ? outcome : ConfigUpdate.status(outcome, "balcony")
    }
    expect(status({ version: 5 })).toBe("{\"device\":\"balcony\",\"version\":5,\"status\":\"accepted\"}")
    expect(status({ version: 3 })).toBe(
      "{\"device\":\"balcony\",\"version\":3,\"status\":\"unchanged\",\"reason\":\"version 3 is older than the present version 4\"}"
    )
    expect(status({ version: 5, deep_sleep: 1 })).toBe(
      "{\"device\":\"balcony\",\"version\":5,\"status\":\"refused\",\"reason\":\"deep_sleep must be true or false, but is 1\"}"
    )
    expect(status("{")).toBe(
      "{\"device\":\"balcony\",\"status\":\"refused\",\"reason\":\"config must hold JSON, but holds something else\"}"
    )
  })
})
