/**
 * What a device does when the world does not: cut connections, silence, broken flash, broken sensors, wrong packets.
 */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import { day, hour, live, pass, told } from "../../simulation/life.ts"
import { deviceConfig, tags } from "./support.ts"

const quick = { update_interval: 600, mqtt: { reconnect: { max_attempts: 2, min_interval: 600, max_interval: 600 } } }

describe("what is pending on a device", () => {
  it("is sent again with DUP 1 and the same Packet Identifier when its PUBACK was lost, also after deep sleep", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        // The Server hears the first wake, and nothing of what it answers gets back.
        const onArrival = life.world.server.onArrival
        life.world.server.onArrival = (arrival) => {
          onArrival(arrival)
          if (life.arrivals.length <= 2) { for (const link of life.world.links) link.cut() }
        }
        yield* pass(60_000)
        yield* pass(hour)
        const [first, second, third] = life.arrivals
        expect(first).toMatchObject({ dup: false })
        expect(second).toMatchObject({ dup: true, packetIdentifier: first?.packetIdentifier })
        expect(third).toMatchObject({ dup: true, packetIdentifier: first?.packetIdentifier })
        expect(Bytes.toText(second?.payload ?? Bytes.empty)).toBe(Bytes.toText(first?.payload ?? Bytes.empty))
        expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThan(500_000)
        expect(life.state().outbox.entries).toEqual([])
      })))

  it("is in flash, with its Packet Identifier, before the first byte leaves", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        const onArrival = life.world.server.onArrival
        life.world.server.onArrival = (arrival) => {
          onArrival(arrival)
          const { outbox, session } = life.state()
          const known = session.inFlight.find(({ packetIdentifier }) => packetIdentifier === arrival.packetIdentifier)
          const entry = outbox.entries.find(({ id }) => id === known?.entry)
          seen.push(entry === undefined ? undefined : entry.payload === Bytes.toText(arrival.payload))
        }
        yield* pass(3 * hour)
        expect(seen.length).toBeGreaterThan(15)
        expect(seen.every((same) => same === true)).toBe(true)
      })))

  it("survives a Server that forgets every Session, and reaches it once it listens", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "unreachable")
        yield* pass(2 * hour)
        life.world.server.sessions.clear()
        World.setServer(life.world, "up")
        yield* pass(hour)
        expect(life.arrivals.length).toBe(told(life, "Measured").length)
      })))

  it("is evicted for newer readings when there is no room, and the loss is counted and reported", () =>
    live(deviceConfig({ ...quick, mqtt: { ...quick.mqtt, outbox: { capacity: 4 } } }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(2 * hour)
        const measured = told(life, "Measured").length
        const dropped = told(life, "Dropped").reduce((sum, { event }) =>
          sum + event.count, 0)
        expect(life.state().outbox.entries.length).toBe(4)
        expect(dropped).toBe(measured - 4)
        expect(life.state().outbox.dropped).toBe(dropped)
      })))

  it("goes out in windows of 32 when more has gathered than a Server takes before CONNACK", () =>
    live(deviceConfig({ ...quick, mqtt: { ...quick.mqtt, outbox: { capacity: 200 } } }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(day)
        World.setServer(life.world, "up")
        yield* pass(hour)
        expect(life.state().outbox.entries).toEqual([])
        const identifiers = life.arrivals.map(({ payload }) =>
          Bytes.toText(payload)
        )
        expect(new Set(identifiers).size).toBe(told(life, "Measured").length)
        expect(life.arrivals.some(({ dup }) => dup)).toBe(false)
      })))
})

