/** The device program on Node, against real brokers over real sockets. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { describeEach } from "../../support/brokers.ts"
import * as certificates from "../../support/certificates.ts"
import * as DelayedServer from "../../support/delayedServer.ts"
import * as Directory from "../../support/directory.ts"
import * as Observer from "../../support/observer.ts"
import { at, deviceConfig, find, live, run, tags } from "./support.ts"

const user = { username: "dormouse", password: "hazelnut" }

describeEach("a wake", (broker) => {
  it("delivers its reading with QoS 1 and sleeps", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const events = yield* live(deviceConfig({ mqtt: at(tcp) }), yield* Directory.temporary)
      const seen = yield* observer.message("home/data/s1/data")
      const reading = JSON.parse(seen.payload) as Record<string, unknown>
      expect(seen.qos).toBe(1)
      expect(seen.retain).toBe(false)
      expect(Object.keys(reading)).toEqual(["temperature", "humidity", "uptime", "unit", "time"])
      // This machine's clock is set.
      expect(Math.abs(Date.parse(String(reading["time"])) - Date.now())).toBeLessThan(10_000)
      expect(find(events, "Delivered")).toEqual({ _tag: "Delivered", count: 1, pending: 0 })
      expect(tags(events).at(-1)).toBe("Sleeping")
    })))

  it("publishes plain values beside the document when asked to", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      yield* live(deviceConfig({ mqtt: { ...at(tcp), publish_values: true } }), yield* Directory.temporary)
      const { temperature } = JSON.parse((yield* observer.message("home/data/s1/data")).payload) as {
        temperature: number
      }
      expect((yield* observer.message("home/data/s1/temperature")).payload).toBe(String(temperature))
      yield* observer.message("home/data/s1/humidity")
    })))

  it("costs one round trip from TCP connect, with QoS 1 data and a configuration to read", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      yield* observer.publish("home/config", JSON.stringify({ version: 0 }), { retain: true })
      const slow = yield* DelayedServer.make(tcp, { delayMillis: 60 })
      const events = yield* live(deviceConfig({ mqtt: at(slow.endpoint) }), yield* Directory.temporary)
      expect(find(events, "ConfigUnchanged")?.reason).toBe("version 0 is the present version")
      expect(find(events, "Delivered")?.count).toBe(1)
      expect(yield* slow.roundTrips).toBe(1)
      expect(yield* slow.connections).toBe(1)
    })))

  it("with the right credentials is accepted, and with wrong ones is refused and keeps its reading", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({ user })
      const directory = yield* Directory.temporary
      const wrong = {
        ...at(tcp),
        ...user,
        password: "acorn",
        reconnect: { max_attempts: 1, min_interval: 1, max_interval: 1 }
      }
      const refused = yield* live(deviceConfig({ mqtt: wrong }), directory)
      expect(find(refused, "TryFailed")).toMatchObject({ error: "ConnectionRefused", attempt: 1 })
      expect(find(refused, "Sleeping")?.pending).toBe(1)
      // The wait that the policy asks for is one second, in which the reading is kept.
      yield* Effect.sleep(1_000)
      const accepted = yield* live(deviceConfig({ mqtt: { ...at(tcp), ...user } }), directory)
      expect(find(accepted, "Delivered")).toEqual({ _tag: "Delivered", count: 2, pending: 0 })
    })))

  it("speaks TLS to a Server that its authority vouches for", () =>
    run(Effect.gen(function*() {
      const { tls } = yield* broker.make({})
      const events = yield* live(deviceConfig({ mqtt: at(tls) }), yield* Directory.temporary)
      expect(find(events, "Delivered")?.count).toBe(1)
    })))

  const refusals = [
    ["an unknown authority", certificates.server, certificates.unknownCa],
    ["the wrong host", certificates.otherHost, certificates.ca],
    ["an expired certificate", certificates.expired, certificates.ca]
  ] as const
  for (const [what, identity, ca] of refusals) {
    it("refuses a Server with " + what + " and sends it nothing", () =>
      run(Effect.gen(function*() {
        const { tls } = yield* broker.make({ identity })
        const mqtt = { ...at(tls), ssl_ca: ca, reconnect: { max_attempts: 1 } }
        const events = yield* live(deviceConfig({ mqtt }), yield* Directory.temporary)
        expect(find(events, "TryFailed")?.error).toBe("SocketError")
        expect(find(events, "TryFailed")?.reason).toMatch(/certificate|ssl_ca|broker/)
        expect(find(events, "Sleeping")?.pending).toBe(1)
      })))
  }

  it("takes a newer configuration, reports it, and uses it from the next wake", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const directory = yield* Directory.temporary
      const update = { version: 7, sensors: { simulated: { id: "renamed" } } }
      yield* observer.publish("home/config", JSON.stringify(update), { retain: true })
      const events = yield* live(deviceConfig({ mqtt: at(tcp) }), directory, 2)
      expect(find(events, "ConfigAccepted")?.version).toBe(7)
      expect((yield* observer.message("home/data/config_status")).payload).toBe(
        "{\"device\":\"d1\",\"version\":7,\"status\":\"accepted\"}"
      )
      yield* observer.message("home/data/renamed/data")
      expect(events.filter((event) => event._tag === "Measured").map((event) => event.sensor)).toEqual(["s1",
        "renamed"])
    })))

  it("reads the two-topic form, number and document, and refuses a document that does not bear the number", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const topics = { topic_config_version: "home/version", topic_config_data: "home/document" }
      yield* observer.publish("home/version", "3", { retain: true })
      yield* observer.publish("home/document", JSON.stringify({ version: 2 }), { retain: true })
      const directory = yield* Directory.temporary
      const mismatched = yield* live(deviceConfig({ mqtt: { ...at(tcp), ...topics } }), directory)
      expect(find(mismatched, "ConfigRefused")?.reason).toContain("version must be 3")
      yield* observer.publish("home/document", JSON.stringify({ version: 3, update_interval: 2 }), { retain: true })
      yield* Effect.sleep(1_000)
      const matched = yield* live(deviceConfig({ mqtt: { ...at(tcp), ...topics } }), directory)
      expect(find(matched, "ConfigAccepted")?.version).toBe(3)
    })))

  it("reports a refused configuration once, not at every wake that finds it", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      yield* observer.publish("home/config", "{\"version\":9,\"mqtt\":{\"port\":-1}}", { retain: true })
      const events = yield* live(deviceConfig({ mqtt: at(tcp) }), yield* Directory.temporary, 3)
      expect(events.filter((event) => event._tag === "ConfigRefused")).toHaveLength(1)
      expect(find(events, "ConfigRefused")?.reason).toContain("mqtt.port must be")
      expect(events.filter((event) => event._tag === "Delivered")).toHaveLength(3)
      yield* observer.message("home/data/config_status")
      expect(observer.seen.filter((one) => one.topic === "home/data/config_status")).toHaveLength(1)
    })))
})
