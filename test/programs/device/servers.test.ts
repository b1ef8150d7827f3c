/** A device with several Servers: which one a try goes to, what is remembered of it, and what holds when it changes. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import type { Arrival } from "../../../src/adapters/simulation/world/Server.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import { goodConnections } from "../../../src/domain/wake/Servers.ts"
import { day, hour, type Life, live, pass, told } from "../../simulation/life.ts"
import { deviceConfig, type DeviceFile } from "./support.ts"

const file = (mqtt: object = {}, rest: DeviceFile = {}) =>
  deviceConfig({
    update_interval: 600,
    ...rest,
    mqtt: { broker: ["one", "two", "three:1884"], reconnect: { min_interval: 3_600, max_interval: 3_600 }, ...mqtt }
  })

/** The names of the Servers that were tried since then. */
const tried = (life: Life, since = 0) =>
  told(life, "Trying").filter(({ at }) => at >= since).map(({ event: { server } }) => server?.slice(0, -5))

/** Three Servers; what arrives at the second is in `second`. */
const three = (life: Life, server = Server.make()) => {
  const second: Array<Arrival> = []
  World.addServer(life.world, "two:1883", server)
  World.addServer(life.world, "three:1884")
  if (server !== life.world.server) server.onArrival = (arrival) => void second.push(arrival)
  return second
}

const texts = (...arrivals: ReadonlyArray<Arrival>) => arrivals.map(({ payload }) => Bytes.toText(payload))

describe("a device with several Servers", () => {
  it("tries the next one when a try fails, in the same wake, and stays there in the next wakes", () =>
    live(file(), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        World.setServer(life.world, "refusing")
        yield* pass(hour - 1)
        expect(tried(life)).toEqual(["one", "two", "two", "two", "two", "two", "two"])
        expect(second.length).toBe(6)
        expect(life.state().servers).toEqual([1, 6])
        expect(life.state().outbox.entries).toEqual([])
      })))

  it("makes no more tries than the policy allows, and goes on behind a wait where it was", () =>
    live(file({ reconnect: { max_attempts: 2, min_interval: 3_600, max_interval: 3_600 } }), (life) =>
      Effect.gen(function*() {
        three(life)
        for (const name of [undefined, "two:1883", "three:1884"]) {
          World.setServer(life.world, "refusing", name)
        }
        yield* pass(4.5 * hour)
        expect(tried(life)).toEqual(["one", "two", "three", "one", "two", "three"])
        World.setServer(life.world, "up", "two:1883")
        yield* pass(2 * hour)
        expect(tried(life).slice(6, 9)).toEqual(["one", "two", "two"])
        expect(life.state().outbox.entries).toEqual([])
      })))

  it("leaves a Server that says nothing, and one that refuses the connection", () =>
    live(file({ timeout: 5 }), (life) =>
      Effect.gen(function*() {
        three(life)
        life.world.server.refuseWith = 5
        World.setServer(life.world, "silent", "two:1883")
        yield* pass(hour / 2)
        expect(tried(life).slice(0, 4)).toEqual(["one", "two", "three", "three"])
      })))

  it("stays with its Server while there is no network", () =>
    live(file(), (life) =>
      Effect.gen(function*() {
        three(life)
        yield* pass(hour / 2)
        World.setWifi(life.world, false)
        yield* pass(3 * hour)
        World.setWifi(life.world, true)
        yield* pass(3 * hour)
        expect(told(life, "TryFailed").length).toBeGreaterThan(3)
        expect(new Set(tried(life))).toEqual(new Set(["one"]))
        expect(life.state().servers).toEqual([0, 0])
      })))

  it("leaves a Server at which a wake runs out of time", () =>
    live(file({ timeout: 20 }, { awake_timeout: 20 }), (life) =>
      Effect.gen(function*() {
        three(life)
        World.setServer(life.world, "silent")
        yield* pass(hour / 2)
        expect(told(life, "Failed").length).toBe(1)
        expect(tried(life).slice(0, 3)).toEqual(["one", "two", "two"])
      })))

  it("tries the first again after so many connections, and goes back at once while it is away", () =>
    live(file(), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        World.setServer(life.world, "refusing")
        yield* pass(goodConnections * 600_000 + 1_000)
        expect(tried(life).slice(-3)).toEqual(["two", "one", "two"])
        expect(second.length).toBe(goodConnections + 1)
        World.setServer(life.world, "up")
        const since = life.world.now()
        yield* pass((goodConnections + 1) * 600_000 + 60_000)
        expect(tried(life, since).slice(-2)).toEqual(["one", "one"])
        expect(tried(life, since).filter((name) => name === "one").length).toBe(2)
        expect(life.state().servers).toEqual([0, 0])
        expect(second.length + life.arrivals.length).toBe(told(life, "Measured").length)
      })))

  it("tries a Server that closes before CONNACK once more, with CONNECT alone", () =>
    live(file(), (life) =>
      Effect.gen(function*() {
        three(life)
        life.world.server.closesEarly = true
        yield* pass(hour)
        expect(tried(life).every((name) => name === "one")).toBe(true)
        expect(told(life, "TryFailed").length).toBe(1)
      })))

  it("delivers with DUP at the next Server what the first did not acknowledge", () =>
    live(file(), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        const { onArrival } = life.world.server
        life.world.server.onArrival = (arrival) => {
          onArrival(arrival)
          World.setServer(life.world, "refusing")
        }
        yield* pass(hour / 2)
        expect(life.arrivals.length).toBe(1)
        expect(second[0]).toMatchObject({ dup: true, packetIdentifier: life.arrivals[0]?.packetIdentifier })
        expect(texts(...second.slice(0, 1))).toEqual(texts(...life.arrivals))
        expect(second[1]).toMatchObject({ dup: false })
      })))

  it("takes an update and a command at whichever Server it is", () =>
    live(file({ topic_command: "home/command", broker: ["one", "two"] }), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        World.setServer(life.world, "refusing")
        yield* pass(hour)
        World.simulateMessage(life.world, "home/config", JSON.stringify({ version: 1, device_name: "new" }), {
          retain: true
        })
        World.simulateMessage(life.world, "home/command", "interval 1200")
        yield* pass(hour)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([1])
        expect(told(life, "Command").map(({ event }) => event.status)).toEqual(["done"])
        expect(second.filter(({ topic }) => topic.endsWith("config_status")).length).toBe(1)
      })))

  it("forgets nothing of its list when an update leaves it, and takes another", () =>
    live(file(), (life) =>
      Effect.gen(function*() {
        three(life)
        const update = (version: number, mqtt: object) =>
          World.simulateMessage(life.world, "home/config", JSON.stringify({ version, mqtt }), { retain: true })
        update(1, { keepalive: 30 })
        yield* pass(hour)
        World.setServer(life.world, "refusing")
        yield* pass(hour)
        expect(tried(life).slice(-1)).toEqual(["two"])
        update(2, { broker: "three", port: 1884 })
        yield* pass(hour)
        expect(told(life, "Trying").slice(-1).map(({ event }) => event.server)).toEqual([undefined])
        expect(told(life, "TryFailed").length).toBe(1)
      })))

  it("says in its status where it is", () =>
    live(file({ publish_status: true }), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        World.setServer(life.world, "refusing")
        yield* pass(hour / 2)
        const status = second.find(({ topic }) => topic.endsWith("/status"))
        expect(JSON.parse(texts(status as Arrival)[0] as string)).toMatchObject({ server: "two:1883" })
      })))

  it("that is always on goes back to the first after an hour", () =>
    live(file({}, { deep_sleep: false }), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        World.setServer(life.world, "refusing")
        yield* pass(hour / 2)
        World.setServer(life.world, "up")
        yield* pass(hour)
        expect(tried(life)).toEqual(["one", "two", "one"])
        expect(told(life, "TryFailed").length).toBe(1)
        yield* pass(day)
        expect(tried(life).length).toBe(3)
        expect(second.length + life.arrivals.length).toBeGreaterThanOrEqual(told(life, "Measured").length - 1)
      })))

  it("that is always on looks for the first every hour while it is away, and loses nothing", () =>
    live(file({}, { deep_sleep: false }), (life) =>
      Effect.gen(function*() {
        const second = three(life)
        World.setServer(life.world, "refusing")
        yield* pass(3.5 * hour)
        expect(tried(life)).toEqual(["one", "two", "one", "two", "one", "two", "one", "two"])
        expect(new Set(texts(...second)).size).toBeGreaterThanOrEqual(told(life, "Measured").length - 1)
      })))
})

