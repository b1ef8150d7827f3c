/** `mqtt.broker` as a list of Servers: what is read, what is refused and in which words, and what an update makes of it. */
import * as fc from "fast-check"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Address from "../../../src/domain/config/Address.ts"
import * as BoardRules from "../../../src/domain/config/BoardRules.ts"
import * as BrokerList from "../../../src/domain/config/BrokerList.ts"
import * as ConfigReview from "../../../src/domain/config/ConfigReview.ts"
import * as ConfigUpdate from "../../../src/domain/config/ConfigUpdate.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as DeviceConfigSchema from "../../../src/domain/config/DeviceConfigSchema.ts"

const check = (mqtt: object) => DeviceConfig.check({ mqtt: { enabled: true, ...mqtt } })
const configOf = (mqtt: object) => Result.getOrThrow(check(mqtt)).config
const faultOf = (mqtt: object): string =>
  Result.merge(Result.map(Result.flip(check(mqtt)), ({ message }) => message)) as string

const names = (mqtt: object) => BrokerList.addressesOf(configOf(mqtt).mqtt).map(BrokerList.nameOf)

describe("a list of Servers", () => {
  it("has each its own port, or that of mqtt.port, or the usual one", () => {
    expect(names({ broker: ["a.example", "b.example:1884"] })).toEqual(["a.example:1883", "b.example:1884"])
    expect(names({ broker: ["a.example", "b.example:1884"], ssl: true })).toEqual(["a.example:8883", "b.example:1884"])
    expect(names({ broker: ["a.example", "10.0.0.1:1"], port: 2000 })).toEqual(["a.example:2000", "10.0.0.1:1"])
  })

  it("takes IPv6 addresses, in brackets where a port follows", () => {
    const { mqtt } = configOf({ broker: ["fd00::1", "[fd00::2]:1884", "[fd00::3]"] })
    expect(BrokerList.addressesOf(mqtt)).toEqual([
      { host: "fd00::1", port: 1883 },
      { host: "fd00::2", port: 1884 },
      { host: "fd00::3", port: 1883 }
    ])
    expect(Address.faultOfServers(mqtt)).toBeUndefined()
  })

  it("of one Server is that Server", () => {
    expect(configOf({ broker: ["a.example"] }).mqtt).toEqual(configOf({ broker: "a.example" }).mqtt)
    expect(configOf({ broker: ["a.example:1884"] }).mqtt).toEqual(configOf({ broker: "a.example", port: 1884 }).mqtt)
  })

  const asks = "mqtt.broker must be a host name or address alone, such as \"broker.local\", or a list of up to 8, " +
    "each host or host:port, but "
  it.each([
    [[], "is an empty list"],
    [Array.from({ length: 9 }, (_, n) => "b" + n), "is a list of 9"],
    [["a", 5], "its entry 2 is no text"],
    [["a", ""], "its entry 2 is \"\""],
    [["a:0"], "its entry 1 is \"a:0\""],
    [["a", "b:70000"], "its entry 2 is \"b:70000\""],
    [["a", "b:"], "its entry 2 is \"b:\""],
    [["a", "b:1e3"], "its entry 2 is \"b:1e3\""],
    [["mqtt://a"], "its entry 1 is \"mqtt://a\""],
    [["[a]:1883"], "its entry 1 is \"[a]:1883\""],
    [["[fd00::1"], "its entry 1 is \"[fd00::1\""],
    [["[fd00::1]1883"], "its entry 1 is \"[fd00::1]1883\""],
    [["a", "user:secret@b"], "its entry 2 holds an @"],
    [["a\u0000"], "its entry 1 holds U+0000 or a lone surrogate"],
    [{ host: "a" }, "is an object"]
  ])("%j is refused", (broker, problem) => expect(faultOf({ broker })).toBe(asks + problem))

  it.each([[["a", "b", "A:1883"]], [["a:1884", "a:1884"]], [["fd00::1", "[fd00::1]:1883"]]])(
    "%j is refused, for it has a Server twice",
    (broker) =>
      expect(faultOf({ broker })).toMatch(/^mqtt.broker must be a list in which each Server is once, but has .* twice$/)
  )

  it("is judged by the Schema as by the check", () => {
    for (const broker of ["a", ["a"], ["a", "b:1884"], [], ["a", "a:1883"], ["a:0"], [1]]) {
      const file = { mqtt: { enabled: true, broker } }
      expect([broker, Result.isSuccess(DeviceConfigSchema.decode(file))]).toEqual([broker,
        Result.isSuccess(DeviceConfig.check(file))])
    }
  })

  it("is held to what a board can reach, entry by entry", () => {
    expect(BoardRules.faults(configOf({ broker: ["a", "fd00::1"] })).map(({ field }) => field)).toEqual(["mqtt.broker"])
    expect(BoardRules.faults(configOf({ broker: ["a", "b:1884"] }))).toEqual([])
    expect(Address.faultOfServers(configOf({ broker: ["a", "10.0.0.256"] }).mqtt)?.problem).toBe("is 10.0.0.256")
  })

  it("names every entry that it was made of", () =>
    fc.assert(fc.property(
      fc.uniqueArray(
        fc.tuple(fc.stringMatching(/^[a-z]{1,9}$/), fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined })),
        {
          minLength: 2,
          maxLength: 8,
          selector: ([host]) => host
        }
      ),
      fc.integer({ min: 1, max: 65535 }),
      (servers, port) => {
        const broker = servers.map(([host, own]) => own === undefined ? host : host + ":" + own)
        expect(BrokerList.addressesOf(configOf({ broker, port }).mqtt)).toEqual(
          servers.map(([host, own]) => ({ host, port: own ?? port }))
        )
      }
    ), { numRuns: 100 }))
})

describe("an update", () => {
  const updated = (present: object, mqtt: object) => {
    const config = configOf(present)
    const verdict = ConfigReview.review({
      ...ConfigUpdate.begin(config.mqtt, config.version, config),
      document: JSON.stringify({ version: 1, mqtt })
    })
    return verdict._tag === "Accepted" ? BrokerList.addressesOf(verdict.config.mqtt).map(BrokerList.nameOf)
      : verdict._tag + ": " + verdict.reason
  }

  it("may bring a list, change it, take it away, or leave it", () => {
    expect(updated({ broker: "a" }, { broker: ["a", "b:1884"] })).toEqual(["a:1883", "b:1884"])
    expect(updated({ broker: ["a", "b"] }, { broker: ["c", "b"] })).toEqual(["c:1883", "b:1883"])
    expect(updated({ broker: ["a", "b:1884"] }, { broker: "c" })).toEqual(["c:1883"])
    expect(updated({ broker: ["a", "b:1884"] }, { keepalive: 30 })).toEqual(["a:1883", "b:1884"])
    expect(updated({ broker: ["a", "b:1884"] }, { ssl: true })).toEqual(["a:8883", "b:1884"])
  })

  it("with a wrong list is refused", () =>
    expect(updated({ broker: "a" }, { broker: ["a", "a"] })).toBe(
      "Refused: mqtt.broker must be a list in which each Server is once, but has a:1883 twice"
    ))
})
