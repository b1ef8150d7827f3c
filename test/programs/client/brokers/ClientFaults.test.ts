/** Servers that fall silent, and Servers that break the rules. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import type { Packet } from "../../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../../src/domain/packet/Topic.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import { fork, lost, pair, roundTrip } from "../../../support/clientPair.ts"
import * as DelayedServer from "../../../support/delayedServer.ts"
import { run } from "../../../support/runClient.ts"
import * as ScriptedServer from "../../../support/scriptedServer.ts"

/**
 * Lets the Server break the rules by `packet`, and gives the reason for which the Client leaves it. One that stays is a
 * failure.
 */
const leftAfter = (client: Client.Client, guest: ScriptedServer.Guest, packet: Packet) =>
  Effect.gen(function*() {
    const reason = yield* fork(lost(client))
    yield* guest.send(packet)
    expect(Exit.isFailure(yield* Effect.exit(roundTrip(client, guest)))).toBe(true)
    return yield* Fiber.join(reason)
  })

describe("Client, when the Server falls silent", () => {
  it("fails with TimedOut when CONNECT is not answered", () =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const making = yield* fork(
        Effect.flip(Client.make({ endpoint: server.endpoint, clientId: "c", replyTimeout: "50 millis" }))
      )
      const guest = yield* server.accept
      expect(yield* Fiber.join(making)).toMatchObject({ _tag: "SocketError", reason: "TimedOut" })
      yield* guest.closed
    })))

  it("fails with TimedOut when CONNACK comes byte by byte and would never be whole", () =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const making = yield* fork(
        Effect.flip(Client.make({ endpoint: server.endpoint, clientId: "c", replyTimeout: "100 millis" }))
      )
      const guest = yield* server.accept
      yield* guest.sendBytes(Uint8Array.of(0x20, 0x80, 0x7f))
      yield* fork(Effect.forever(Effect.andThen(guest.sendBytes(Uint8Array.of(0)), Effect.sleep(10))))
      const error = yield* Fiber.join(making)
      expect(error).toMatchObject({
        _tag: "SocketError",
        reason: "TimedOut",
        message: expect.stringContaining("has not answered CONNECT")
      })
      yield* guest.closed
    })))

  it("gives up a packet that comes byte by byte, although every byte is a sign of life", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ keepAlive: 1, replyTimeout: "2 seconds" })
      const reason = yield* fork(lost(client))
      yield* guest.sendBytes(Uint8Array.of(0x30, 0x80, 0x7f))
      yield* fork(Effect.forever(Effect.andThen(guest.sendBytes(Uint8Array.of(0)), Effect.sleep(10))))
      expect((yield* Fiber.join(reason)).reason).toMatchObject({
        reason: "TimedOut",
        message: expect.stringContaining("sends a packet too slowly")
      })
      yield* guest.closed
    })))

  it("waits for a packet that comes slowly, but comes", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ keepAlive: 0, replyTimeout: "300 millis", reconnect: false })
      // Longer in all than an answer may take.
      yield* guest.sendBytes(Uint8Array.of(0x30, 0x83, 0xc0, 0x00, 0, 1, 0x61))
      for (let i = 0; i < 8; i++) {
        yield* Effect.sleep(60)
        yield* guest.sendBytes(new Uint8Array(1_024))
      }
      yield* roundTrip(client, guest)
      expect((yield* client.poll).map(({ payload }) => payload.length)).toEqual([8_192])
    })))

  it("finds out by PINGREQ, even while it publishes, and connects again", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const proxy = yield* DelayedServer.make(tcp)
      const client = yield* Client.make({
        endpoint: proxy.endpoint,
        clientId: "c",
        keepAlive: 1,
        replyTimeout: "1 second"
      })
      const reason = yield* fork(lost(client))
      yield* proxy.change({ swallow: "both" })
      yield* fork(Effect.forever(Effect.andThen(Effect.ignore(client.publish("busy", "")), Effect.sleep(20))))
      expect(yield* Fiber.join(reason)).toMatchObject({ reason: { _tag: "SocketError", reason: "TimedOut" } })
      yield* proxy.change({ swallow: "nothing" })
      yield* client.publish("again", "", { qos: 1 })
      expect(yield* proxy.connections).toBeGreaterThan(1)
    })))

  it("stays connected while PINGREQ is answered", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ keepAlive: 1, replyTimeout: "1 second", reconnect: false })
      for (let i = 0; i < 2; i++) {
        yield* guest.expect("Pingreq")
        yield* guest.send({ _tag: "Pingresp" })
      }
      yield* roundTrip(client, guest)
      expect(yield* client.isConnected).toBe(true)
    })))

  it("sends PINGREQ in time also when an answer may take longer than Keep Alive", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* pair({ keepAlive: 1, replyTimeout: "10 minutes" })
      for (let i = 0; i < 3; i++) {
        yield* guest.expect("Pingreq")
        yield* guest.send({ _tag: "Pingresp" })
      }
    })))

  it("fails a ping with TimedOut, and drops the connection", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const proxy = yield* DelayedServer.make(tcp)
      const client = yield* Client.make({
        endpoint: proxy.endpoint,
        clientId: "c",
        keepAlive: 0,
        replyTimeout: "100 millis"
      })
      yield* client.ping
      const reason = yield* fork(lost(client))
      yield* proxy.change({ swallow: "server" })
      expect(yield* Effect.flip(client.ping)).toMatchObject({ _tag: "SocketError", reason: "TimedOut" })
      expect(yield* Fiber.join(reason)).toMatchObject({ reason: { reason: "TimedOut" } })
    })))
})

