/**
 * Servers that close the connection instead of saying what they do not take: all else gets through, in simulated days.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Publish } from "../../../src/domain/packet/Publish.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import { day, hour, type Life, live, pass, told } from "../../simulation/life.ts"
import { deviceConfig, type DeviceFile } from "./support.ts"

const every5Minutes = (file: DeviceFile = {}) => deviceConfig({ update_interval: 300, ...file })

/** What arrived under a topic that ends so, without repetitions. */
const arrived = (
  life: Life,
  ending: string
): ReadonlyArray<string> => [
  ...new Set(life.arrivals.filter(({ topic }) => topic.endsWith(ending)).map(({ payload }) => Bytes.toText(payload)))
]

const closing = (life: Life, isForbidden: (packet: Publish) => boolean): void => {
  life.world.server.closesOn = isForbidden
}

const publishConfig = (life: Life, document: object): void =>
  World.simulateMessage(life.world, "home/config", JSON.stringify(document), { retain: true })

/** How many readings of a sensor were taken. */
const taken = (life: Life, sensor: string): number =>
  told(life, "Measured").filter(({ event }) => event.sensor === sensor).length

describe("a Server that closes on messages of one topic", () => {
  const two = { sensors: { simulated: { id: "good" }, dht22: { id: "bad", pin: 4 } } }

  it("gets those of all others in the same wake, and the forbidden ones are abandoned in the end, which is reported", () =>
    live(every5Minutes(two), (life) =>
      Effect.gen(function*() {
        closing(life, ({ topic }) => topic.endsWith("bad/data"))
        yield* pass(300_000)
        expect(arrived(life, "good/data").length).toBe(taken(life, "good"))
        yield* pass(day)
        expect(arrived(life, "good/data").length).toBeGreaterThanOrEqual(taken(life, "good") - 1)
        expect(told(life, "MessageAbandoned").length).toBeGreaterThan(0)
        // The Server was reached: nothing waits for hours.
        expect(told(life, "Waiting")).toEqual([])
      })))

  it("gets a device's word about its update last, and the readings of each wake first", () =>
    live(every5Minutes(), (life) =>
      Effect.gen(function*() {
        closing(life, ({ topic }) => topic.endsWith("config_status"))
        publishConfig(life, { version: 7, device_name: "seven" })
        yield* pass(2 * hour)
        expect(arrived(life, "s1/data").length).toBeGreaterThanOrEqual(taken(life, "s1") - 1)
        expect(told(life, "MessageAbandoned").length).toBe(1)
        expect(life.state().outbox.entries).toEqual([])
      })))
})

describe("a Server that closes on all that a device sends", () => {
  it("does not fill the device's memory with words about ever new updates, and gets them all at last", () =>
    live(every5Minutes({ mqtt: { reconnect: { max_attempts: 3, min_interval: 600, max_interval: 600 } } }), (life) =>
      Effect.gen(function*() {
        closing(life, () =>
          true)
        let most = 0
        for (let update = 1; update <= 40; update++) {
          // Each is refused, for another reason.
          publishConfig(life, { version: update, update_interval: -update })
          yield* pass(hour)
          most = Math.max(most, life.state().outbox.entries.length)
        }
        const refused = told(life, "ConfigRefused").length
        expect(refused).toBeGreaterThan(20)
        expect(most).toBeGreaterThan(Outbox.maxEntries)
        expect(most).toBeLessThanOrEqual(Outbox.mostEntries + 1)
        closing(life, () => false)
        yield* pass(day)
        expect(life.state().outbox.entries).toEqual([])
        expect(arrived(life, "config_status").length).toBe(refused)
      })))

  it("still gives it the configuration that corrects it, within two tries", () =>
    live(every5Minutes({ mqtt: { reconnect: { max_attempts: 1, min_interval: 600, max_interval: 600 } } }), (life) =>
      Effect.gen(function*() {
        yield* pass(600_000)
        closing(life, ({ topic }) =>
          !topic.startsWith("home/open"))
        yield* pass(hour)
        publishConfig(life, { version: 2, mqtt: { topic_data_prefix: "home/open" } })
        const tries = told(life, "Trying").length
        while (told(life, "ConfigAccepted").length === 0 && told(life, "Trying").length <= tries + 3) {
          yield* pass(600_000)
        }
        expect(told(life, "Trying").length - tries).toBeLessThanOrEqual(2)
        yield* pass(hour)
        expect(life.state().outbox.entries).toEqual([])
        expect(told(life, "ConfigRolledBack")).toEqual([])
      })))
})

