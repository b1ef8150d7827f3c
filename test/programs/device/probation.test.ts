/** An update on probation, and signed ones, against real brokers. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Signature from "../../../src/domain/config/Signature.ts"
import { describeEach } from "../../support/brokers.ts"
import * as Directory from "../../support/directory.ts"
import * as Observer from "../../support/observer.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import { at, deviceConfig, find, live, run, tags } from "./support.ts"

const status = (version: number, status: string, reason?: string) =>
  JSON.stringify({ device: "d1", version, status, ...(reason === undefined ? {} : { reason }) })

const configEvents = (events: ReadonlyArray<WakeEvent>) =>
  tags(events).filter((tag) => tag.startsWith("Config") && tag !== "ConfigUnchanged")

describeEach("an update on probation", (broker) => {
  // Tries at every wake, once.
  const everyWake = { reconnect: { enabled: false } }

  it("that cannot reach the Server is rolled back after three wakes, which is reported, and is not taken again", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const directory = yield* Directory.temporary
      const nobody = yield* TcpServer.freePort
      yield* observer.publish("home/config", JSON.stringify({ version: 7, mqtt: { port: nobody } }), { retain: true })
      const config = deviceConfig({ mqtt: { ...at(tcp), ...everyWake } })
      const events = yield* live(config, directory, 6)
      expect(configEvents(events)).toEqual(["ConfigAccepted", "ConfigRolledBack"])
      expect(events.filter((event) => event._tag === "TryFailed")).toHaveLength(3)
      const reported = (yield* observer.messages("home/data/config_status", 2)).map(({ payload }) => payload)
      expect(reported).toEqual([status(7, "accepted"),
        status(7, "rolled_back", "the Server could not be reached with it in 3 wakes")])
      // Six readings were taken, and none is lost.
      expect(yield* observer.messages("home/data/s1/data", 6)).toHaveLength(6)
      expect(find(events.slice(-6), "ConfigUnchanged")?.reason).toBe(
        "version 7 was tried and rolled back; publish a higher one"
      )

      // Back to what was baked in, by way of another restart; a higher version is taken.
      yield* observer.publish("home/config", JSON.stringify({ version: 8, sensors: { simulated: { id: "renamed" } } }),
        { retain: true })
      expect(configEvents(yield* live(config, directory, 2))).toEqual(["ConfigAccepted"])
      yield* observer.message("home/data/renamed/data")
    })))

  it("goes back to the update before, not to the file", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const directory = yield* Directory.temporary
      const config = deviceConfig({ mqtt: { ...at(tcp), ...everyWake } })
      yield* observer.publish("home/config", JSON.stringify({ version: 2, sensors: { simulated: { id: "second" } } }), {
        retain: true
      })
      yield* live(config, directory, 2)
      yield* observer.publish("home/config", JSON.stringify({ version: 3, mqtt: { port: yield* TcpServer.freePort } }),
        { retain: true })
      const events = yield* live(config, directory, 5)
      expect(configEvents(events)).toEqual(["ConfigAccepted", "ConfigRolledBack"])
      const measured = events.filter((event) => event._tag === "Measured").map((event) => event.sensor)
      expect(new Set(measured)).toEqual(new Set(["second"]))
    })))

  it("is kept once the Server was reached with it, however long the Server is then away", () =>
    run(Effect.gen(function*() {
      const directory = yield* Directory.temporary
      const config = yield* Effect.scoped(Effect.gen(function*() {
        const { tcp } = yield* broker.make({})
        const observer = yield* Observer.make(tcp)
        yield* observer.publish("home/config", JSON.stringify({ version: 2, awake_timeout: 30 }), { retain: true })
        const config = deviceConfig({ mqtt: { ...at(tcp), ...everyWake } })
        expect(configEvents(yield* live(config, directory, 2))).toEqual(["ConfigAccepted"])
        return config
      }))
      // The broker is gone.
      const events = yield* live(config, directory, 5)
      expect(events.filter((event) => event._tag === "TryFailed")).toHaveLength(5)
      expect(configEvents(events)).toEqual([])
    })))
})

describeEach("with a secret, an update", (broker) => {
  const secret = "a secret"
  const update = JSON.stringify({ version: 5, device_name: "Küche" })
  const signed = (by: string) => Bytes.toText(Signature.sign(by, Bytes.fromText(update)))
  const outcome = (payload: string) =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      yield* observer.publish("home/config", payload, { retain: true })
      const events = yield* live(deviceConfig({ mqtt: { ...at(tcp), config_secret: secret } }),
        yield* Directory.temporary, 2)
      const { payload: reported } = yield* observer.message("home/data/config_status")
      return { events: configEvents(events), reported }
    }))

  it("that is signed with it is taken, once", async () => {
    expect(await outcome(signed(secret))).toEqual({ events: ["ConfigAccepted"], reported: status(5, "accepted") })
  })

  it.each([
    ["that is not signed", update, "the update must be signed with mqtt.config_secret, but is not"],
    ["that is signed with another", signed("another"), "its signature does not match"],
    ["that was changed after it was signed", signed(secret) + " ", "its signature does not match"]
  ])("%s is refused, which is said and reported", async (_, payload, reason) => {
    const { events, reported } = await outcome(payload)
    expect(events).toEqual(["ConfigRefused"])
    expect(reported).toContain(reason)
    expect(reported).not.toContain(secret)
  })
})
