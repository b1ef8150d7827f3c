/**
 * One bad thing never stops the rest: messages that the Server closes on, or that are too large for us; bounds in
 * bytes; causes.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { AuthorizePublishHandler } from "aedes"
import { describe, expect, it } from "vitest"
import type { Publish } from "../../../../src/domain/packet/Publish.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import { fork, pair, roundTrip } from "../../../support/clientPair.ts"
import * as Mosquitto from "../../../support/mosquitto.ts"
import { run } from "../../../support/runClient.ts"
import type * as ScriptedServer from "../../../support/scriptedServer.ts"

/** Tries at once: the wait is not what is tested. */
const atOnce = { ...Client.stayConnected, maxAttempts: 1_000 }

/** A message on which two connections have ended. */
const suspected = (options: Parameters<typeof pair>[0]) =>
  Effect.gen(function*() {
    const { client, guest, server } = yield* pair({ reconnect: atOnce, cleanSession: false, ...options })
    const publishing = yield* fork(client.publish("a", "", { qos: 1 }))
    yield* guest.expect("Publish")
    yield* guest.cut
    const second = yield* server.welcome(true)
    yield* second.expect("Publish")
    yield* second.cut
    return { publishing, server }
  })

const reconnections = (client: Client.Client) => {
  const reasons: Array<Client.LinkError> = []
  return Effect.as(
    fork(Stream.runForEach(client.status, (status) =>
      Effect.sync(() => {
        if (status._tag === "Reconnecting") reasons.push(status.reason)
      }))),
    reasons
  )
}

const publishAll = (
  client: Client.Client,
  topics: ReadonlyArray<string>,
  payload: (topic: string) => string = () => ""
) => Effect.forEach(topics, (topic) => fork(Effect.result(client.publish(topic, payload(topic), { qos: 1 }))))

const tags = (fibers: ReadonlyArray<Fiber.Fiber<{ readonly _tag: string }>>) =>
  Effect.map(Effect.forEach(fibers, Fiber.join), (results) => results.map(({ _tag }) => _tag))

