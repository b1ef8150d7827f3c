/** QoS 2, packet by packet, with a Server that says what the test wants: when what is answered, and who gets a message. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import type { Packet } from "../../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../../src/domain/packet/Topic.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import { fork, lost, pair, roundTrip } from "../../../support/clientPair.ts"
import { run } from "../../../support/runClient.ts"
import type * as ScriptedServer from "../../../support/scriptedServer.ts"
import * as ScriptedServer5 from "../../../support/scriptedServer5.ts"

const atOnce = { ...Client.stayConnected, maxAttempts: 100, minInterval: 0.01, maxInterval: 0.01 }
const kept = { cleanSession: false, reconnect: atOnce }

const message = (packetIdentifier: number, text: string, dup = false, qos: 1 | 2 = 2): Packet => ({
  _tag: "Publish",
  topic: "a" as TopicName,
  payload: Bytes.fromText(text),
  qos,
  retain: false,
  dup,
  packetIdentifier
})

const pubrel = (packetIdentifier: number): Packet => ({ _tag: "Pubrel", packetIdentifier })

/** A Client with a handler for `a`, which the Server has granted. */
const subscribed = (handler: Client.Handler, options: Partial<Client.ClientOptions> = kept) =>
  Effect.gen(function*() {
    const made = yield* pair(options)
    const granting = yield* fork(made.client.subscribe("a", { qos: 2 }, handler))
    const { packetIdentifier, subscriptions } = yield* made.guest.expect("Subscribe")
    expect(subscriptions).toEqual([{ topicFilter: "a", qos: 2 }])
    yield* made.guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [2] })
    expect(yield* Fiber.join(granting)).toBe(2)
    return made
  })

/** A handler that is done when the test says so. */
const slow = () => {
  const began: Array<string> = []
  const gate = Effect.runSync(Deferred.make<void>())
  const handler: Client.Handler = ({ payload }) => {
    began.push(Bytes.toText(payload))
    return Deferred.await(gate)
  }
  return { began, handler, finish: Deferred.succeed(gate, undefined) }
}

/** Breaks the connection, and accepts the next one. */
const reconnected = ({ client, guest, server }: {
  readonly client: Client.Client
  readonly guest: ScriptedServer.Guest
  readonly server: ScriptedServer.ScriptedServer
}, sessionPresent: boolean) =>
  Effect.gen(function*() {
    const noticing = yield* fork(lost(client))
    yield* guest.cut
    yield* Fiber.join(noticing)
    const next = yield* server.welcome(sessionPresent)
    yield* Effect.repeat(Effect.sleep(1), { until: () => client.isConnected })
    return next
  })

