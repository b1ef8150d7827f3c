/** The whole device on Espruino itself, wake after wake out of one flash, against a real broker. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as aedes from "../../support/aedes.ts"
import * as certificates from "../../support/certificates.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { broker, document, flashed, pending, owing, retain, run, variables, wake } from "./wakes.ts"

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
        expect(pending(image)).toEqual([])
        // The boards' limits, if the interpreter reports its memory.
        if (report) expect(report.stack.needed).toBeLessThanOrEqual(report.stack.limit)
      }
    })))

  it("delivers with a program that keeps its long names", () =>
    run(Effect.gen(function*() {
      const { messages, tcp } = yield* broker()
      const image = yield* flashed(tcp.port, {}, Espruino.unminified)
      for (let wakes = 1; wakes <= 2; wakes++) {
        yield* wake(image)
        expect(messages).toHaveLength(wakes)
        expect(pending(image)).toEqual([])
      }
    })))

  it("keeps what it could not deliver, and delivers all of it when the Server is back, in order", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port)
      for (let wakes = 1; wakes <= 2; wakes++) {
        yield* wake(image)
        expect(pending(image)).toHaveLength(wakes)
      }
      const remembered = pending(image).map((row) => (row as ReadonlyArray<unknown>)[2])
      const { messages } = yield* broker(port)
      yield* wake(image)
      expect(messages.map(([, payload]) => payload).slice(0, 2)).toEqual(remembered)
      expect(messages).toHaveLength(3)
      expect(pending(image)).toEqual([])
    })))

  it("takes a newer configuration, says so, and wakes by it", () =>
    run(Effect.gen(function*() {
      const { aedes, messages, tcp } = yield* broker()
      const image = yield* flashed(tcp.port)
      yield* retain(aedes, JSON.stringify({ ...document(tcp.port, 2), update_interval: 120 }))
      yield* wake(image)
      expect(messages.map(([topic]) => topic)).toEqual(["/homecontrol/greenhouse/data/air/data",
        "/homecontrol/greenhouse/data/config_status"])
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
      expect(pending(image)).toEqual([])
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

  it("has memory for a snapshot that is full: fails its tries, and delivers all of it later", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port)
      yield* wake(image)
      owing(image, Outbox.maxEntries)
      const { lines } = yield* wake(image)
      expect(lines.join("\n")).not.toContain("Dropped")
      // The others lie in the journal.
      expect(pending(image)).toHaveLength(Outbox.fewEntries)
      const { messages } = yield* broker(port)
      yield* wake(image)
      // And one of each of the two wakes.
      expect(messages).toHaveLength(Outbox.maxEntries + 2)
      expect(pending(image)).toEqual([])
    })))

  it("sleeps at once when it has died of memory, as long as it does between wakes", (test) =>
    run(Effect.gen(function*() {
      if ((yield* variables) > 5_000) {
        return test.skip("needs an interpreter with a C3's 4,095 variables, to run out of them")
      }
      const image = yield* flashed(yield* TcpServer.freePort, { outbox: { capacity: 100 } })
      yield* wake(image)
      owing(image, 80)
      const { lines, slept } = yield* Effect.promise(() => Espruino.boot(image))
      expect(lines.join("\n")).toContain("OUT OF MEMORY")
      expect(slept).toBe(interval)
    })))
})

describe.skipIf(Espruino.interpreter === "")("the device on Espruino, on effect's own runtime" + Espruino.hint, () => {
  it("lives with the Server up, away and back, and takes a newer configuration", { timeout: 120_000 },
    (test) =>
      run(Effect.gen(function*() {
        if ((yield* variables) < Espruino.manyVariables) return test.skip("needs an interpreter with 16,000 variables")
        const port = yield* TcpServer.freePort
        const image = yield* flashed(port, {}, Espruino.deviceOnEffect)
        for (let wakes = 1; wakes <= 2; wakes++) {
          yield* wake(image, Espruino.large)
          expect(pending(image)).toHaveLength(wakes)
        }
        const { aedes, messages } = yield* broker(port)
        yield* wake(image, Espruino.large)
        expect(messages).toHaveLength(3)
        expect(pending(image)).toEqual([])
        yield* retain(aedes, JSON.stringify({ ...document(port, 2), update_interval: 120 }))
        yield* wake(image, Espruino.large)
        expect(messages.map(([topic]) => topic).slice(3)).toEqual(["/homecontrol/greenhouse/data/air/data",
          "/homecontrol/greenhouse/data/config_status"])
        const { slept } = yield* wake(image, Espruino.large)
        expect(slept).toBeLessThanOrEqual(120_000_000)
      })))
})
