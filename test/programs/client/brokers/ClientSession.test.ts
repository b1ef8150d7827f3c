/** What the Client says to the Server, packet by packet: acknowledgements, redelivery, reconnection, the end. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import { fork, lost, pair, roundTrip } from "../../../support/clientPair.ts"
import { run } from "../../../support/runClient.ts"
import * as ScriptedServer from "../../../support/scriptedServer.ts"

type AnyError = Client.SubscribeError | Client.PublishError

/** Publishes with QoS 1 in the background, and waits until the Server has it. */
const publishTo = (client: Client.Client, guest: ScriptedServer.Guest, topic: string) =>
  Effect.gen(function*() {
    const fiber = yield* fork(client.publish(topic, topic, { qos: 1 }))
    const packet = yield* guest.expect("Publish")
    return { fiber, packet }
  })

/** Cuts the connection, and waits until the Client has noticed. */
const cut = (client: Client.Client, guest: ScriptedServer.Guest) =>
  Effect.gen(function*() {
    const noticing = yield* fork(lost(client))
    yield* guest.cut
    yield* Fiber.join(noticing)
  })

const puback = (packet: { readonly packetIdentifier: number | undefined }) =>
  ({ _tag: "Puback", packetIdentifier: packet.packetIdentifier as number }) as const

describe("Client, connecting", () => {
  it("says in CONNECT what it was made with", () =>
    run(Effect.gen(function*() {
      const will = { topic: "w", payload: "bye", qos: 1, retain: true } as const
      const { guest } = yield* pair({ username: "u", password: "p", cleanSession: false, keepAlive: 7, will })
      expect(guest.connect).toMatchObject({
        clientId: "c",
        username: "u",
        password: Bytes.fromText("p"),
        cleanSession: false,
        keepAlive: 7,
        will: { ...will, payload: Bytes.fromText("bye") }
      })
    })))

  it("has a Clean Session, 60 s of Keep Alive and no credentials by default", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* pair()
      expect(guest.connect).toMatchObject({
        cleanSession: true,
        keepAlive: 60,
        username: undefined,
        password: undefined,
        will: undefined
      })
    })))

  it("refuses a password without a user name before it connects", () =>
    run(Effect.gen(function*() {
      const error = yield* Effect.flip(
        Client.make({ endpoint: { host: "127.0.0.1", port: 1 }, clientId: "c", password: "p" })
      )
      expect(error).toMatchObject({ _tag: "InvalidPacket", field: "password" })
    })))

  it.each([1, 2, 3, 4, 5] as const)("fails with ConnectionRefused for return code %i",
    (returnCode) =>
      run(Effect.gen(function*() {
        const server = yield* ScriptedServer.make
        const making = yield* fork(Effect.flip(Client.make({ endpoint: server.endpoint, clientId: "c" })))
        const guest = yield* server.accept
        yield* guest.send({ _tag: "Connack", sessionPresent: false, returnCode })
        expect(yield* Fiber.join(making)).toMatchObject({ _tag: "ConnectionRefused", returnCode })
        yield* guest.closed
      })))

  it("closes the connection when it is interrupted meanwhile", () =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const making = yield* fork(Effect.scoped(Client.make({ endpoint: server.endpoint, clientId: "c" })))
      const guest = yield* server.accept
      yield* guest.expect("Connect")
      yield* Fiber.interrupt(making)
      yield* guest.closed
    })))
})

