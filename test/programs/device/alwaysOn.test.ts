/** A device with mains power: the connection stays, commands and configuration come in at once. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import * as World from "../../../src/adapters/simulation/world/World.ts"
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
        // Between two readings.
        yield* pass(hour + 60_000)
        life.world.serverCondition = "silent"
        yield* pass(60_000 + 10_000)
        expect(told(life, "TryFailed")[0]?.event.reason).toBe("broker:1883 did not answer PINGREQ for 10 s")
        yield* pass(hour)
        World.setServer(life.world, "up")
        yield* pass(2 * hour + 120_000)
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

  it("waits from when a try really began, though sensors that do not answer put it off", () =>
    live(
      deviceConfig({
        ...always,
        update_interval: 300,
        mqtt: { reconnect: { max_attempts: 1, min_interval: 3_600, backoff_factor: 1 } }
      }),
      (life) =>
        Effect.gen(function*() {
          World.setServer(life.world, "refusing")
          life.world.activeFaults.spells.set("sensorHangs", {
            fault: { kind: "sensorHangs", at: 0, steps: 0, lasts: day, amount: 0, share: 0 },
            until: Infinity
          })
          yield* pass(hour + 60_000)
          life.world.activeFaults.spells.clear()
          yield* pass(11 * hour)
          const tries = told(life, "Trying").map(({ at }) => at)
          expect(tries.length).toBeGreaterThan(10)
          // It measures between the beginning of a try, which counts, and the word about it: up to 5 s.
          for (const [index, at] of tries.slice(1).entries()) {
            expect(at - (tries[index] ?? 0)).toBeGreaterThanOrEqual(hour - 5_000)
          }
        })
    ))

  it("does not start over after a connection that breaks at once, again and again", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        life.world.server.onArrival = () => {
          for (const link of life.world.links) link.cut()
        }
        yield* pass(hour)
        expect(told(life, "Trying").length).toBeLessThanOrEqual(4)
      })))

  it("loses no connection, no reading and no later update to a retained configuration that is too large, and reports it once", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        World.simulateMessage(life.world, "home/config",
          JSON.stringify({ version: 1, device_name: "x".repeat(20_000) }), { retain: true })
        yield* pass(day)
        expect(told(life, "TryFailed")).toEqual([])
        expect(told(life, "ConfigRefused").map(({ event }) => event.reason)).toEqual([
          "it has 20047 bytes; this device takes at most 16384"
        ])
        expect(life.arrivals.filter(({ topic }) => topic === "home/data/config_status").length).toBe(1)
        expect(life.arrivals.filter(({ topic }) => topic === "home/data/s1/data").length).toBe(
          told(life, "Measured").length
        )
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 2 }), { retain: true })
        yield* pass(60_000)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([2])
      })))

  it.each([
    ["a CONNACK byte by byte", [0x20, 0x80, 0x7f], [0x00]],
    ["messages and no PUBACK", [0x20, 0x02, 0x00, 0x00], [0x30, 0x04, 0x00, 0x01, 0x61, 0x00]]
  ])("gives up a Server that sends %s, by the policy, and continues to measure",
    (_, first, then) =>
      live(deviceConfig(always), (life) =>
        Effect.gen(function*() {
          life.world.accept = (send) => {
            let isAnswered = false
            return {
              receive: (_, at) => {
                if (isAnswered) return
                isAnswered = true
                send(Uint8Array.from(first), at)
                for (let turn = 1; turn < 10_000; turn++) send(Uint8Array.from(then), at + turn * 5_000)
              },
              closed: () => {}
            }
          }
          yield* pass(day)
          const failures = told(life, "TryFailed")
          expect(failures.length).toBe(8)
          for (const { event } of failures) {
            expect(event.reason).toBe("broker:1883 has not acknowledged everything for 60 s")
          }
          expect(told(life, "Measured").length).toBeGreaterThanOrEqual(140)
        })))

  it("measures at the command `read` and starts afresh at `restart`", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        yield* pass(60_000)
        World.simulateMessage(life.world, "home/command", "read")
        yield* pass(5_000)
        const levels = life.arrivals.map(({ topic }) => topic.slice("home/data/".length))
        expect(levels).toEqual(["s1/data", "s1/data", "command_result"])
        World.simulateMessage(life.world, "home/command", "restart")
        yield* pass(5_000)
        expect(told(life, "Woke").length).toBe(2)
      })))

  it("uses a configuration as soon as it is published", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        yield* pass(60_000)
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 2, update_interval: 60 }), {
          retain: true
        })
        yield* pass(hour)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([2])
        expect(told(life, "Measured").length).toBeGreaterThanOrEqual(59)
        expect(life.arrivals.some(({ topic }) => topic === "home/data/config_status")).toBe(true)
      })))

  it("takes the two-topic form in its order, number first, and does not refuse the old document meanwhile", () =>
    live(
      deviceConfig({ ...always, mqtt: { topic_config_version: "home/version", topic_config_data: "home/document" } }),
      (life) =>
        Effect.gen(function*() {
          World.simulateMessage(life.world, "home/version", "1", { retain: true })
          World.simulateMessage(life.world, "home/document", JSON.stringify({ version: 1, update_interval: 300 }), {
            retain: true
          })
          yield* pass(60_000)
          expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([1])
          World.simulateMessage(life.world, "home/version", "2", { retain: true })
          yield* pass(100)
          World.simulateMessage(life.world, "home/document", JSON.stringify({ version: 2, update_interval: 60 }), {
            retain: true
          })
          yield* pass(60_000)
          expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([1, 2])
          expect(told(life, "ConfigRefused")).toEqual([])
        })
    ))

  it("refuses a document that does not bear the announced number, when the right one has not come in time", () =>
    live(
      deviceConfig({ ...always, mqtt: { topic_config_version: "home/version", topic_config_data: "home/document" } }),
      (life) =>
        Effect.gen(function*() {
          yield* pass(60_000)
          World.simulateMessage(life.world, "home/document", JSON.stringify({ version: 5 }))
          World.simulateMessage(life.world, "home/version", "6")
          yield* pass(5_000)
          expect(told(life, "ConfigRefused").map(({ event }) => event.reason)).toEqual([
            "version must be 6 as announced, but is 5"
          ])
        })
    ))

  it("acts at once on what comes with the first answers, before anything else arrives", () =>
    live(deviceConfig({ ...always, mqtt: { ...always.mqtt, keepalive: 0 } }), (life) =>
      Effect.gen(function*() {
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 2 }), { retain: true })
        yield* pass(5_000)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([2])
      })))

  it("counts no restart as a failed try, however many follow each other", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        for (let round = 0; round < 6; round++) {
          yield* pass(5_000)
          World.simulateMessage(life.world, "home/command", "restart")
          yield* pass(5_000)
        }
        expect(told(life, "Woke").length).toBe(7)
        expect(told(life, "Trying").map(({ event }) => event.attempt)).toEqual([1, 1, 1, 1, 1, 1, 1])
      })))

  it("does not obey a retained command, which was meant for devices that were connected at the time, and says so once", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        World.simulateMessage(life.world, "home/command", "restart", { retain: true })
        yield* pass(hour)
        expect(told(life, "Woke").length).toBe(1)
        expect(told(life, "Command").map(({ event }) => event.status)).toEqual(["refused"])
        const answers = life.arrivals.filter(({ topic }) => topic.endsWith("/command_result"))
        expect(answers.map(({ payload }) => new TextDecoder().decode(payload))).toEqual([
          "{\"device\":\"d1\",\"command\":\"restart\",\"status\":\"refused\",\"reason\":\"only stay_awake may be retained; publish it without retain\"}"
        ])
      })))

  it("reports a refused subscription", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        life.world.server.forbidden.add("home/command")
        yield* pass(hour)
        expect(told(life, "ConfigUnchanged").map(({ event }) => event.reason)).toContainEqual(
          expect.stringContaining("SUBACK 0x80")
        )
      })))

  it("starts the tries over once a connection has lasted, so that its end is followed by a try at once", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(2 * hour)
        World.setServer(life.world, "up")
        yield* pass(6 * hour)
        const before = told(life, "Trying").length
        for (const link of life.world.links) link.cut()
        yield* pass(5_000)
        expect(told(life, "Trying").slice(before).map(({ event }) => event.attempt)).toEqual([1])
      })))

  it("has in flash, with its Packet Identifier, whatever it sends", () =>
    live(deviceConfig(always), (life) =>
      Effect.gen(function*() {
        const known: Array<boolean> = []
        life.world.server.onArrival = ({ packetIdentifier }) =>
          void known.push(life.state().session.inFlight.some((one) => one.packetIdentifier === packetIdentifier))
        yield* pass(2 * hour)
        expect(known.length).toBeGreaterThan(10)
        expect(known).not.toContain(false)
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
