/**
 * The sleeping device, on Node's real sockets, against a hostile Server: its wake ends, its messages stay pending, and
 * the next try at a good Server delivers them.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import { describe, expect, it } from "vitest"
import * as DeviceState from "../../src/domain/state/DeviceState.ts"
import type { Endpoint } from "../../src/ports/Socket.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"
import { at, deviceConfig, find, live, run, tags } from "../programs/device/support.ts"
import * as Directory from "../support/directory.ts"
import * as Attacks from "./attacks.ts"
import * as HostileServer from "./HostileServer.ts"

/** One try a wake, each wake; a second for all of it. */
const config = (endpoint: Endpoint) =>
  deviceConfig({ awake_timeout: 1, mqtt: { ...at(endpoint), reconnect: { enabled: false } } })

/** What a wake says of its try. */
const told = (events: ReadonlyArray<WakeEvent>): string => {
  const failed = find(events, "TryFailed")
  if (failed !== undefined) return failed.error
  const reason = find(events, "Failed")?.reason ?? find(events, "ConfigRefused")?.reason ??
    find(events, "ConfigUnchanged")?.reason ?? ""
  return reason === "the wake took longer than 1 s" ? "awake" : reason
}

/** How many messages the Server takes until none is pending. On a busy machine a wake of a second may leave some. */
const deliveredTo = Effect.fnUntraced(function*(endpoint: Endpoint, directory: string) {
  let count = 0
  for (let wakes = 0; wakes < 5; wakes++) {
    const events = yield* live(config(endpoint), directory)
    // The reading of a wake that comes later is one more.
    if (wakes > 0) count -= 1
    for (const event of events) if (event._tag === "Delivered") count += event.count
    if (find(events, "Sleeping")?.pending === 0) return count
  }
  return "some are pending still"
})

/** Whether anything is, by what lies on the disk. */
const isPending = (directory: string): boolean => {
  const { journal, outbox } = Result.getOrThrow(DeviceState.decode(fs.readFileSync(directory + "/state")))
  return outbox.entries.length > 0 || journal > 0
}

const tryErrors = ["SocketError", "ConnectionRefused", "MalformedPacket", "ProtocolViolation", "PacketTooLarge"]

describe("a wake, when the Server", () => {
  for (const { attack, device, what } of Attacks.rows) {
    const way = device === "awake" ? it.concurrent : it
    way(what, () =>
      run(Effect.gen(function*() {
        const server = yield* HostileServer.make
        const directory = yield* Directory.temporary
        yield* server.turn(attack)
        const events = yield* live(config(server.endpoint), directory)
        if (device === "") expect(tryErrors).toContain(told(events))
        else expect(told(events)).toBe(device)
        expect(tags(events).at(-1)).toBe("Sleeping")
        if (yield* server.hasAttacked) yield* server.fled
        yield* server.reform
        const pending = find(events, "Sleeping")?.pending
        expect(pending).toBe(find(events, "Delivered") === undefined ? 1 : 0)
        expect(yield* deliveredTo(server.endpoint, directory)).toBe((pending ?? 0) + 1)
      })))
  }
})

describe("a wake that has delivered, when the Server", () => {
  for (const { attack, device, what } of Attacks.afterDelivery) {
    const way = device === "awake" ? it.concurrent : it
    way(what, () =>
      run(Effect.gen(function*() {
        const server = yield* HostileServer.make
        const directory = yield* Directory.temporary
        yield* server.turn(attack)
        const events = yield* live(config(server.endpoint), directory)
        expect(find(events, "Delivered")).toMatchObject({ count: 1, pending: 0 })
        expect(find(events, "TryFailed")).toBeUndefined()
        expect(told(events)).toContain(device)
        expect(tags(events).at(-1)).toBe("Sleeping")
        yield* server.fled
        yield* server.reform
        expect(yield* deliveredTo(server.endpoint, directory)).toBeTypeOf("number")
      })))
  }
})