describe("Client, publishing", () => {
  it("completes a publish of QoS 1 at its own PUBACK, whatever the order", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const first = yield* publishTo(client, guest, "1")
      const second = yield* publishTo(client, guest, "2")
      expect(second.packet.packetIdentifier).not.toBe(first.packet.packetIdentifier)
      yield* guest.send(puback(second.packet))
      yield* roundTrip(client, guest)
      expect(second.fiber.pollUnsafe()).toEqual(Exit.void)
      expect(first.fiber.pollUnsafe()).toBeUndefined()
      yield* guest.send(puback(first.packet))
      yield* Fiber.join(first.fiber)
    })))

  it("sends with Session Present again what was not acknowledged: in order, as it was, DUP set", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      const sent = [yield* publishTo(client, guest, "1"), yield* publishTo(client, guest, "2"),
        yield* publishTo(client, guest, "3")] as const
      yield* guest.send(puback(sent[1].packet))
      yield* roundTrip(client, guest)
      expect(sent[1].fiber.pollUnsafe()).toEqual(Exit.void)
      yield* cut(client, guest)
      const later = yield* fork(client.publish("4", "4", { qos: 1 }))
      const again = yield* server.welcome(true)
      expect(again.connect.cleanSession).toBe(false)
      const repeated = [yield* again.expect("Publish"), yield* again.expect("Publish")]
      expect(repeated).toEqual([{ ...sent[0].packet, dup: true }, { ...sent[2].packet, dup: true }])
      const fresh = yield* again.expect("Publish")
      expect(fresh).toMatchObject({ topic: "4", dup: false })
      yield* again.send(...repeated.map(puback), puback(fresh))
      yield* Effect.all([Fiber.join(sent[0].fiber), Fiber.join(sent[2].fiber), Fiber.join(later)])
    })))

  it("publishes as new what was not acknowledged when the Server has lost the Session", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      const sent = [yield* publishTo(client, guest, "1"), yield* publishTo(client, guest, "2")] as const
      yield* guest.cut
      const again = yield* server.welcome(false)
      const repeated = [yield* again.expect("Publish"), yield* again.expect("Publish")]
      expect(repeated).toMatchObject([{ topic: "1", dup: false }, { topic: "2", dup: false }])
      const identifiers = repeated.concat(sent.map(({ packet }) => packet)).map((packet) => packet.packetIdentifier)
      expect(new Set(identifiers).size).toBe(4)
      yield* again.send(...repeated.map(puback))
      yield* Fiber.joinAll(sent.map(({ fiber }) => fiber))
    })))

  it("has no more in flight than allowed, and no more waiting than there is room for", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ maximumInFlight: 2, outboxCapacity: 3 })
      const fibers = yield* Effect.forEach(["1", "2", "3"], (topic) => fork(client.publish(topic, "", { qos: 1 })))
      expect(yield* Effect.flip(client.publish("4", "", { qos: 1 }))).toMatchObject({ _tag: "OutboxFull", capacity: 3 })
      const first = yield* guest.expect("Publish")
      const second = yield* guest.expect("Publish")
      yield* client.publish("mark", "")
      expect(yield* guest.expect("Publish")).toMatchObject({ topic: "mark" })
      yield* guest.send(puback(first))
      const third = yield* guest.expect("Publish")
      expect(third).toMatchObject({ topic: "3" })
      yield* guest.send(puback(second), puback(third))
      yield* Fiber.joinAll(fibers)
    })))

  it("never sends what was interrupted in time, and still takes the PUBACK of what was not", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ maximumInFlight: 1 })
      const sent = yield* publishTo(client, guest, "sent")
      const waiting = yield* fork(client.publish("waiting", "", { qos: 1 }))
      yield* Fiber.interrupt(waiting)
      yield* Fiber.interrupt(sent.fiber)
      const last = yield* fork(client.publish("last", "", { qos: 1 }))
      yield* guest.send(puback(sent.packet))
      const packet = yield* guest.expect("Publish")
      expect(packet.topic).toBe("last")
      yield* guest.send(puback(packet))
      yield* Fiber.join(last)
      expect(yield* client.isConnected).toBe(true)
    })))

  it("while disconnected fails QoS 0, and keeps QoS 1 for the next connection", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      yield* cut(client, guest)
      expect(yield* client.isConnected).toBe(false)
      expect(yield* Effect.flip(client.publish("0", ""))).toMatchObject({ _tag: "SocketError", reason: "Closed" })
      expect(yield* Effect.flip(client.ping)).toMatchObject({ _tag: "SocketError", reason: "Closed" })
      const waiting = yield* fork(client.publish("1", "", { qos: 1 }))
      const again = yield* server.welcome()
      yield* again.send(puback(yield* again.expect("Publish")))
      yield* Fiber.join(waiting)
    })))

  it("refuses a topic with a wildcard, and none", () =>
    run(Effect.gen(function*() {
      const { client } = yield* pair()
      for (const topic of ["a/#", ""]) {
        expect(yield* Effect.flip(client.publish(topic, ""))).toMatchObject({
          _tag: "InvalidTopic",
          field: "Topic Name",
          topic
        })
      }
      expect(yield* Effect.flip(client.subscribe("a#"))).toMatchObject({ _tag: "InvalidTopic", field: "Topic Filter" })
      expect(yield* client.isConnected).toBe(true)
    })))
})