describe("a command without an id", () => {
  const command = (server: Server.Server, text: string) =>
    Server.publish(server, { topic: "home/command" as TopicName, payload: Bytes.fromText(text), qos: 1, retain: false },
      0)
  const config = file({ topic_command: "home/command", broker: ["one", "two"] })
  const statuses = (life: Life) => told(life, "Command").map(({ event }) => event.status)

  /** The Server does not get the acknowledgement of the command that is done now. */
  const loseAcknowledgement = (life: Life) => {
    const { accept } = life.world
    life.world.accept = (send, close) => {
      const end = accept(send, close)
      return {
        ...end,
        receive: (bytes, at) => {
          if ((bytes[0] ?? 0) >> 4 === 4) { for (const link of life.world.links) link.cut() }
          else end.receive(bytes, at)
        }
      }
    }
    return () => void (life.world.accept = accept)
  }

  /** The first Server does not hear that its command was done, and goes away. */
  const unheard = (life: Life) =>
    Effect.gen(function*() {
      yield* pass(hour)
      const heal = loseAcknowledgement(life)
      command(life.world.server, "interval 1200")
      yield* pass(600_000)
      World.setServer(life.world, "refusing")
      heal()
    })

  it("is done once where two addresses share a Session, though it comes again at the other", () =>
    live(config, (life) =>
      Effect.gen(function*() {
        three(life, life.world.server)
        yield* unheard(life)
        yield* pass(2 * hour)
        expect(statuses(life)).toEqual(["done", "repeated"])
      })))

  it("is done once at a Server that sends it again after the device was at another", () =>
    live(config, (life) =>
      Effect.gen(function*() {
        const other = Server.make()
        three(life, other)
        yield* unheard(life)
        yield* pass(3 * hour)
        // Of another text, so it is another one; what the other Server acknowledges says nothing of the first.
        command(other, "interval 900")
        yield* pass(2 * hour)
        World.setServer(life.world, "up")
        World.setServer(life.world, "refusing", "two:1883")
        yield* pass(3 * hour)
        expect(statuses(life)).toEqual(["done", "done"])
      })))

  it("that has text and Packet Identifier of another Server's is answered, and not passed over", () =>
    live(config, (life) =>
      Effect.gen(function*() {
        const other = Server.make()
        three(life, other)
        yield* pass(hour)
        World.setServer(life.world, "refusing")
        yield* pass(hour)
        World.setServer(life.world, "refusing", "two:1883")
        World.setServer(life.world, "up")
        yield* pass(3 * hour)
        const heal = loseAcknowledgement(life)
        command(life.world.server, "interval 1200")
        command(other, "interval 1200")
        yield* pass(1_200_000)
        World.setServer(life.world, "refusing")
        heal()
        World.setServer(life.world, "up", "two:1883")
        yield* pass(3 * hour)
        expect(statuses(life)).toEqual(["done", "repeated"])
      })))
})