describe("a wake", () => {
  it("ends in deep sleep within its bound when the Server accepts and then says nothing", () =>
    live(deviceConfig({ ...quick, awake_timeout: 30 }), (life) =>
      Effect.gen(function*() {
        yield* pass(700_000)
        life.world.serverCondition = "silent"
        const before = life.told.length
        yield* pass(hour)
        const after = life.told.slice(before)
        expect(tags(after.map(({ event }) => event))).toContain("TryFailed")
        for (const { at, event } of after) {
          if (event._tag !== "Sleeping") continue
          const woke = life.told.findLast((one) => one.event._tag === "Woke" && one.at <= at)
          expect(at - (woke?.at ?? 0)).toBeLessThanOrEqual(30_000)
        }
      })))

  it("ends in deep sleep when there is no Wi-Fi, having tried each network for its time", () =>
    live(
      deviceConfig({
        ...quick,
        awake_timeout: 300,
        network: { ssid: "home", password: "", timeout: 7 },
        network_fallback: { ssid: "yard", password: "", timeout: 5 }
      }),
      (life) =>
        Effect.gen(function*() {
          World.setWifi(life.world, false)
          yield* pass(500_000)
          expect(told(life, "TryFailed").map(({ event }) => event.error)).toEqual(["WifiError", "WifiError"])
          expect(told(life, "TryFailed")[0]?.event.reason).toContain("home, yard")
          expect(life.world.radioMillis).toBe(24_000)
          expect(told(life, "Sleeping").length).toBe(1)
        })
    ))

  it("reports a corrupt snapshot, puts it aside, and starts with a new one", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        yield* pass(300_000)
        const rotten = new Uint8Array(life.world.storage.get("state") as Uint8Array)
        rotten[40] = (rotten[40] as number) ^ 1
        life.world.storage.set("state", rotten)
        yield* pass(hour)
        expect(told(life, "MemoryLost").map(({ event }) => event.reason)).toEqual(["its checksum does not match"])
        expect(life.world.storage.get("state.bad")).toEqual(rotten)
        expect(told(life, "Delivered").length).toBe(told(life, "Measured").length)
      })))

  it("reads any bytes as a snapshot or says why not, and never stops", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.constantFrom("state", "config"), (bytes, name) =>
        live(deviceConfig(quick), (life) =>
          Effect.gen(function*() {
            life.world.storage.set(name, bytes)
            yield* pass(700_000)
            expect(told(life, "MemoryLost").length).toBeGreaterThanOrEqual(1)
            expect(told(life, "Delivered").length).toBe(2)
          }))),
      { numRuns: 30 }
    ))

  it("with mqtt switched off measures and sleeps, and touches neither radio nor Server", () =>
    live(deviceConfig({ update_interval: 600, mqtt: { enabled: false } }), (life) =>
      Effect.gen(function*() {
        yield* pass(hour)
        expect(told(life, "Measured").length).toBe(6)
        expect(life.world.tries).toBe(0)
        expect(life.world.radioMillis).toBe(0)
        expect(tags(life.told.map(({ event }) => event))).not.toContain("Failed")
      })))

  it("reads a sensor with an interval of its own only when its turn has come", () =>
    live(
      deviceConfig({
        ...quick,
        sensors: { simulated: { id: "often" }, dht22: { id: "seldom", pin: 4, interval: 1_800 } }
      }),
      (life) =>
        Effect.gen(function*() {
          yield* pass(6 * hour - 1)
          const of = (id: string) => told(life, "Measured").filter(({ event }) => event.sensor === id).length
          expect(of("often")).toBe(36)
          expect(of("seldom")).toBe(12)
        })
    ))

  it("with the policy switched off tries once in every wake", () =>
    live(deviceConfig({ update_interval: 600, mqtt: { reconnect: { enabled: false } } }), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(6 * hour - 1)
        expect(told(life, "Trying").length).toBe(36)
      })))
})