describe("Client, reconnecting", () => {
  it("subscribes again when the Server has lost the Session, and only then", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      const subscribing = yield* fork(
        Effect.all([client.subscribe("a", { qos: 1 }), client.subscribe("b")], { concurrency: 2 })
      )
      for (const returnCodes of [[1], [0]] as const) {
        yield* guest.send({
          _tag: "Suback",
          packetIdentifier: (yield* guest.expect("Subscribe")).packetIdentifier,
          returnCodes
        })
      }
      expect(yield* Fiber.join(subscribing)).toEqual([1, 0])
      yield* guest.cut
      const second = yield* server.welcome(false)
      const renewal = yield* second.expect("Subscribe")
      expect(renewal.subscriptions).toEqual([{ topicFilter: "a", qos: 1 }, { topicFilter: "b", qos: 0 }])
      yield* second.send({ _tag: "Suback", packetIdentifier: renewal.packetIdentifier, returnCodes: [1, 0x80] })
      yield* second.cut
      const third = yield* server.welcome(false)
      const last = yield* third.expect("Subscribe")
      expect(last.subscriptions).toEqual([{ topicFilter: "a", qos: 1 }])
      yield* third.send({ _tag: "Suback", packetIdentifier: last.packetIdentifier, returnCodes: [1] })
      // When the next answer has come, that one was read.
      const between = yield* fork(client.publish("mark", "", { qos: 1 }))
      yield* third.send(puback(yield* third.expect("Publish")))
      yield* Fiber.join(between)
      yield* third.cut
      const fourth = yield* server.welcome(true)
      const mark = yield* fork(client.publish("mark", "", { qos: 1 }))
      yield* fourth.send(puback(yield* fourth.expect("Publish")))
      yield* Fiber.join(mark)
    })))

  it("asks again for what was not answered before the connection was lost", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      const subscribing = yield* fork(client.subscribe("a"))
      yield* guest.expect("Subscribe")
      yield* guest.cut
      const again = yield* server.welcome()
      const { packetIdentifier } = yield* again.expect("Subscribe")
      yield* again.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] })
      expect(yield* Fiber.join(subscribing)).toBe(0)
    })))

  it("does not take a Server that refuses it, or accepts and drops it again, for a good one", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      const statuses = yield* fork(
        Stream.runCollect(Stream.take(Stream.filter(client.status, (status) => status._tag === "Reconnecting"), 3))
      )
      yield* guest.cut
      const refused = yield* server.accept
      yield* refused.send({ _tag: "Connack", sessionPresent: false, returnCode: 3 })
      yield* Effect.flatMap(server.welcome(), (guest) => guest.cut)
      const [first, second, third] = yield* Fiber.join(statuses)
      expect(first).toMatchObject({ reason: { _tag: "SocketError" }, delayMillis: 0 })
      expect(second).toMatchObject({ reason: { _tag: "ConnectionRefused", returnCode: 3 }, delayMillis: 0 })
      // Three tries are made at once; the wait after them is up to a second, half of it by chance.
      expect(third?._tag === "Reconnecting" && third.delayMillis).toBeGreaterThan(0)
    })))

  const bare: ReadonlyArray<NonNullable<Client.ClientOptions["reconnect"]>> = [false, {
    ...Client.stayConnected,
    enabled: false
  }]
  it.each(bare)("without a policy fails everything in progress when the connection is lost, and everything after it",
    (reconnect) =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* pair({ reconnect, maximumInFlight: 1 })
        const pending = yield* Effect.forEach([
          client.publish("1", "", { qos: 1 }),
          client.publish("2", "", { qos: 1 }),
          client.subscribe("a"),
          client.readTopic("a"),
          client.ping
        ], (operation) => fork(Effect.flip<unknown, AnyError, never>(operation)))
        const streaming = yield* fork(Stream.runDrain(client.messages))
        yield* guest.expect("Publish")
        yield* guest.cut
        for (const fiber of pending) {
          expect(yield* Fiber.join(fiber)).toMatchObject({
            _tag: "SocketError",
            reason: "Closed"
          })
        }
        yield* Fiber.join(streaming)
        expect(yield* Effect.flip(client.publish("3", "", { qos: 1 }))).toMatchObject({ _tag: "SocketError" })
        expect(yield* Stream.runHead(client.status)).toMatchObject({ value: { _tag: "Disconnected" } })
      })))
})

