/** The whole device on Espruino itself, wake after wake out of one flash, against a real broker. */
import type { Aedes } from "aedes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/DeviceConfig.ts"
import * as Snapshot from "../../../src/domain/Snapshot.ts"
import * as aedes from "../../support/aedes.ts"
import * as certificates from "../../support/certificates.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"

const run = <A>(effect: Effect.Effect<A, never, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

const document = (port: number, version = 1) => ({
  device_id: "greenhouse",
  version,
  update_interval: 600,
  network: { ssid: "home", password: "secret" },
  sensors: { simulated: { id: "air" } },
  mqtt: {
    enabled: true,
    broker: "127.0.0.1",
    port,
    // Tries at every wake: the clock of these boards goes on by seconds only.
    reconnect: { enabled: false },
    topic_data_prefix: "/homecontrol/greenhouse/data",
    topic_config: "/homecontrol/greenhouse/config",
    config_wait_time: 0.1
  }
})

const flashed = (port: number, keys: object = {}, files = Espruino.device) =>
  Effect.gen(function*() {
    const image = path.join(yield* Directory.temporary, "espruino.flash")
    const plain = document(port)
    const { config } = Result.getOrThrow(DeviceConfig.check({ ...plain, mqtt: { ...plain.mqtt, ...keys } }))
    Espruino.writeFlash(image, yield* Effect.promise(() => files(config).then(Espruino.tokenised)))
    return image
  })

/** One wake. Nothing may go wrong below the program: what ends in sleep all the same would hide it. */
const wake = (image: string, environment: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const boot = yield* Effect.promise(() => Espruino.boot(image, environment))
    expect(boot.lines.filter((line) => /Uncaught|recursion|OUT OF MEMORY|Interrupted|"(Failed|NotSaved|MemoryLost)"/.test(line))).toEqual([])
    return boot
  })

/** How many variables the interpreter has. */
const variables = Effect.gen(function*() {
  const image = path.join(yield* Directory.temporary, "espruino.flash")
  Espruino.writeFlash(image, { ".bootcde": `print("total " + process.memory().total);ESP32.deepSleep(1)` })
  const { lines } = yield* Effect.promise(() => Espruino.boot(image))
  return Number(/total (\d+)/.exec(lines.join("\n"))?.[1])
})

/** What the device still owes, by its snapshot in flash. */
const owed = (image: string): ReadonlyArray<unknown> => {
  const files = Espruino.readFlash(image)
  const stored = files["state"] ?? files["State"] ?? ""
  expect(stored.startsWith("dormouse-1 ")).toBe(true)
  return (JSON.parse(stored.slice(stored.indexOf("{"), -1)) as { readonly e: ReadonlyArray<unknown> }).e
}

/** A broker, and the messages that were published to it. */
const broker = (port?: number) =>
  Effect.gen(function*() {
    const made = yield* aedes.make(port === undefined ? {} : { port })
    const messages: Array<readonly [topic: string, payload: string]> = []
    made.aedes.on("publish", ({ payload, topic }, client) => {
      if (client !== null) messages.push([topic, payload.toString()])
    })
    return { ...made, messages }
  })

/** As if the device owed `count` messages: the last one, so often. */
const owing = (image: string, count: number): void => {
  const files = Espruino.readFlash(image)
  const [name, stored] = Object.entries(files).find(([file]) => file.toLowerCase() === "state") as [string, string]
  const state = JSON.parse(stored.slice(stored.indexOf("{"), -1)) as { readonly e: ReadonlyArray<ReadonlyArray<unknown>> }
  const e = Array.from({ length: count }, (_, index) => [index + 1, ...(state.e[0] as ReadonlyArray<unknown>).slice(1)])
  const bytes = Snapshot.encode({ ...state, e, o: [count, 0] })
  const others = Object.entries(files).filter(([file]) => file !== name).map(([file, text]) => [file, Buffer.from(text, "latin1")])
  Espruino.writeFlash(image, { ...Object.fromEntries(others), [name]: Buffer.concat([bytes, Buffer.from("1")]) })
}

/** Every client gets it that asks for its configuration. */
const retain = (server: Aedes, payload: string) => {
  const packet = { cmd: "publish", topic: "/homecontrol/greenhouse/config", payload, qos: 0, retain: true, dup: false } as const
  return Effect.promise(() => new Promise<void>((resolve) => server.publish(packet, () => resolve())))
}

const interval = 600_000_000

