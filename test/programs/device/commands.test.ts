/** Commands to a device that sleeps: sent while it does, done when it wakes, once. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import { hour, type Life, live, pass, told } from "../../simulation/life.ts"
import { deviceConfig } from "./support.ts"

const minute = 60_000
const topic = "home/command"
const sleeper = (mqtt: object = {}, file: object = {}) =>
  deviceConfig({ update_interval: 600, ...file, mqtt: { topic_command: topic, ...mqtt } })

const decode = (payload: Uint8Array): string => new TextDecoder().decode(payload)

/** What has arrived below the prefix, without what was sent again. */
const arrived = (life: Life, level: string): ReadonlyArray<string> =>
  life.arrivals.filter(({ dup, topic }) => !dup && topic === "home/data/" + level).map(({ payload }) => decode(payload))

const results = (life: Life): ReadonlyArray<Record<string, unknown>> =>
  arrived(life, "command_result").map((text) => JSON.parse(text) as Record<string, unknown>)

const readings = (life: Life): number => arrived(life, "s1/data").length

describe("a device that sleeps", () => {
  it("reads at the command `read`, beside the reading of its wake, and answers", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "read")
        yield* pass(10 * minute)
        expect(readings(life)).toBe(3)
        expect(results(life)).toEqual([{ device: "d1", command: "read", status: "done" }])
        yield* pass(2 * hour)
        expect(results(life).length).toBe(1)
        expect(life.world.server.sessions.get("esp_sensor")?.pending.size).toBe(0)
      })))

  it("reads sensors whose turn has not come, and what has not changed", () =>
    live(sleeper({}, { sensors: { simulated: { id: "s1", interval: 7_200, temperature: { change: 50 } } } }), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        expect(readings(life)).toBe(1)
        World.simulateMessage(life.world, topic, "read")
        yield* pass(7 * hour)
        expect([readings(life) >= 2, results(life).length]).toEqual([true, 1])
      })))

  it("does all commands that have come, in their order", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        for (const text of ["send", "{\"command\":\"report\",\"id\":7}", "jump \u00e9", "interval 1200"]) {
          World.simulateMessage(life.world, topic, text)
        }
        yield* pass(11 * minute)
        expect(results(life)).toEqual([
          { device: "d1", command: "send", status: "done" },
          { device: "d1", command: "report", id: "7", status: "done" },
          {
            device: "d1",
            command: "jump",
            status: "refused",
            reason: "what follows its name must be a number"
          },
          { device: "d1", command: "interval", seconds: 1200, status: "done" }
        ])
        expect(arrived(life, "status").length).toBe(1)
      })))

  it("answers what it does not know", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "reboot")
        yield* pass(11 * minute)
        expect(results(life)).toEqual([{
          device: "d1",
          command: "reboot",
          status: "unknown",
          reason: "this device knows read, send, report, restart, stay_awake, interval"
        }])
      })))

  it("keeps the interval of a command over updates, until it is told to go back", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "interval 60")
        yield* pass(10 * minute)
        const before = told(life, "Measured").length
        yield* pass(30 * minute)
        expect(told(life, "Measured").length - before).toBe(30)
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 1, device_name: "other" }), {
          retain: true
        })
        yield* pass(30 * minute)
        expect(told(life, "ConfigAccepted").length).toBe(1)
        World.simulateMessage(life.world, topic, "interval 0")
        yield* pass(2 * minute)
        const slow = told(life, "Measured").length
        yield* pass(2 * hour)
        expect(told(life, "Measured").length - slow).toBe(12)
      })))

  it("restarts once, and goes on", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "restart")
        yield* pass(10 * minute)
        const woke = told(life, "Woke").map(({ at }) => at)
        expect(woke.length).toBe(3)
        expect((woke[2] ?? 0) - (woke[1] ?? 0)).toBeLessThan(5_000)
        yield* pass(hour)
        expect(told(life, "Woke").length).toBe(9)
        expect(results(life)).toEqual([{ device: "d1", command: "restart", status: "done" }])
      })))

  it("does a command with an id once, whoever sends it again, and says so", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        const text = "{\"command\":\"read\",\"id\":\"a1\"}"
        World.simulateMessage(life.world, topic, text)
        yield* pass(10 * minute)
        World.simulateMessage(life.world, topic, text)
        yield* pass(10 * minute)
        expect(results(life).map(({ status }) => status)).toEqual(["done", "repeated"])
        expect(readings(life)).toBe(4)
      })))

  it("stays awake, connected, measures and obeys at once, and then sleeps in its rhythm", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "stay_awake 1500")
        yield* pass(10 * minute)
        expect(told(life, "Staying").map(({ event }) => Math.round(event.millis / 60_000))).toEqual([25])
        const [{ at } = { at: 0 }] = told(life, "Staying")
        World.simulateMessage(life.world, topic, "read")
        yield* pass(5_000)
        expect(results(life).map(({ command }) => command)).toEqual(["stay_awake", "read"])
        yield* pass(27 * minute)
        const slept = told(life, "Sleeping").map(({ at }) => at)
        expect(slept.length).toBe(2)
        expect((slept[1] ?? 0) - at).toBeGreaterThan(24.9 * minute)
        expect((slept[1] ?? 0) - at).toBeLessThan(25.2 * minute)
        const times = told(life, "Measured").map(({ at }) => at)
        yield* pass(hour)
        const all = told(life, "Measured").map(({ at }) => at)
        expect(all.length).toBeGreaterThan(times.length + 4)
        for (const [index, one] of all.slice(1).entries()) {
          expect(one - (all[index] ?? 0)).toBeLessThan(10.2 * minute)
        }
      })))

  it("stays awake in every wake while the command is retained, and answers once; sleeps when it is cleared", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "stay_awake", { retain: true })
        yield* pass(5 * hour)
        expect(told(life, "Sleeping").length).toBe(1)
        expect(results(life).length).toBe(1)
        for (const link of life.world.links) link.cut()
        yield* pass(hour - 5 * minute)
        expect(told(life, "Sleeping").length).toBe(1)
        World.simulateMessage(life.world, topic, "", { retain: true })
        yield* pass(5_000)
        expect(told(life, "Sleeping").length).toBe(2)
        yield* pass(hour)
        expect(told(life, "Woke").length).toBe(8)
        expect(results(life).length).toBe(1)
      })))

  it("ends its stay though the command was cleared while it was not connected", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "stay_awake", { retain: true })
        yield* pass(hour)
        life.world.server.retained.delete(topic)
        for (const link of life.world.links) link.cut()
        yield* pass(10 * minute)
        expect(told(life, "Sleeping").length).toBeGreaterThan(1)
        expect(told(life, "TryFailed").length).toBe(1)
      })))

  it("does nothing after its until, nor without a clock to tell it", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "{\"command\":\"read\",\"until\":\"2026-12-01T00:00:00Z\"}")
        yield* pass(10 * minute)
        expect(results(life).map(({ reason }) => reason)).toEqual([
          "it has an until, but this device does not know the time; set time.server"
        ])
        expect(readings(life)).toBe(2)
      })))

  it("takes what it has room for and leaves the rest with the Server, in their order", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        for (let n = 1; n <= 40; n++) {
          World.simulateMessage(life.world, topic, JSON.stringify({ command: "send", id: n }))
        }
        yield* pass(10 * minute)
        expect(results(life).map(({ id }) => Number(id))).toEqual(Array.from({ length: 16 }, (_, n) => n + 1))
        yield* pass(30 * minute)
        expect(results(life).map(({ id }) => Number(id))).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
      })))

  it("is told by nothing of any size, and delivers", () =>
    live(sleeper(), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        for (const text of ["x".repeat(300), "y".repeat(60_000), "{", "{\"command\":3}", " ", "null", "{\"id\":{}}"]) {
          World.simulateMessage(life.world, topic, text)
        }
        yield* pass(2 * hour)
        expect(results(life).map(({ status }) => status)).toEqual(
          ["refused", "refused", "refused", "refused", "unknown", "unknown", "refused"]
        )
        expect(readings(life)).toBe(13)
      })))

  it("asks for nothing where no configuration is loaded but commands, and gets them", () =>
    live(sleeper({ load_config_from_mqtt: false }), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        World.simulateMessage(life.world, topic, "read")
        yield* pass(10 * minute)
        expect(results(life).length).toBe(1)
        expect(told(life, "ConfigUnchanged")).toEqual([])
      })))

  it("finds a command again that came while an update was on probation which moved them elsewhere", () =>
    live(sleeper({ reconnect: { max_attempts: 1, min_interval: 60, max_interval: 60 } }), (life) =>
      Effect.gen(function*() {
        yield* pass(minute)
        const mqtt = { topic_command: "elsewhere", topic_data_prefix: "home/closed" }
        // The Server closes on everything there.
        life.world.server.closesOn = (packet) =>
          packet.topic.startsWith("home/closed")
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 1, mqtt }), { retain: true })
        yield* pass(10 * minute)
        expect(told(life, "ConfigAccepted").length).toBe(1)
        World.simulateMessage(life.world, topic, "{\"command\":\"send\",\"id\":1}")
        yield* pass(3 * hour)
        expect(told(life, "ConfigRolledBack").length).toBe(1)
        expect(results(life)).toEqual([{ device: "d1", command: "send", id: "1", status: "done" }])
      })))
})