describe("Client, leaving", () => {
  it("sends what was written, then DISCONNECT, and closes; a second time does nothing", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const written = yield* fork(client.publish("0", "last words"))
      const pending = yield* fork(Effect.flip(client.publish("1", "", { qos: 1 })))
      yield* Effect.all([client.disconnect, client.disconnect], { concurrency: 2 })
      yield* Fiber.join(written)
      expect(yield* Fiber.join(pending)).toMatchObject({ _tag: "SocketError", reason: "Closed" })
      expect((yield* guest.closed).map((packet) => packet._tag)).toEqual(["Publish", "Publish", "Disconnect"])
      yield* client.disconnect
    })))

  it("makes every later operation fail with the reason", () =>
    run(Effect.gen(function*() {
      const { client } = yield* pair()
      yield* client.disconnect
      const operations = [
        client.publish("t", ""),
        client.publish("t", "", { qos: 1 }),
        client.subscribe("t"),
        client.unsubscribe("t"),
        client.readTopic("t"),
        client.ping
      ]
      for (const operation of operations) {
        const error = yield* Effect.flip<unknown, AnyError, never>(operation)
        expect(error).toMatchObject({ _tag: "SocketError", reason: "Closed" })
        expect(error.message).toContain("the Client has disconnected")
      }
      expect(yield* client.isConnected).toBe(false)
      yield* Stream.runDrain(client.messages)
    })))

  it("may be told so by a handler", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const subscribing = yield* fork(client.subscribe("stop", {}, () => client.disconnect))
      const { packetIdentifier } = yield* guest.expect("Subscribe")
      yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] })
      yield* Fiber.join(subscribing)
      yield* guest.send({
        _tag: "Publish",
        topic: "stop" as never,
        payload: Bytes.empty,
        qos: 0,
        retain: false,
        dup: false,
        packetIdentifier: undefined
      })
      expect((yield* guest.closed).map((packet) => packet._tag)).toEqual(["Disconnect"])
    })))

  it("does not wait for ever for a Server that reads no more", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ replyTimeout: "2 seconds", keepAlive: 0 })
      guest.socket.pause()
      const stuck = yield* fork(Effect.exit(client.publish("big", new Uint8Array(32 * 1024 * 1024))))
      const done = yield* Deferred.make<void>()
      const leaving = yield* fork(Effect.andThen(client.disconnect, Deferred.succeed(done, undefined)))
      expect(Exit.isFailure(yield* Fiber.join(stuck))).toBe(true)
      guest.socket.destroy()
      yield* Fiber.join(leaving)
      expect(yield* Deferred.isDone(done)).toBe(true)
    })))
})