describe("a Server that closes on messages of one size", () => {
  it("gets all others at the next allowed try", () =>
    live(every5Minutes(), (life) =>
      Effect.gen(function*() {
        World.setServer(life.world, "refusing")
        yield* pass(hour)
        // One of those that lie in the journal.
        const uptime = (text: string): number => (JSON.parse(text) as { readonly uptime: number }).uptime
        const isPoison = (text: string): boolean => uptime(text) >= 1_500 && uptime(text) < 1_800
        expect(life.state().outbox.entries.filter(({ payload }) => isPoison(payload))).toEqual([])
        closing(life, ({ payload, topic }) => topic.endsWith("s1/data") && isPoison(Bytes.toText(payload)))
        World.setServer(life.world, "up")
        yield* pass(6 * hour)
        const taken = arrived(life, "s1/data")
        expect(taken.filter(isPoison)).toEqual([])
        const intervals = new Set(taken.map((text) => Math.floor(uptime(text) / 300)))
        expect(Array.from({ length: 12 }, (_, index) => index).filter((index) => !intervals.has(index))).toEqual([5])
        expect(life.state().outbox.entries).toEqual([])
        expect(told(life, "MessageAbandoned").length).toBe(1)
        // In the wake in which the Server was back.
        expect(told(life, "Waiting").filter(({ at }) => at > 2 * hour)).toEqual([])
      })))
})

describe("a Server that closes on every message", () => {
  it("makes no message the culprit: nothing is abandoned, and the policy counts its tries", () =>
    live(every5Minutes(), (life) =>
      Effect.gen(function*() {
        closing(life, () => true)
        yield* pass(day)
        expect(told(life, "MessageAbandoned")).toEqual([])
        expect(told(life, "Trying").length).toBe(8)
        closing(life, () => false)
        yield* pass(6 * hour + 300_000)
        expect(life.state().outbox.entries).toEqual([])
      })))
})

describe("an update that moves topic_data_prefix to where the Server closes", () => {
  it("is rolled back, and all that is pending goes out under the prefix that worked, at the next allowed try", () =>
    live(every5Minutes({ mqtt: { reconnect: { max_attempts: 1, min_interval: 600, max_interval: 600 } } }), (life) =>
      Effect.gen(function*() {
        closing(life, ({ topic }) =>
          topic.startsWith("home/closed"))
        yield* pass(600_000)
        publishConfig(life, { version: 2, mqtt: { topic_data_prefix: "home/closed" } })
        yield* pass(2 * hour)
        const [rolledBack] = told(life, "ConfigRolledBack")
        expect(rolledBack).toBeDefined()
        const next = told(life, "Delivered").find(({ at }) => at >= (rolledBack?.at ?? Infinity))
        // In the wake in which it is rolled back, which may try.
        expect(next?.at).toBeLessThan((rolledBack?.at ?? 0) + 300_000)
        expect(next?.event.pending).toBe(0)
        expect(arrived(life, "s1/data").length).toBeGreaterThanOrEqual(taken(life, "s1") - 1)
        const first = life.arrivals.filter(({ at }) => at >= (rolledBack?.at ?? Infinity)).slice(0, 3)
        // Under another topic it is another message.
        expect(first.map(({ dup }) => dup)).toEqual([false, false, false])
      })))
})

describe("an update that no message gets through with", () => {
  const closed = (version: number) => ({ version, mqtt: { topic_data_prefix: "home/closed" + version } })

  it("makes way for what worked before it, though another such update came in the meantime", () =>
    live(every5Minutes({ mqtt: { reconnect: { max_attempts: 3, min_interval: 600, max_interval: 600 } } }), (life) =>
      Effect.gen(function*() {
        closing(life, ({ topic }) =>
          topic.startsWith("home/closed"))
        yield* pass(600_000)
        publishConfig(life, closed(2))
        yield* pass(301_000)
        publishConfig(life, closed(3))
        yield* pass(2 * hour)
        expect(told(life, "ConfigAccepted").length).toBe(2)
        expect(told(life, "ConfigRolledBack").map(({ event }) => event.version)).toEqual([3])
        expect(life.state().outbox.entries).toEqual([])
        expect(arrived(life, "s1/data").length).toBeGreaterThanOrEqual(taken(life, "s1") - 1)
      })))

  it.each([true, false])("has not worked as long as nothing was pending with it (deep_sleep %s)", (deepSleep) =>
    live(
      every5Minutes({
        deep_sleep: deepSleep,
        mqtt: { reconnect: { max_attempts: 3, min_interval: 600, max_interval: 600 } }
      }),
      (life) =>
        Effect.gen(function*() {
          closing(life, ({ topic }) => topic.startsWith("home/closed"))
          yield* pass(600_000)
          // The sensor fails: the device reaches the Server, and has nothing for it.
          life.world.activeFaults.spells.set("sensorFails", { fault: {} } as never)
          publishConfig(life, closed(2))
          yield* pass(hour)
          expect(told(life, "ConfigRolledBack")).toEqual([])
          life.world.activeFaults.spells.delete("sensorFails")
          yield* pass(2 * hour)
          expect(told(life, "ConfigRolledBack").length).toBe(1)
          expect(life.state().outbox.entries).toEqual([])
        })
    ))

  it("is rolled back, too, where each try begins a moment after its wake", () =>
    live(
      deviceConfig({ update_interval: 3_600, sensors: { simulated: { id: "s1" }, dht22: { id: "s2", pin: 4 } } }),
      (life) =>
        Effect.gen(function*() {
          closing(life, ({ topic }) => topic.startsWith("home/closed"))
          life.world.server.closesEarly = true
          yield* pass(5 * hour)
          publishConfig(life, closed(2))
          yield* pass(day)
          const [rolledBack] = told(life, "ConfigRolledBack")
          const inVain = told(life, "TryFailed").filter(({ at }) => at > 5.5 * hour && at < (rolledBack?.at ?? 0))
          expect(new Set(inVain.map(({ at }) => Math.floor(at / hour))).size).toBe(3)
        })
    ))
})