describe("a wake and its bounds", () => {
  it("is over after awake_timeout, whatever else would wait longer", () =>
    live(deviceConfig({ ...quick, awake_timeout: 5 }), (life) =>
      Effect.gen(function*() {
        life.world.accept = () => ({ receive: () => {}, closed: () => {} })
        yield* pass(60_000)
        expect(told(life, "Failed").map(({ at, event }) => [at, event.reason])).toEqual([[5_000,
          "the wake took longer than 5 s"]])
        expect(told(life, "Sleeping")[0]).toMatchObject({ at: 5_000, event: { pending: 1 } })
      })))

  it("has the radio off before it sleeps, and says good-bye to the Server", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        const radio: Array<number | undefined> = []
        const push = life.told.push.bind(life.told)
        life.told.push = (...all) => {
          if (all[0]?.event._tag === "Sleeping") radio.push(life.world.radioOnSince)
          return push(...all)
        }
        const parting: Array<string> = []
        const accept = life.world.accept
        life.world.accept = (send, close) => {
          const end = accept(send, close)
          return {
            receive: (bytes, at) => {
              // DISCONNECT is the last packet: 0xe0, Remaining Length 0.
              parting.push(Bytes.toBinary(Bytes.slice(bytes, Bytes.length(bytes) - 2, Bytes.length(bytes))))
              end.receive(bytes, at)
            },
            closed: (at) => end.closed(at)
          }
        }
        yield* pass(hour - 1)
        expect(radio).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
        expect(parting.filter((bytes) => bytes === "\u00e0\u0000")).toHaveLength(6)
      })))

  it("ends in sleep after a defect too, and remembers", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        life.world.server.onArrival = () => {
          throw new Error("a bug")
        }
        yield* pass(60_000)
        expect(tags(life.told.map(({ event }) => event))).toEqual(["Woke", "Measured", "Trying", "ConnectAlone",
          "Failed", "Sleeping"])
        expect(life.state().outbox.entries.length).toBe(1)
      })))

  it("reports a refused subscription, and delivers anyway", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        life.world.server.forbidden.add("home/config")
        yield* pass(60_000)
        expect(told(life, "Delivered").length).toBe(1)
        expect(told(life, "ConfigUnchanged").map(({ event }) => event.reason)).toEqual([
          expect.stringContaining("SUBACK 0x80")
        ])
      })))

  it("does not let a configuration that is too large stand in the way of the data, and reports it once", () =>
    live(deviceConfig(quick), (life) =>
      Effect.gen(function*() {
        World.simulateMessage(life.world, "home/config",
          JSON.stringify({ version: 1, device_name: "x".repeat(20_000) }), { retain: true })
        yield* pass(6 * hour - 1)
        expect(told(life, "TryFailed")).toEqual([])
        expect(told(life, "Delivered").length).toBe(36)
        expect(told(life, "ConfigRefused").map(({ event }) => event.reason)).toEqual([expect.stringContaining("20")])
        expect(life.arrivals.filter(({ topic }) => topic === "home/data/config_status").length).toBe(1)
      })))

  it("tries when the wait ends, also when that is while a slow sensor is read", () =>
    live(
      deviceConfig({
        update_interval: 3_600,
        mqtt: { reconnect: { max_attempts: 1, min_interval: 3_601, max_interval: 3_601 } }
      }),
      (life) =>
        Effect.gen(function*() {
          World.setServer(life.world, "refusing")
          yield* pass(10 * hour)
          const tries = told(life, "Trying").map(({ at }) => at)
          expect(tries.length).toBe(10)
          for (let i = 1; i < tries.length; i++) {
            expect((tries[i] ?? 0) - (tries[i - 1] ?? 0)).toBeLessThanOrEqual(3_601_000 + 1_000)
          }
        })
    ))
})

describe("the device's flash", () => {
  it("that takes nothing costs three tries in each first wait of the policy, which is then slept through, and not three in each wake", () =>
    live(deviceConfig({ update_interval: 600 }), (life) =>
      Effect.gen(function*() {
        yield* pass(hour - 1)
        World.setServer(life.world, "refusing")
        life.world.activeFaults.spells.set("flashFull", {
          fault: { kind: "flashFull", at: 0, steps: 0, lasts: day, amount: 0, share: 0 },
          until: Infinity
        })
        const before = life.world.tries
        yield* pass(day)
        expect(told(life, "NotSaved").length).toBeGreaterThan(24)
        expect(life.world.tries - before).toBe(3 * 24)
        for (const { event } of told(life, "Sleeping").slice(-20)) expect(event.millis).toBeGreaterThan(0.99 * hour)
        // And nothing is different once it works again.
        life.world.activeFaults.spells.clear()
        World.setServer(life.world, "up")
        yield* pass(2 * hour)
        expect(life.state().outbox.entries).toEqual([])
        expect(told(life, "Sleeping").at(-1)?.event.millis).toBeLessThan(601_000)
      })))

  it("is not written at all by a wake that changes nothing, and twice by one that delivers", () =>
    live(deviceConfig({ update_interval: 600, mqtt: { enabled: false } }), (life) =>
      Effect.gen(function*() {
        yield* pass(hour)
        expect(told(life, "Measured").length).toBe(6)
        // The first wake, which begins the count of the uptime.
        expect(life.world.writes).toBe(1)
      })).then(() =>
        live(deviceConfig(quick), (life) =>
          Effect.gen(function*() {
            yield* pass(hour - 1)
            expect(told(life, "Delivered").length).toBe(6)
            // And the first one once more: it cannot know that no radio has reset it before.
            expect(life.world.writes).toBe(13)
          }))
      ))
})