describe("a message of QoS 2 that comes", () => {
  it("is answered with PUBREC when its handler is done, and its PUBREL with PUBCOMP", () =>
    run(Effect.gen(function*() {
      const { began, finish, handler } = slow()
      const { client, guest } = yield* subscribed(handler)
      yield* guest.send(message(7, "m"))
      yield* roundTrip(client, guest)
      expect(began).toEqual(["m"])
      yield* finish
      expect(yield* guest.expect("Pubrec")).toEqual({ _tag: "Pubrec", packetIdentifier: 7 })
      yield* guest.send(pubrel(7))
      expect(yield* guest.expect("Pubcomp")).toEqual({ _tag: "Pubcomp", packetIdentifier: 7 })
      // The Packet Identifier is free, and stands for another message.
      yield* guest.send(message(7, "n"))
      yield* guest.expect("Pubrec")
      expect(began).toEqual(["m", "n"])
    })))

  it("is handed over once, however often it comes before its PUBREL", () =>
    run(Effect.gen(function*() {
      const came: Array<string> = []
      const made = yield* subscribed(({ payload }) => void came.push(Bytes.toText(payload)))
      yield* made.guest.send(message(7, "m"), message(7, "m", true))
      yield* made.guest.expect("Pubrec")
      yield* made.guest.expect("Pubrec")
      const guest = yield* reconnected(made, true)
      yield* guest.send(message(7, "m", true))
      yield* guest.expect("Pubrec")
      yield* guest.send(pubrel(7))
      yield* guest.expect("Pubcomp")
      expect(came).toEqual(["m"])
    })))

  it("is answered on the next connection when its handler is done meanwhile, or later", () =>
    run(Effect.gen(function*() {
      const { began, finish, handler } = slow()
      const made = yield* subscribed(handler)
      yield* made.guest.send(message(1, "m"), message(2, "n"))
      yield* roundTrip(made.client, made.guest)
      const guest = yield* reconnected(made, true)
      // The first is in the handler's hands, the second waits for it; a third is new.
      yield* guest.send(message(1, "m", true), message(2, "n", true), message(3, "o"))
      yield* roundTrip(made.client, guest)
      yield* finish
      for (const packetIdentifier of [1, 2, 3]) {
        expect(yield* guest.expect("Pubrec")).toEqual({ _tag: "Pubrec", packetIdentifier })
      }
      expect(began).toEqual(["m", "n", "o"])
    })))

  it("waits for its handler over a lost connection, and does not come twice", () =>
    run(Effect.gen(function*() {
      const came: Array<string> = []
      const made = yield* pair(kept)
      yield* made.guest.send(message(1, "m"), message(2, "n", false, 1))
      yield* roundTrip(made.client, made.guest)
      const guest = yield* reconnected(made, true)
      yield* guest.send(message(1, "m", true), message(2, "n", true, 1))
      yield* roundTrip(made.client, guest)
      yield* fork(made.client.subscribe("a", { qos: 2 }, ({ payload }) => void came.push(Bytes.toText(payload))))
      yield* guest.expect("Subscribe")
      yield* guest.expect("Pubrec")
      yield* guest.expect("Puback")
      expect(came).toEqual(["m", "n"])
    })))

  it("is forgotten when the Server has lost the Session, and handed over all the same", () =>
    run(Effect.gen(function*() {
      const { began, finish, handler } = slow()
      const made = yield* subscribed(handler)
      yield* made.guest.send(message(1, "m"))
      yield* roundTrip(made.client, made.guest)
      const guest = yield* reconnected(made, false)
      yield* guest.expect("Subscribe")
      yield* guest.send(message(1, "another"))
      yield* roundTrip(made.client, guest)
      yield* finish
      expect(yield* guest.expect("Pubrec")).toEqual({ _tag: "Pubrec", packetIdentifier: 1 })
      yield* roundTrip(made.client, guest)
      expect(began).toEqual(["m", "another"])
    })))

  it("holds back what comes after it, and is not acknowledged in the place of QoS 1", () =>
    run(Effect.gen(function*() {
      const { finish, handler } = slow()
      const { client, guest } = yield* subscribed(handler)
      yield* guest.send(message(1, "m"), message(2, "n", false, 1))
      yield* roundTrip(client, guest)
      yield* finish
      yield* guest.expect("Pubrec")
      yield* guest.expect("Puback")
    })))

  it("is skipped when it is too large, and its handshake goes on", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* subscribed(() => {}, { ...kept, maximumPacketSize: 100 })
      yield* guest.send(message(1, "x".repeat(200)))
      yield* guest.expect("Pubrec")
      yield* guest.send(pubrel(1))
      yield* guest.expect("Pubcomp")
    })))
})