describe("a message that the Server closes the connection on", () => {
  const topics = Array.from({ length: 12 }, (_, i) => "t/" + i).concat("poison",
    Array.from({ length: 12 }, (_, i) => "u/" + i))
  const expected = topics.map((topic) => topic === "poison" ? "Failure" : "Success")

  it("fails by name, and the others get through, on Aedes", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const forbid: AuthorizePublishHandler = (_, packet, done) =>
        done(packet.topic === "poison" ? new Error("forbidden") : null)
      aedes.authorizePublish = forbid
      const client = yield* Client.make({ endpoint: tcp, clientId: "c", reconnect: atOnce })
      const lost = yield* reconnections(client)
      const fibers = yield* publishAll(client, topics)
      const results = yield* Effect.forEach(fibers, Fiber.join)
      expect(results.map(({ _tag }) => _tag)).toEqual(expected)
      expect(results[12]).toMatchObject({
        failure: { _tag: "PublishRejected", topic: "poison", bytes: 0, connections: 7 }
      })
      expect(lost.length).toBe(7)
      yield* client.publish("later", "", { qos: 1 })
    })))

  it.skipIf(Mosquitto.executable === undefined)("fails by name, and the others get through, on Mosquitto",
    () =>
      run(Effect.gen(function*() {
        const { tcp } = yield* Mosquitto.make({}, ["max_packet_size 1000"])
        const client = yield* Client.make({ endpoint: tcp, clientId: "c", cleanSession: false, reconnect: atOnce })
        const lost = yield* reconnections(client)
        const fibers = yield* publishAll(client, topics, (topic) => topic === "poison" ? "x".repeat(2_000) : "")
        expect(yield* tags(fibers)).toEqual(expected)
        expect(lost.length).toBeLessThanOrEqual(8)
      })))

  it("does not take others with it when there are two, and the Server acknowledges nothing before it closes", {
    timeout: 30_000
  }, () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ reconnect: atOnce, cleanSession: false, maximumInFlight: 5 })
      const seen: Array<string> = []
      // Reads all that has come before it acknowledges: when there is poison, nothing is acknowledged.
      const serve = (guest: ScriptedServer.Guest) => {
        let batch: Array<number> = []
        return Effect.gen(function*() {
          guest.socket.on("data", () => {
            setImmediate(() => {
              const pubacks = batch
              batch = []
              if (guest.socket.destroyed) return
              for (const identifier of pubacks) {
                guest.socket.write(
                  Uint8Array.of(0x40, 2, identifier >> 8, identifier & 255)
                )
              }
            })
          })
          while (true) {
            const { packetIdentifier, topic } = yield* guest.expect("Publish")
            if (topic.startsWith("poison")) {
              batch = []
              return yield* guest.cut
            }
            seen.push(topic)
            batch.push(packetIdentifier as number)
          }
        })
      }
      const serving = yield* fork(Effect.gen(function*() {
        yield* serve(guest)
        while (true) yield* serve(yield* server.welcome(true))
      }))
      const fibers = yield* publishAll(client, ["1", "2", "poison 1", "3", "4", "poison 2", "5"])
      expect(yield* tags(fibers)).toEqual(["Success", "Success", "Failure", "Success", "Success", "Failure", "Success"])
      yield* Fiber.interrupt(serving)
    })))

  it("is not blamed for connections that are lost before it is sent", () =>
    run(Effect.gen(function*() {
      const { publishing, server } = yield* suspected({})
      // Now it is suspected, and not sent before the connection has shown that it stays.
      for (let i = 0; i < 5; i++) {
        const guest = yield* server.welcome(true)
        yield* guest.expect("Pingreq")
        yield* guest.cut
      }
      const last = yield* server.welcome(true)
      const { dup, packetIdentifier } = yield* last.expect("Publish")
      expect(dup).toBe(true)
      yield* last.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      yield* Fiber.join(publishing)
    })))

  it("takes no other with it whose PUBACK comes before it was sent on this connection", { timeout: 10_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair({ reconnect: atOnce, cleanSession: false })
        const first = yield* fork(client.publish("1", "", { qos: 1 }))
        const second = yield* fork(client.publish("2", "", { qos: 1 }))
        yield* guest.expect("Publish")
        yield* guest.expect("Publish")
        yield* guest.cut
        const again = yield* server.welcome(true)
        yield* again.expect("Publish")
        yield* again.expect("Publish")
        yield* again.cut
        // Now both are suspected, and the first is sent alone.
        const last = yield* server.welcome(true)
        const { packetIdentifier } = yield* last.expect("Publish")
        const wrong = (packetIdentifier as number) + 1
        yield* last.send({ _tag: "Puback", packetIdentifier: wrong })
        yield* roundTrip(client, last)
        expect(second.pollUnsafe()).toBeUndefined()
        yield* last.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
        yield* Fiber.join(first)
        expect(yield* last.expect("Publish")).toMatchObject({ topic: "2", dup: true })
        yield* last.send({ _tag: "Puback", packetIdentifier: wrong })
        yield* Fiber.join(second)
      })))

  it("waits no longer than an answer may take for a PINGRESP that does not come, also without Keep Alive", {
    timeout: 20_000
  }, () =>
    run(Effect.gen(function*() {
      const { publishing, server } = yield* suspected({ keepAlive: 0, replyTimeout: 200 })
      const third = yield* server.welcome(true)
      yield* third.expect("Pingreq")
      // It lives, but does not answer that.
      yield* third.send(oversized("b", 1))
      const { dup, packetIdentifier } = yield* third.expect("Publish")
      expect(dup).toBe(true)
      yield* third.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      yield* Fiber.join(publishing)
    })))
})

const oversized = (topic: string, size: number, packetIdentifier?: number): Publish => ({
  _tag: "Publish",
  topic: topic as never,
  payload: new Uint8Array(size),
  qos: packetIdentifier === undefined ? 0 : 1,
  retain: false,
  dup: false,
  packetIdentifier
})

describe("a message larger than maximumPacketSize", () => {
  it("is skipped, reported and acknowledged in its turn, and the connection stays", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ maximumPacketSize: 1_000 })
      const notices = yield* fork(Stream.runCollect(Stream.take(client.notices, 2)))
      const seen: Array<string> = []
      const subscribing = yield* fork(client.subscribe("#", { qos: 1 }, ({ topic }) =>
        Effect.sync(() => {
          seen.push(topic)
        })))
      yield* guest.send({
        _tag: "Suback",
        packetIdentifier: (yield* guest.expect("Subscribe")).packetIdentifier,
        returnCodes: [1]
      })
      yield* Fiber.join(subscribing)
      yield* guest.send(oversized("a", 1, 1), oversized("big", 2_000, 2), oversized("b", 1, 3),
        oversized("bigger", 300_000), oversized("c", 1, 4))
      for (const identifier of [1, 2, 3, 4]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(identifier)
      yield* roundTrip(client, guest)
      expect(seen).toEqual(["a", "b", "c"])
      expect(yield* Fiber.join(notices)).toMatchObject([
        { _tag: "OversizedMessage", topic: "big", packetIdentifier: 2, size: 2_010, maximum: 1_000 },
        { _tag: "OversizedMessage", topic: "bigger", packetIdentifier: undefined, maximum: 1_000 }
      ])
    })))

  it("costs none of the others when it is retained under the filter", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const sender = yield* Client.make({ endpoint: tcp, clientId: "sender" })
      for (let i = 0; i < 20; i++) yield* sender.publish("t/small" + i, "x", { qos: 1, retain: true })
      yield* sender.publish("t/large", new Uint8Array(2_000_000), { qos: 1, retain: true })
      for (let i = 20; i < 40; i++) yield* sender.publish("t/small" + i, "x", { qos: 1, retain: true })
      const client = yield* Client.make({ endpoint: tcp, clientId: "c" })
      const lost = yield* reconnections(client)
      const seen = new Set<string>()
      yield* client.subscribe("t/#", { qos: 1 }, ({ topic }) => {
        seen.add(topic)
      })
      yield* Effect.repeat(Effect.sleep(10), { until: () => seen.size >= 40 })
      yield* client.ping
      expect([seen.has("t/large"), lost]).toEqual([false, []])
    })))
})