describe("Client, when the Server breaks the rules", () => {
  const bytes: ReadonlyArray<readonly [what: string, sent: Uint8Array, error: string]> = [
    ["HTTP", Bytes.fromText("HTTP/1.1 400 Bad Request\r\n\r\n"), "ProtocolViolation"],
    ["a CONNACK with a reserved flag", Uint8Array.of(0x20, 2, 2, 0), "MalformedPacket"],
    ["a PINGRESP before CONNACK", Uint8Array.of(0xd0, 0), "ProtocolViolation"],
    ["a PUBLISH before CONNACK", Uint8Array.of(0x30, 3, 0, 1, 0x61), "ProtocolViolation"],
    ["a PUBLISH of 256 MB", Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f), "ProtocolViolation"],
    ["a CONNACK of 256 MB", Uint8Array.of(0x20, 0xff, 0xff, 0xff, 0x7f), "PacketTooLarge"]
  ]
  it.each(bytes)("fails to connect to one that answers %s", (_, sent, error) =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const making = yield* fork(Effect.flip(Client.make({ endpoint: server.endpoint, clientId: "c" })))
      const guest = yield* server.accept
      yield* guest.sendBytes(sent)
      expect(yield* Fiber.join(making)).toMatchObject({ _tag: error })
      yield* guest.closed
    })))

  const publish = { _tag: "Publish", topic: "a" as TopicName, payload: Bytes.empty, retain: false, dup: false } as const
  const packets: ReadonlyArray<readonly [what: string, packet: Packet]> = [
    ["a second CONNACK", { _tag: "Connack", sessionPresent: false, returnCode: 0 }],
    ["a SUBSCRIBE", { _tag: "Subscribe", packetIdentifier: 1, subscriptions: [{ topicFilter: "a" as never, qos: 0 }] }]
  ]
  it.each(packets)("closes and connects again after %s", (_, packet) =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      expect(yield* leftAfter(client, guest, packet)).toMatchObject({ reason: { _tag: "ProtocolViolation" } })
      yield* guest.closed
      yield* server.welcome()
    })))

  const uncalledFor: ReadonlyArray<readonly [what: string, packet: Packet, told: string]> = [
    ["a PUBACK for nothing", { _tag: "Puback", packetIdentifier: 9 }, "PUBACK"],
    ["a SUBACK for nothing", { _tag: "Suback", packetIdentifier: 9, returnCodes: [0] }, "SUBACK"],
    ["an UNSUBACK for nothing", { _tag: "Unsuback", packetIdentifier: 9 }, "UNSUBACK"],
    ["a PINGRESP for nothing", { _tag: "Pingresp" }, "PINGRESP"]
  ]
  it.each(uncalledFor)("ignores %s, reports it once for each connection, and takes everything else that came with it",
    (_, packet, told) =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair()
        const notices = yield* fork(Stream.runCollect(Stream.take(client.notices, 2)))
        const publishing = yield* fork(client.publish("a", "", { qos: 1 }))
        const { packetIdentifier } = yield* guest.expect("Publish")
        yield* guest.send(packet, { _tag: "Puback", packetIdentifier: packetIdentifier as number }, packet, packet)
        yield* Fiber.join(publishing)
        yield* roundTrip(client, guest)
        yield* guest.cut
        const again = yield* server.welcome()
        yield* again.send(packet)
        expect(yield* Fiber.join(notices)).toMatchObject([
          { _tag: "UnexpectedAcknowledgement", packet: told },
          { _tag: "UnexpectedAcknowledgement", packet: told }
        ])
        yield* roundTrip(client, again)
      })))

  it("works with a Server that sends every acknowledgement twice", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      for (let i = 0; i < 20; i++) {
        const publishing = yield* fork(client.publish("a", "", { qos: 1 }))
        const puback = {
          _tag: "Puback",
          packetIdentifier: (yield* guest.expect("Publish")).packetIdentifier as number
        } as const
        yield* guest.send(puback, puback)
        yield* Fiber.join(publishing)
        const subscribing = yield* fork(client.subscribe("a"))
        const suback = {
          _tag: "Suback",
          packetIdentifier: (yield* guest.expect("Subscribe")).packetIdentifier,
          returnCodes: [0]
        } as const
        yield* guest.send(suback, suback)
        yield* Fiber.join(subscribing)
      }
      yield* roundTrip(client, guest)
    })))

  it("closes the connection of one that sends a thousand more unexpected acknowledgements than expected ones", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const reason = yield* fork(lost(client))
      yield* guest.send(...Array.from({ length: 1_000 }, () => ({ _tag: "Pingresp" }) as const))
      yield* roundTrip(client, guest)
      yield* guest.send({ _tag: "Puback", packetIdentifier: 7 }, { _tag: "Puback", packetIdentifier: 7 })
      expect((yield* Fiber.join(reason)).reason).toMatchObject({ _tag: "ProtocolViolation", clause: "MQTT-4.3.2-1" })
    })))

  const answers: ReadonlyArray<readonly [what: string, answer: (packetIdentifier: number) => Packet]> = [
    ["a SUBACK for two Topic Filters",
      (packetIdentifier) => ({ _tag: "Suback", packetIdentifier, returnCodes: [0, 0] })]
  ]
  it.each(answers)("takes %s for no answer to a SUBSCRIBE for one, and asks again elsewhere",
    (_, answer) =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair()
        const subscribing = yield* fork(client.subscribe("a"))
        const wrong = answer((yield* guest.expect("Subscribe")).packetIdentifier)
        expect(yield* leftAfter(client, guest, wrong)).toMatchObject({ reason: { _tag: "ProtocolViolation" } })
        const again = yield* server.welcome()
        const { packetIdentifier } = yield* again.expect("Subscribe")
        yield* again.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] })
        expect(yield* Fiber.join(subscribing)).toBe(0)
      })))

  const wrongAnswers: ReadonlyArray<readonly [what: string, answer: (packetIdentifier: number) => Packet]> = [
    ["an UNSUBACK", (packetIdentifier) => ({ _tag: "Unsuback", packetIdentifier })],
    ["a PUBACK", (packetIdentifier) => ({ _tag: "Puback", packetIdentifier })]
  ]
  it.each(wrongAnswers)("waits for the SUBACK when %s answers the SUBSCRIBE",
    (_, answer) =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* pair()
        const subscribing = yield* fork(client.subscribe("a"))
        const { packetIdentifier } = yield* guest.expect("Subscribe")
        yield* guest.send(answer(packetIdentifier))
        yield* roundTrip(client, guest)
        expect(subscribing.pollUnsafe()).toBeUndefined()
        yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] })
        expect(yield* Fiber.join(subscribing)).toBe(0)
      })))

  it("leaves one that sends more messages than there are Packet Identifiers, none of them acknowledged", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ receiveBufferBytes: 1e9 })
      const subscribing = yield* fork(client.subscribe("a", { qos: 1 }, () => Effect.never))
      const { packetIdentifier } = yield* guest.expect("Subscribe")
      yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [1] })
      yield* Fiber.join(subscribing)
      const reason = yield* fork(lost(client))
      yield* guest.sendBytes(new Uint8Array(Buffer.from("3206000161000100".repeat(2 * 65_535), "hex")))
      yield* roundTrip(client, guest)
      yield* guest.send({ ...publish, qos: 1, packetIdentifier: 1 })
      expect((yield* Fiber.join(reason)).reason).toMatchObject({ _tag: "ProtocolViolation", clause: "MQTT-2.3.1-4" })
    })))

  it("counts what came before the fault", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const publishing = yield* fork(client.publish("a", "", { qos: 1 }))
      const { packetIdentifier } = yield* guest.expect("Publish")
      yield* guest.sendBytes(
        Uint8Array.of(0x40, 2, (packetIdentifier as number) >> 8, packetIdentifier as number, 0xf0, 0)
      )
      yield* Fiber.join(publishing)
      yield* guest.closed
    })))
})
