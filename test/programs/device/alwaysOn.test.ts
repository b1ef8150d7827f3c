/** A device with mains power: the connection stays, commands and configuration come in at once. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import * as World from "../../../src/adapters/simulation/World.ts"
import { day, hour, live, pass, told } from "../../simulation/life.ts"
import { describeEach } from "../../support/brokers.ts"
import * as Directory from "../../support/directory.ts"
import * as Observer from "../../support/observer.ts"
import { at, deviceConfig, live as liveOnNode, run, tags } from "./support.ts"

const always = { deep_sleep: false, update_interval: 600, mqtt: { topic_command: "home/command" } }

describe("an always-on device", () => {
  it("keeps one connection and delivers a reading every interval", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        yield* pass(day)
        expect(life.world.tries).toBe(1)
        expect(life.arrivals.length).toBe(told(life, "Measured").length)
        expect(life.arrivals.length).toBeGreaterThanOrEqual(143)
        expect(tags(life.told.map(({ event }) => event))).not.toContain("Sleeping")
      })))

  it("notices a half-open connection by the missing PINGRESP, reconnects, and delivers what it measured meanwhile", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        yield* pass(hour)
        life.world.serverCondition = "silent"
        yield* pass(60_000 + 10_000)
        expect(told(life, "TryFailed")[0]?.event.reason).toBe("broker:1883 did not answer PINGREQ for 10 s")
        yield* pass(hour)
        World.setServer(life.world, "up")
        yield* pass(2 * hour)
        expect(life.state().outbox.entries).toEqual([])
        const payloads = new Set(life.arrivals.map(({ payload }) => new TextDecoder().decode(payload)))
        expect(payloads.size).toBe(told(life, "Measured").length)
      })))

  it("follows the policy when the Server is away, and goes on measuring", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(day)
        expect(told(life, "Trying").length).toBe(8)
        expect(told(life, "Measured").length).toBeGreaterThanOrEqual(140)
      })))

  it("does not start over after a connection that breaks at once, again and again", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        life.world.server.onArrival = () => {
          for (const link of life.world.links) link.cut()
        }
        yield* pass(hour)
        expect(told(life, "Trying").length).toBeLessThanOrEqual(4)
      })))

  it("measures at the command `read` and starts afresh at `restart`", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        yield* pass(60_000)
        World.simulateMessage(life.world, "home/command", "read")
        yield* pass(5_000)
        expect(life.arrivals.length).toBe(2)
        World.simulateMessage(life.world, "home/command", "restart")
        yield* pass(5_000)
        expect(told(life, "Woke").length).toBe(2)
      })))

  it("lives by a configuration as soon as it is published", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        yield* pass(60_000)
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 2, update_interval: 60 }), { retain: true })
        yield* pass(hour)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([2])
        expect(told(life, "Measured").length).toBeGreaterThanOrEqual(59)
        expect(life.arrivals.some(({ topic }) => topic === "home/data/config_status")).toBe(true)
      })))
})

describeEach("an always-on device", (broker) => {
  it("takes a command and delivers", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const config = deviceConfig({ ...always, mqtt: { ...always.mqtt, ...at(tcp) } })
      const fiber = yield* Effect.forkChild(liveOnNode(config, yield* Directory.temporary))
      yield* observer.message("home/data/s1/data")
      const readings = () => observer.seen.filter(({ topic }) => topic === "home/data/s1/data").length
      // The subscription may be younger than the first reading: ask until it is heard.
      while (readings() < 3) {
        yield* observer.publish("home/command", "read")
        yield* Effect.sleep(50)
      }
      yield* observer.publish("home/command", "restart")
      const events = yield* Fiber.join(fiber)
      expect(tags(events)).toContain("Command")
      expect(tags(events).at(-1)).toBe("Sleeping")
    })))
})