describe.skipIf(Espruino.interpreter === "")("the device on Espruino" + Espruino.hint, () => {
  it("measures, delivers, remembers and sleeps, wake after wake", () =>
    run(Effect.gen(function*() {
      const { messages, tcp } = yield* broker()
      const image = yield* flashed(tcp.port)
      for (let wakes = 1; wakes <= 3; wakes++) {
        const { report, slept } = yield* wake(image)
        expect(slept).toBeLessThanOrEqual(interval)
        expect(slept).toBeGreaterThan(interval - 10_000_000)
        expect(messages).toHaveLength(wakes)
        const [topic, payload] = messages[wakes - 1] as readonly [string, string]
        expect(topic).toBe("/homecontrol/greenhouse/data/air/data")
        expect(JSON.parse(payload)).toMatchObject({ unit: "C" })
        expect(owed(image)).toEqual([])
        // The boards' limits, where the interpreter tells.
        if (report) expect(report.stack.needed).toBeLessThanOrEqual(report.stack.limit)
      }
    })))

  it("keeps what it could not deliver, and delivers all of it when the Server is back, in order", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port)
      for (let wakes = 1; wakes <= 2; wakes++) {
        yield* wake(image)
        expect(owed(image)).toHaveLength(wakes)
      }
      const remembered = owed(image).map((row) => (row as ReadonlyArray<unknown>)[2])
      const { messages } = yield* broker(port)
      yield* wake(image)
      expect(messages.map(([, payload]) => payload).slice(0, 2)).toEqual(remembered)
      expect(messages).toHaveLength(3)
      expect(owed(image)).toEqual([])
    })))

  it("takes a newer configuration, says so, and wakes by it", () =>
    run(Effect.gen(function*() {
      const { aedes, messages, tcp } = yield* broker()
      const image = yield* flashed(tcp.port)
      yield* retain(aedes, JSON.stringify({ ...document(tcp.port, 2), update_interval: 120 }))
      yield* wake(image)
      expect(messages.map(([topic]) => topic)).toEqual(["/homecontrol/greenhouse/data/air/data", "/homecontrol/greenhouse/data/config_status"])
      const { slept } = yield* wake(image)
      expect(slept).toBeLessThanOrEqual(120_000_000)
    })))

  it("delivers over TLS", (test) =>
    run(Effect.gen(function*() {
      // Built for Linux, Espruino keeps mbedTLS's buffers among them, 2,900, and not on a heap as on an ESP32.
      if ((yield* variables) < 8_000) return test.skip("needs an interpreter with 8,000 variables")
      const { aedes: server, tls } = yield* aedes.make({ identity: certificates.rsa })
      const topics: Array<string> = []
      server.on("publish", ({ topic }, client) => void (client && topics.push(topic)))
      const image = yield* flashed(tls.port, { ssl: true })
      for (let wakes = 1; wakes <= 2; wakes++) yield* wake(image)
      expect(topics).toEqual(["/homecontrol/greenhouse/data/air/data", "/homecontrol/greenhouse/data/air/data"])
      expect(owed(image)).toEqual([])
    })))

  it("refuses a configuration that it has no memory for, says so once, and goes on", () =>
    run(Effect.gen(function*() {
      const { aedes, messages, tcp } = yield* broker()
      const image = yield* flashed(tcp.port)
      yield* retain(aedes, JSON.stringify({ ...document(tcp.port, 2), note: "x".repeat(10_000) }))
      for (let wakes = 1; wakes <= 3; wakes++) yield* wake(image)
      const statuses = messages.filter(([topic]) => topic === "/homecontrol/greenhouse/data/config_status")
      expect(statuses).toHaveLength(1)
      expect(JSON.parse((statuses[0] as readonly [string, string])[1])).toMatchObject({ status: "refused" })
      expect(messages).toHaveLength(4)
    })))

  it("has memory for an Outbox that is full: drops the oldest, tries in vain, and delivers the rest later", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port)
      yield* wake(image)
      owing(image, 32)
      const { lines } = yield* wake(image)
      expect(lines.join("\n")).toContain("Dropped")
      expect(owed(image)).toHaveLength(32)
      const { messages } = yield* broker(port)
      yield* wake(image)
      expect(messages).toHaveLength(32)
      expect(owed(image)).toEqual([])
    })))

  it("sleeps at once when it has died of memory, as long as it does between wakes", () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* TcpServer.freePort, { outbox: { capacity: 100 } })
      yield* wake(image)
      owing(image, 80)
      const { lines, slept } = yield* Effect.promise(() => Espruino.boot(image))
      expect(lines.join("\n")).toContain("OUT OF MEMORY")
      expect(slept).toBe(interval)
    })))
})

/** What boards with PSRAM have: 16,383 variables, 25,000 bytes of C stack. */
const large = { ESPRUINO_STACK: "25000" }

describe.skipIf(Espruino.interpreter === "")("the device on Espruino, on effect's own runtime" + Espruino.hint, () => {
  it("lives with the Server up, away and back, and takes a newer configuration", { timeout: 120_000 }, (test) =>
    run(Effect.gen(function*() {
      if ((yield* variables) < 16_000) return test.skip("needs an interpreter with 16,000 variables")
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port, {}, Espruino.deviceOnEffect)
      for (let wakes = 1; wakes <= 2; wakes++) {
        yield* wake(image, large)
        expect(owed(image)).toHaveLength(wakes)
      }
      const { aedes, messages } = yield* broker(port)
      yield* wake(image, large)
      expect(messages).toHaveLength(3)
      expect(owed(image)).toEqual([])
      yield* retain(aedes, JSON.stringify({ ...document(port, 2), update_interval: 120 }))
      yield* wake(image, large)
      expect(messages.map(([topic]) => topic).slice(3)).toEqual(["/homecontrol/greenhouse/data/air/data", "/homecontrol/greenhouse/data/config_status"])
      const { slept } = yield* wake(image, large)
      expect(slept).toBeLessThanOrEqual(120_000_000)
    })))
})