describe("bounds", () => {
  it("of what is pending are in bytes, too", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ outboxBytes: 500_000, maximumInFlight: 2 })
      const payload = "x".repeat(150_000)
      const fibers = yield* publishAll(client, ["1", "2", "3"], () => payload)
      expect(yield* Effect.flip(client.publish("4", payload, { qos: 1 }))).toMatchObject({
        _tag: "OutboxFull",
        capacity: 500_000,
        unit: "bytes",
        message: expect.stringContaining("outboxBytes")
      })
      yield* Fiber.interrupt(fibers[2] as Fiber.Fiber<unknown>)
      const small = yield* publishAll(client, ["4"], () => payload)
      for (let i = 0; i < 3; i++) {
        yield* guest.send({
          _tag: "Puback",
          packetIdentifier: (yield* guest.expect("Publish")).packetIdentifier as number
        })
      }
      expect(yield* tags([fibers[0], fibers[1], small[0]] as typeof fibers)).toEqual(["Success", "Success", "Success"])
    })))

  it("take one message that is larger than all of them", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ outboxBytes: 10 })
      const fibers = yield* publishAll(client, ["1"], () => "x".repeat(1_000))
      yield* guest.send({
        _tag: "Puback",
        packetIdentifier: (yield* guest.expect("Publish")).packetIdentifier as number
      })
      expect(yield* tags(fibers)).toEqual(["Success"])
    })))

  it("hold for messages of QoS 0 that the network does not take", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ outboxBytes: 1_000_000, keepAlive: 0, replyTimeout: "50 millis" })
      guest.socket.pause()
      const large = new Uint8Array(400_000)
      const fibers = yield* Effect.forEach(Array.from({ length: 200 }),
        () => fork(Effect.result(client.publish("a", large))))
      const failed = fibers.map((fiber) => fiber.pollUnsafe()).filter((exit) => exit !== undefined)
      expect(failed.length).toBeGreaterThanOrEqual(197)
      expect(failed[0]).toMatchObject({ value: { failure: { _tag: "OutboxFull", unit: "bytes" } } })
      guest.socket.destroy()
    })))
})

describe("QoS", () => {
  it.each([3, -1, 1.5, "1", NaN])("%j is refused by name", (qos) =>
    run(Effect.gen(function*() {
      const { client } = yield* pair()
      const options = { qos } as unknown as { readonly qos: 0 }
      expect(yield* Effect.flip(client.publish("a", "", options))).toMatchObject({
        _tag: "InvalidPacket",
        packet: "PUBLISH",
        field: "qos"
      })
      expect(yield* Effect.flip(client.subscribe("a", options))).toMatchObject({
        _tag: "InvalidPacket",
        packet: "SUBSCRIBE",
        field: "qos"
      })
      const subscriptions = [{ topicFilter: "a", ...options }]
      const made = Client.make({ endpoint: { host: "127.0.0.1", port: 1 }, clientId: "d", subscriptions })
      expect(yield* Effect.flip(made)).toMatchObject({ _tag: "InvalidPacket", packet: "SUBSCRIBE", field: "qos" })
    })))
})

describe("a Server that accepts and closes again at once", () => {
  it("is reported with the likely cause: another Client with the same Client Identifier", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const options = { endpoint: tcp, clientId: "twin", reconnect: atOnce }
      const one = yield* Client.make(options)
      const reasons = yield* reconnections(one)
      yield* Client.make(options)
      yield* Effect.repeat(Effect.sleep(5), { until: () => reasons.length >= 3 })
      expect(reasons[0]?.message).not.toContain("Client Identifier")
      expect(reasons[2]?.message).toContain("another Client connected with the Client Identifier twin")
    })))
})