describe("an update whose message of acceptance the Server does not take", () => {
  it.each([true, false])("is taken once, and comes into force all the same (deep_sleep %s)", (deepSleep) =>
    live(
      every5Minutes({
        deep_sleep: deepSleep,
        mqtt: { reconnect: { max_attempts: 5, min_interval: 600, max_interval: 600 } }
      }),
      (life) =>
        Effect.gen(function*() {
          yield* pass(600_000)
          closing(life,
            ({ payload, topic }) =>
              topic.endsWith("config_status") || topic.endsWith("s1/data") && Bytes.toText(payload).includes("unit"))
          yield* pass(600_000)
          publishConfig(life, { version: 2, device_name: "renamed", sensors: { simulated: { id: "s2" } } })
          yield* pass(2 * hour)
          expect(told(life, "ConfigAccepted").length).toBe(1)
          expect(told(life, "ConfigRolledBack")).toEqual([])
          expect(arrived(life, "s2/data").length).toBeGreaterThan(10)
        })
    ))
})

describe("a Server that closes on what comes before its CONNACK", () => {
  it("gets CONNECT alone, at the first try of a later wake, too, and one write again when it has become another", () =>
    live(every5Minutes(), (life) =>
      Effect.gen(function*() {
        life.world.server.closesEarly = true
        yield* pass(hour)
        expect(arrived(life, "s1/data").length).toBe(taken(life, "s1"))
        expect(told(life, "ConnectAlone").length).toBe(1)
        expect(told(life, "TryFailed").length).toBe(1)
        yield* pass(day)
        // Tried again now and then, at the cost of one short try.
        expect(told(life, "TryFailed").length).toBeLessThanOrEqual(1 + Math.ceil(25 * 12 / 24))
        expect(told(life, "TryFailed").length).toBeGreaterThan(5)
        life.world.server.closesEarly = false
        yield* pass(3 * hour)
        expect(life.state().connectAlone).toBe(0)
        expect(arrived(life, "s1/data").length).toBeGreaterThanOrEqual(taken(life, "s1") - 1)
      })))

  it("gets a configuration taken, with nothing else pending", () =>
    live(every5Minutes({ sensors: {} }), (life) =>
      Effect.gen(function*() {
        life.world.server.closesEarly = true
        publishConfig(life, { version: 3 })
        yield* pass(hour)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([3])
      })))
})

describe("the review of an update", () => {
  it("is remembered before it begins, for the first time, and one on which two wakes have ended is not begun again", () =>
    live(every5Minutes(), (life) =>
      Effect.gen(function*() {
        const begun: Array<number> = []
        const set = life.world.storage.set.bind(life.world.storage)
        life.world.storage.set = (name, value) => {
          const result = set(name, value)
          if (name === "state") begun.push(life.state().review[1])
          return result
        }
        publishConfig(life, { version: 9, mqtt: { port: 70_000 } })
        yield* pass(hour + 100_000)
        expect(begun.filter((deaths) => deaths > 0)).toEqual([1])
        expect(told(life, "ConfigRefused").length).toBe(1)
        // As two wakes leave it that have died in the review.
        const state = life.state()
        set("state", DeviceState.encode({ ...state, refusedUpdate: 0, review: [state.review[0], 2] }))
        yield* pass(hour)
        expect(told(life, "ConfigRefused").map(({ event }) => event.reason)[1]).toBe(
          "the device ran out of memory or power twice while it checked this update; make it smaller"
        )
        publishConfig(life, { version: 10 })
        yield* pass(600_000)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([10])
      })))
})

describe("a Server that acknowledges everything twice", () => {
  it("is reported once for each connection, and the device takes its configuration", () =>
    live(every5Minutes(), (life) =>
      Effect.gen(function*() {
        publishConfig(life, { version: 4 })
        life.world.activeFaults.spells.set("doubleAcks", {
          fault: { kind: "doubleAcks", at: 0, steps: 0, lasts: day, amount: 0, share: 0 },
          until: Infinity
        })
        yield* pass(hour)
        expect(told(life, "ConfigAccepted").map(({ event }) => event.version)).toEqual([4])
        expect(told(life, "TryFailed")).toEqual([])
        expect(told(life, "Ignored").length).toBeGreaterThan(5)
        expect(told(life, "Ignored")[0]?.event.reason).toMatch(
          /^PUBACK for Packet Identifier \d+, which no PUBLISH is waiting for$/
        )
        expect(life.state().outbox.entries).toEqual([])
      })))
})