it("a wake does not gather PUBACKs without end: it answers, or refuses, a Server that sends more than it can hold", () =>
  run(Effect.gen(function*() {
    const server = yield* HostileServer.make
    const messages = Buffer.from(
      Array.from({ length: 200 }, (_, i) => `3206000161${(i + 1).toString(16).padStart(4, "0")}00`).join(""),
      "hex"
    )
    const update = Attacks.publish("home/config", new Uint8Array(Buffer.from("{\"version\":1}")))
    // As a Server does that lets so many be in flight, and no more.
    yield* server.turn(
      Attacks.grants((victim) =>
        Effect.andThen(victim.send(messages), Effect.andThen(victim.receive("Puback"), victim.send(update)))
      )
    )
    const patient = deviceConfig({
      awake_timeout: 10,
      mqtt: { ...at(server.endpoint), config_wait_time: 5, reconnect: { enabled: false } }
    })
    expect(told(yield* live(patient, yield* Directory.temporary))).not.toBe("no configuration within 5 s")
  })))

describe("a wake that is sent a hostile configuration,", () => {
  const deep = (open: string, close: string) => open.repeat(7_000) + close.repeat(7_000)
  const documents: ReadonlyArray<readonly [what: string, document: string | Uint8Array]> = [
    ["nested 7,000 deep", `{"version":1,"x":${deep("[", "]")}}`],
    ["nested 7,000 deep where a table should be", `{"version":1,"mqtt":${deep("[", "]")}}`],
    ["nested and never closed", "[".repeat(16_000)],
    ["nested objects", `{"version":1,"sensors":${"{\"a\":".repeat(2_000)}1${"}".repeat(2_000)}}`],
    ["with a version of 16,000 digits", `{"version":${"9".repeat(16_000)}}`],
    ["with a version beyond numbers", "{\"version\":1e999}"],
    ["with a version beyond whole numbers", "{\"version\":9007199254740993}"],
    ["with a version that is a table", "{\"version\":{}}"],
    ["with __proto__", "{\"version\":1,\"__proto__\":{\"mqtt\":{\"port\":-1}},\"constructor\":1}"],
    ["with 1,000 unknown keys",
      JSON.stringify({ version: 1, ...Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => ["k" + i, i])) })],
    ["with 500 sensors", JSON.stringify({
      version: 1,
      sensors: Object.fromEntries(Array.from({ length: 500 }, (_, i) => ["s" + i, { id: "a/b" }]))
    })],
    ["null", "null"],
    ["a number", "1"],
    ["a list", "[]"],
    ["not UTF-8", new Uint8Array(1_000).fill(0xff)],
    ["zeros", new Uint8Array(16_000)],
    ["U+FEFF before it", "\ufeff{\"version\":1}"]
  ]
  for (const [what, document] of documents) {
    it(what, () =>
      run(Effect.gen(function*() {
        const server = yield* HostileServer.make
        const directory = yield* Directory.temporary
        const payload = typeof document === "string" ? new Uint8Array(Buffer.from(document)) : document
        yield* server.turn(Attacks.grants((victim) => victim.send(Attacks.publish("home/config", payload))))
        const events = yield* live(config(server.endpoint), directory)
        expect(find(events, "Failed")).toBeUndefined()
        expect(
          events.filter(({ _tag }) =>
            _tag === "ConfigAccepted" || _tag === "ConfigRefused" || _tag === "ConfigUnchanged"
          )
        ).toHaveLength(1)
        yield* server.fled
        yield* server.reform
        expect(yield* deliveredTo(server.endpoint, directory)).toBe(1)
      })))
  }
})

describe("a device that is always on, when the Server", () => {
  for (const { attack, what } of Attacks.rows) {
    it.concurrent(what, () =>
      run(Effect.gen(function*() {
        const server = yield* HostileServer.make
        yield* server.turn(attack)
        // It tries again a second later, and the Server is good by then.
        const config = deviceConfig({
          deep_sleep: false,
          awake_timeout: 1,
          mqtt: { ...at(server.endpoint), reconnect: { enabled: false } }
        })
        const told: Array<WakeEvent> = []
        const directory = yield* Directory.temporary
        const life = live(config, directory, 1, (event) => told.push(event))
        const end = Effect.gen(function*() {
          while (find(told, "TryFailed") === undefined) yield* Effect.sleep(20)
          yield* server.reform
          // What comes while it is connected is delivered without a word.
          while (find(told, "Delivered") === undefined || isPending(directory)) yield* Effect.sleep(20)
        })
        yield* Effect.raceFirst(life, end)
        expect(tryErrors).toContain(find(told, "TryFailed")?.error)
      })))
  }
})