describe("answers of QoS 2 for which nothing waits", () => {
  it("are given all the same, so that the Server can forget: PUBCOMP to PUBREL, PUBREL to PUBREC", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair(kept)
      const telling = yield* fork(Stream.runHead(client.notices))
      yield* guest.send(pubrel(9))
      expect(yield* guest.expect("Pubcomp")).toEqual({ _tag: "Pubcomp", packetIdentifier: 9 })
      yield* guest.send({ _tag: "Pubrec", packetIdentifier: 9 })
      expect(yield* guest.expect("Pubrel")).toEqual({ _tag: "Pubrel", packetIdentifier: 9 })
      expect(yield* Fiber.join(telling)).toMatchObject({
        value: { _tag: "UnexpectedAcknowledgement", packet: "PUBREC", packetIdentifier: 9 }
      })
    })))

  it("say with MQTT 5 that the Packet Identifier was not found", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* ScriptedServer5.pair(kept)
      yield* guest.send({ _tag: "Pubrel", packetIdentifier: 9 })
      expect(yield* guest.expect("Pubcomp")).toMatchObject({ packetIdentifier: 9, reasonCode: 0x92 })
      yield* guest.send({ _tag: "Pubrec", packetIdentifier: 9 })
      expect(yield* guest.expect("Pubrel")).toMatchObject({ packetIdentifier: 9, reasonCode: 0x92 })
    })))
})

describe("a Server without QoS 2 that does not say so", () => {
  it("answers with PUBACK, and publish fails and names the fix", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair(kept)
      const published = yield* fork(Effect.flip(client.publish("a", "1", { qos: 2 })))
      const { packetIdentifier = 0 } = yield* guest.expect("Publish")
      yield* guest.send({ _tag: "Puback", packetIdentifier })
      expect(yield* Fiber.join(published)).toMatchObject({
        _tag: "PublishRefused",
        reasonCode: 0x9b,
        message: expect.stringContaining("publish with QoS 1")
      })
    })))
})

describe("publishing with QoS 2 in MQTT 5", () => {
  it("fails with the Server's reason in PUBREC, and gives the place to the next", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* ScriptedServer5.pair(kept, { receiveMaximum: 1 })
      const first = yield* fork(Effect.flip(client.publish("a", "1", { qos: 2 })))
      const second = yield* fork(client.publish("a", "2", { qos: 2 }))
      const { packetIdentifier = 0 } = yield* guest.expect("Publish")
      yield* guest.send({ _tag: "Pubrec", packetIdentifier, reasonCode: 0x97, properties: { reasonString: "full" } })
      expect(yield* Fiber.join(first)).toMatchObject({
        _tag: "PublishRefused",
        reasonCode: 0x97,
        message: expect.stringContaining("full")
      })
      const next = yield* guest.expect("Publish")
      yield* guest.send({ _tag: "Pubrec", packetIdentifier: next.packetIdentifier as number })
      yield* guest.expect("Pubrel")
      // A Server that had completed it, and does not remember.
      yield* guest.send({ _tag: "Pubcomp", packetIdentifier: next.packetIdentifier as number, reasonCode: 0x92 })
      yield* Fiber.join(second)
    })))

  it("fails and names the fix where the Server takes less, or is lowered where that is wanted", () =>
    run(Effect.gen(function*() {
      const strict = yield* ScriptedServer5.pair(kept, { maximumQos: 1 })
      expect(yield* Effect.flip(strict.client.publish("a", "1", { qos: 2 }))).toMatchObject({
        _tag: "InvalidPacket",
        field: "qos",
        message: expect.stringContaining("at most 1: publish with that, or set lowerQos")
      })
      const lowering = yield* ScriptedServer5.pair({ ...kept, lowerQos: true }, { maximumQos: 1 })
      const published = yield* fork(lowering.client.publish("a", "1", { qos: 2 }))
      const { packetIdentifier = 0, qos } = yield* lowering.guest.expect("Publish")
      expect(qos).toBe(1)
      yield* lowering.guest.send({ _tag: "Puback", packetIdentifier })
      yield* Fiber.join(published)
      const least = yield* ScriptedServer5.pair({ ...kept, lowerQos: true }, { maximumQos: 0 })
      yield* least.client.publish("a", "1", { qos: 2 })
      expect((yield* least.guest.expect("Publish")).qos).toBe(0)
    })))

  it("has a Will with QoS 2", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* pair({ will: { topic: "w", payload: "bye", qos: 2 } })
      expect(guest.connect).toMatchObject({ will: { topic: "w", qos: 2 } })
    })))
})
