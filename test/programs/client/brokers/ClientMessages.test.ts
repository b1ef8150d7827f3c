/** What the Client receives: subscriptions, readTopic, acknowledgement after handling, backpressure. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Packet from "../../../../src/domain/packet/Packet.ts"
import type { Publish } from "../../../../src/domain/packet/Publish.ts"
import type { TopicName } from "../../../../src/domain/packet/Topic.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import { fork, lost, pair, roundTrip } from "../../../support/clientPair.ts"
import { run } from "../../../support/runClient.ts"
import type * as ScriptedServer from "../../../support/scriptedServer.ts"

const text = (message: Client.Received): string => Bytes.toText(message.payload)

const message = (topic: string, payload: string, packetIdentifier?: number): Publish => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: Bytes.fromText(payload),
  qos: packetIdentifier === undefined ? 0 : 1,
  retain: false,
  dup: false,
  packetIdentifier
})

/** Grants the next SUBSCRIBE, or refuses it with 0x80. */
const grant = (guest: ScriptedServer.Guest, returnCode: 0 | 1 | 0x80 = 0) =>
  Effect.gen(function*() {
    const subscribe = yield* guest.expect("Subscribe")
    const returnCodes = subscribe.subscriptions.map(() => returnCode)
    yield* guest.send({ _tag: "Suback", packetIdentifier: subscribe.packetIdentifier, returnCodes })
    return subscribe
  })

const subscribed = (client: Client.Client, guest: ScriptedServer.Guest, filter: string, handler?: Client.Handler) =>
  Effect.gen(function*() {
    const subscribing = yield* fork(client.subscribe(filter, { qos: 1 }, handler))
    yield* grant(guest, 1)
    yield* Fiber.join(subscribing)
  })

describe("Client.subscribe", () => {
  it("fails with SubscriptionRefused, and the connection goes on", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      aedes.authorizeSubscribe = (_, subscription, done) =>
        done(null, subscription.topic === "secret" ? null : subscription)
      const client = yield* Client.make({ endpoint: tcp, clientId: "c" })
      expect(yield* Effect.flip(client.subscribe("secret"))).toMatchObject({
        _tag: "SubscriptionRefused",
        topicFilter: "secret"
      })
      expect(yield* Effect.flip(client.readTopic("secret"))).toMatchObject({
        _tag: "SubscriptionRefused",
        topicFilter: "secret"
      })
      expect(yield* client.subscribe("open", { qos: 1 })).toBe(1)
    })))

  it("gives the QoS that was granted, which may be less", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const subscribing = yield* fork(client.subscribe("a", { qos: 1 }))
      yield* grant(guest, 0)
      expect(yield* Fiber.join(subscribing)).toBe(0)
    })))

  it("hands over what comes before the SUBACK", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      const late = yield* Deferred.make<void>()
      const subscribing = yield* fork(client.subscribe("a", {}, (message) => {
        seen.push(text(message))
        return text(message) === "late" ? Deferred.succeed(late, undefined) : undefined
      }))
      const { packetIdentifier } = yield* guest.expect("Subscribe")
      yield* guest.send(message("a", "early"), { _tag: "Suback", packetIdentifier, returnCodes: [0] },
        message("a", "late"))
      yield* Fiber.join(subscribing)
      yield* Deferred.await(late)
      expect(seen).toEqual(["early", "late"])
    })))

  it("hands messages to the handlers that there are when they come, also on a topic that others had before", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      const note = (who: string) => (message: Client.Received) => {
        seen.push(who + text(message))
      }
      const say = (payload: string) => Effect.andThen(guest.send(message("a/b", payload)), roundTrip(client, guest))
      yield* subscribed(client, guest, "a/+", note("old "))
      yield* say("1")
      yield* subscribed(client, guest, "a/+", note("new "))
      yield* say("2")
      yield* subscribed(client, guest, "#", note("all "))
      yield* say("3")
      const leaving = yield* fork(client.unsubscribe("a/+"))
      yield* guest.send({ _tag: "Unsuback", packetIdentifier: (yield* guest.expect("Unsubscribe")).packetIdentifier })
      yield* Fiber.join(leaving)
      yield* say("4")
      expect(seen).toEqual(["old 1", "new 2", "new 3", "all 3", "all 4"])
    })))

  it("hands nothing to a handler that is gone when another is done with the message, but to the one in its place", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      const note = (who: string) => (message: Client.Received) => {
        seen.push(who + text(message))
      }
      yield* subscribed(client, guest, "a", () =>
        Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(go)))
      yield* subscribed(client, guest, "+", note("old "))
      yield* subscribed(client, guest, "#", note("all "))
      yield* guest.send(message("a", "1", 1))
      yield* Deferred.await(begun)
      yield* subscribed(client, guest, "+", note("new "))
      const leaving = yield* fork(client.unsubscribe("#"))
      yield* guest.send({ _tag: "Unsuback", packetIdentifier: (yield* guest.expect("Unsubscribe")).packetIdentifier })
      yield* Fiber.join(leaving)
      yield* Deferred.succeed(go, undefined)
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(1)
      expect(seen).toEqual(["new 1"])
    })))

  it("fails with TimedOut when the Server does not answer, and forgets the handler", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ replyTimeout: "2 seconds" })
      const error = yield* Effect.flip(client.subscribe("a", {}, () => {
        throw new Error("called")
      }))
      expect(error).toMatchObject({ _tag: "SocketError", reason: "TimedOut" })
      yield* guest.expect("Subscribe")
      expect((yield* guest.expect("Unsubscribe")).topicFilters).toEqual(["a"])
    })))
})

describe("Client, acknowledging", () => {
  it("sends PUBACK after the handler is done, and once", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const order: Array<string> = []
      const go = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "a", (message) =>
        Effect.andThen(text(message) === "wait" ? Deferred.await(go) : Effect.void, Effect.sync(() => {
          order.push(text(message))
        })))
      yield* guest.send(message("a", "first", 7), message("a", "wait", 8), message("a", "last", 9))
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(7)
      expect(order).toEqual(["first"])
      yield* roundTrip(client, guest)
      yield* Deferred.succeed(go, undefined)
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(8)
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(9)
      yield* client.disconnect
      expect((yield* guest.closed).map((packet) => packet._tag)).toEqual(["Disconnect"])
    })))

  it("sends no PUBACK on another connection than the message came by", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      const entered = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "a",
        () => Effect.andThen(Deferred.succeed(entered, undefined), Deferred.await(go)))
      yield* guest.send(message("a", "", 7))
      yield* Deferred.await(entered)
      yield* guest.cut
      const again = yield* server.welcome(true)
      yield* again.send({ ...message("a", "", 7), dup: true })
      yield* Deferred.succeed(go, undefined)
      expect((yield* again.expect("Puback")).packetIdentifier).toBe(7)
      yield* client.disconnect
      expect((yield* again.closed).map((packet) => packet._tag)).toEqual(["Disconnect"])
    })))
})

describe("Client.readTopic", () => {
  it("takes a message that comes before the SUBACK, leaves other topics to their handlers, and unsubscribes", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      yield* subscribed(client, guest, "other", (message) => {
        seen.push(text(message))
      })
      const reading = yield* fork(client.readTopic("config"))
      const { packetIdentifier, subscriptions } = yield* guest.expect("Subscribe")
      expect(subscriptions).toEqual([{ topicFilter: "config", qos: 0 }])
      yield* guest.send(message("other", "1"), { ...message("config", "found"), retain: true }, message("other", "2"))
      expect(Option.map(yield* Fiber.join(reading), (message) => [text(message), message.retain])).toEqual(
        Option.some(["found", true])
      )
      yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] })
      expect((yield* guest.expect("Unsubscribe")).topicFilters).toEqual(["config"])
      expect(seen).toEqual(["1", "2"])
      expect(yield* client.poll).toEqual([])
    })))

  it("acknowledges what it takes", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const reading = yield* fork(client.readTopic("a"))
      yield* grant(guest)
      yield* guest.send(message("a", "x", 3))
      yield* Fiber.join(reading)
      yield* guest.expect("Unsubscribe")
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(3)
    })))

  it("takes what is published while it waits, also after the connection was lost meanwhile", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      const reading = yield* fork(client.readTopic("a/+"))
      yield* grant(guest)
      yield* guest.cut
      const again = yield* server.welcome()
      expect((yield* grant(again)).subscriptions).toEqual([{ topicFilter: "a/+", qos: 0 }])
      yield* again.send(message("a/1", "late"))
      expect(Option.map(yield* Fiber.join(reading), text)).toEqual(Option.some("late"))
    })))

  it("leaves the user's own subscription to the same filter in place, at its QoS", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      yield* subscribed(client, guest, "a", (message) => {
        seen.push(text(message))
      })
      const reading = yield* fork(client.readTopic("a"))
      expect((yield* grant(guest, 1)).subscriptions).toEqual([{ topicFilter: "a", qos: 1 }])
      yield* guest.send(message("a", "both"))
      expect(Option.map(yield* Fiber.join(reading), text)).toEqual(Option.some("both"))
      yield* client.publish("mark", "")
      expect((yield* guest.expect("Publish")).topic).toBe("mark")
      expect(seen).toEqual(["both"])
    })))

  it("subscribes to the same topic again only when the Server has answered its UNSUBSCRIBE", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const first = yield* fork(client.readTopic("a"))
      yield* grant(guest)
      yield* guest.send(message("a", "1"))
      yield* Fiber.join(first)
      const { packetIdentifier } = yield* guest.expect("Unsubscribe")
      const second = yield* fork(client.readTopic("a"))
      yield* client.publish("mark", "")
      yield* guest.expect("Publish")
      yield* guest.send({ _tag: "Unsuback", packetIdentifier })
      yield* grant(guest)
      yield* guest.send(message("a", "2"))
      expect(Option.map(yield* Fiber.join(second), text)).toEqual(Option.some("2"))
    })))

  it("unsubscribes when it is interrupted, but not while another reads the same topic", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const first = yield* fork(client.readTopic("a"))
      yield* grant(guest)
      const second = yield* fork(client.readTopic("a"))
      yield* grant(guest)
      yield* Fiber.interrupt(first)
      yield* client.publish("mark", "")
      expect((yield* guest.expect("Publish")).topic).toBe("mark")
      yield* Fiber.interrupt(second)
      yield* guest.expect("Unsubscribe")
    })))
})

describe("Client.messages", () => {
  it("gives every message to every stream, as well as to handlers", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      yield* subscribed(client, guest, "a", (message) => {
        seen.push(text(message))
      })
      const two = [yield* fork(Stream.runCollect(Stream.take(client.messages, 2))),
        yield* fork(Stream.runCollect(Stream.take(client.messages, 2)))]
      yield* guest.send(message("a", "1"), message("b", "2", 1))
      for (const stream of two) expect((yield* Fiber.join(stream)).map(text)).toEqual(["1", "2"])
      expect(seen).toEqual(["1"])
      yield* guest.expect("Puback")
    })))

  it("acknowledges a message when its consumer asks for the next one, however long that takes", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      yield* fork(Stream.runForEach(client.messages, (received) => Effect.sync(() => seen.push(text(received)))))
      yield* guest.send(message("t", "1", 1))
      expect(yield* guest.expect("Puback")).toMatchObject({ packetIdentifier: 1 })
      yield* guest.send(message("t", "2", 2), message("t", "3", 3))
      expect(yield* guest.expect("Puback")).toMatchObject({ packetIdentifier: 2 })
      expect(yield* guest.expect("Puback")).toMatchObject({ packetIdentifier: 3 })
      expect(seen).toEqual(["1", "2", "3"])
    })))

  it("makes the Server wait while nobody pulls, and then loses nothing", () =>
    run(Effect.gen(function*() {
      const count = 3_000
      const { client, guest } = yield* pair({ receiveBufferBytes: 100_000, keepAlive: 0 })
      const go = yield* Deferred.make<void>()
      const numbers: Array<number> = []
      const streaming = yield* fork(Stream.runForEach(Stream.take(client.messages, count), (message) =>
        Effect.andThen(Deferred.await(go), Effect.sync(() => {
          numbers.push(message.payload.length)
        }))))
      let flushed = 0
      for (let i = 0; i < count; i++) {
        guest.socket.write(Result.getOrThrow(Packet.encode(message("a", "x".repeat(10_000 + i)))), () => {
          flushed++
        })
      }
      // Until nothing has moved for a while: the buffers of both systems are full, and so are ours.
      for (let before = -1; before !== flushed;) {
        before = flushed
        yield* Effect.sleep(200)
      }
      expect(flushed).toBeLessThan(count)
      yield* Deferred.succeed(go, undefined)
      yield* Fiber.join(streaming)
      expect(numbers).toEqual(Array.from({ length: count }, (_, i) =>
        10_000 + i))
    })))

  it("makes the Server wait by bytes, too, when its messages are large", () =>
    run(Effect.gen(function*() {
      // More than the buffers of an operating system may grow to, some 40 MB, and fewer than `receiveBuffer`.
      const count = 200
      const { client, guest } = yield* pair({ receiveBufferBytes: 1_000_000, keepAlive: 0 })
      const go = yield* Deferred.make<void>()
      const streaming = yield* fork(Stream.runForEach(Stream.take(client.messages, count), () => Deferred.await(go)))
      let flushed = 0
      const large = Result.getOrThrow(Packet.encode(message("a", "x".repeat(500_000))))
      for (let i = 0; i < count; i++) {
        guest.socket.write(large, () => {
          flushed++
        })
      }
      for (let before = -1; before !== flushed;) {
        before = flushed
        yield* Effect.sleep(200)
      }
      expect(flushed).toBeLessThan(count)
      yield* Deferred.succeed(go, undefined)
      yield* Fiber.join(streaming)
    })))

  it("does not take its own slowness for the Server's silence", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({
        receiveBufferBytes: 1,
        keepAlive: 1,
        replyTimeout: "2 seconds",
        reconnect: false
      })
      const go = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "a", () => Deferred.await(go))
      yield* guest.send(message("a", "1"), message("a", "2"))
      for (let i = 0; i < 2; i++) yield* guest.expect("Pingreq")
      yield* Deferred.succeed(go, undefined)
      yield* guest.send({ _tag: "Pingresp" }, { _tag: "Pingresp" })
      yield* roundTrip(client, guest)
    })))

  it("does not take a slow handler for a CONNACK that does not come, when messages come with it", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({
        receiveBufferBytes: 1,
        keepAlive: 0,
        replyTimeout: "200 millis",
        cleanSession: false
      })
      const begun = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "a", () =>
        Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(go)))
      guest.socket.destroy()
      const again = yield* server.accept
      yield* again.expect("Connect")
      yield* again.send({ _tag: "Connack", sessionPresent: true, returnCode: 0 }, message("a", "1"), message("a", "2"))
      yield* Deferred.await(begun)
      yield* Effect.sleep(400)
      expect(yield* client.isConnected).toBe(true)
      yield* Deferred.succeed(go, undefined)
      yield* roundTrip(client, again)
    })))

  it("names receiveBufferBytes when the answer that a handler waits for comes after more than there is room for", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({
        receiveBufferBytes: 2_000,
        keepAlive: 0,
        replyTimeout: "100 millis"
      })
      const done = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "a", (message) =>
        text(message) === "1" ? Effect.andThen(client.publish("b", "", { qos: 1 }), Deferred.succeed(done, undefined))
          : Effect.void)
      const reason = yield* fork(lost(client))
      for (let i = 1; i <= 10; i++) {
        yield* guest.send(message("a", String(i)))
      }
      expect((yield* Fiber.join(reason)).reason).toMatchObject({
        _tag: "ReceiveBufferFull",
        capacityBytes: 2_000,
        message: expect.stringContaining("receiveBufferBytes")
      })
      const again = yield* server.welcome()
      yield* again.expect("Subscribe")
      const { packetIdentifier } = yield* again.expect("Publish")
      yield* again.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      yield* Deferred.await(done)
    })))

  it("lets a handler wait for the Server whatever else it has sent", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ receiveBuffer: 1 })
      const done = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "a", (message) =>
        text(message) === "1" ? Effect.andThen(client.publish("b", "", { qos: 1 }), Deferred.succeed(done, undefined))
          : Effect.void)
      yield* guest.send(message("a", "1"), message("a", "2"), message("a", "3"))
      const { packetIdentifier } = yield* guest.expect("Publish")
      yield* guest.send(message("a", "4"))
      yield* guest.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      yield* Deferred.await(done)
    })))

  it("drops the oldest messages that nobody takes and nobody sends again, and no more than it must", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ receiveBuffer: 2 })
      yield* guest.send(message("a", "1"), message("a", "2"), message("a", "pending", 1), message("a", "3"))
      yield* roundTrip(client, guest)
      expect((yield* client.poll).map(text)).toEqual(["2", "pending", "3"])
    })))

  it("keeps no more than 16 MiB of that", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const last = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "last", () => Deferred.succeed(last, undefined))
      for (let i = 1; i <= 20; i++) yield* guest.send(message("a", String(i).padStart(1_000_000, "x")))
      yield* guest.send(message("last", ""))
      yield* Deferred.await(last)
      const kept = yield* client.poll
      expect(kept.length).toBe(16)
      expect(text(kept[15] as Client.Received).endsWith("x20")).toBe(true)
    })))
})

describe("Client, with messages that nobody has taken", () => {
  it("acknowledges them when they are polled, and what comes after them not before", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      yield* subscribed(client, guest, "b", () => {})
      yield* guest.send(message("a", "1", 1), message("b", "2", 2), message("a", "3", 3))
      yield* roundTrip(client, guest)
      expect((yield* client.poll).map(text)).toEqual(["1", "3"])
      for (const identifier of [1, 2, 3]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(identifier)
    })))

  it("acknowledges them when a stream begins", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      yield* guest.send(message("a", "1", 1))
      yield* roundTrip(client, guest)
      expect((yield* Stream.runCollect(Stream.take(client.messages, 1))).map(text)).toEqual(["1"])
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(1)
    })))

  it("leaves to the next what a stream has not got to", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      yield* guest.send(...[1, 2, 3, 4, 5].map((i) => message("a", String(i), i)))
      yield* roundTrip(client, guest)
      expect((yield* Stream.runCollect(Stream.take(client.messages, 2))).map(text)).toEqual(["1", "2"])
      for (const identifier of [1, 2]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(identifier)
      yield* roundTrip(client, guest)
      const streaming = yield* fork(
        Stream.runForEach(client.messages, (each) => text(each) === "4" ? Effect.never : Effect.void)
      )
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(3)
      yield* guest.send(message("a", "6", 6))
      yield* roundTrip(client, guest)
      yield* Fiber.interrupt(streaming)
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(4)
      expect((yield* client.poll).map(text)).toEqual(["5", "6"])
      for (const identifier of [5, 6]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(identifier)
    })))

  it("hands them to the handler that comes later, before what comes then, and leaves the others", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ cleanSession: false })
      const seen: Array<string> = []
      yield* guest.send(message("a", "1", 1), message("b", "other", 2), message("a", "2", 3), message("a", "3"))
      yield* roundTrip(client, guest)
      const slow = (each: Client.Received) =>
        Effect.andThen(Effect.yieldNow, Effect.sync(() => {
          seen.push(text(each))
        }))
      const subscribing = yield* fork(client.subscribe("a", { qos: 1 }, slow))
      yield* guest.send(message("a", "4", 4))
      yield* grant(guest, 1)
      yield* Fiber.join(subscribing)
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(1)
      yield* roundTrip(client, guest)
      expect(seen).toEqual(["1", "2", "3", "4"])
      expect((yield* client.poll).map(text)).toEqual(["other"])
      for (const identifier of [2, 3, 4]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(identifier)
    })))

  it("gives the handler that comes in the middle of a batch what waited for it first", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      const note = (each: Client.Received) => {
        seen.push(text(each))
      }
      yield* subscribed(client, guest, "start", () => Effect.ignore(client.subscribe("b", {}, note)))
      yield* guest.send(message("b", "1", 1), message("start", "", 2), message("b", "2", 3))
      yield* grant(guest, 1)
      for (const identifier of [1, 2, 3]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(identifier)
      expect(seen).toEqual(["1", "2"])
    })))

  it("takes no copy of them for a second message when the Server sends them again", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      yield* guest.send(message("a", "1", 1), message("a", "2", 2))
      yield* roundTrip(client, guest)
      yield* guest.cut
      const again = yield* server.welcome(true)
      yield* again.send({ ...message("a", "1", 1), dup: true }, { ...message("a", "2", 2), dup: true })
      const mark = yield* fork(client.publish("mark", "", { qos: 1 }))
      const { packetIdentifier } = yield* again.expect("Publish")
      yield* again.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      yield* Fiber.join(mark)
      yield* roundTrip(client, again)
      expect((yield* client.poll).map(text)).toEqual(["1", "2"])
      for (const identifier of [1, 2]) expect((yield* again.expect("Puback")).packetIdentifier).toBe(identifier)
    })))

  it("keeps them when the Server has lost the Session: nobody will send them again", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      yield* guest.send(message("a", "1", 1))
      yield* roundTrip(client, guest)
      yield* guest.cut
      for (const sessionPresent of [false, true]) {
        const again = yield* server.welcome(sessionPresent)
        const mark = yield* fork(client.publish("mark", "", { qos: 1 }))
        const { packetIdentifier } = yield* again.expect("Publish")
        yield* again.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
        yield* Fiber.join(mark)
        if (!sessionPresent) yield* again.cut
      }
      expect((yield* client.poll).map(text)).toEqual(["1"])
    })))

  it(
    "reads the next connection at once when they are the last of a lost Session, which are kept as long as they are not too many",
    { timeout: 20_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair({
          cleanSession: false,
          receiveBufferBytes: 2_000,
          keepAlive: 0,
          replyTimeout: "100 millis"
        })
        const told = yield* fork(
          Stream.runHead(Stream.filter(client.notices, ({ _tag }) => _tag === "MessagesDropped"))
        )
        for (let i = 1; i <= 3; i++) yield* guest.send(message("a", String(i), i))
        // Until they are here, and fill the room.
        yield* Effect.sleep(50)
        yield* guest.cut
        // Nobody reads there any more: who writes finds the end.
        yield* fork(client.publish("b", "", { qos: 1 }))
        const again = yield* server.welcome(false)
        const { packetIdentifier } = yield* again.expect("Publish")
        yield* again.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
        yield* roundTrip(client, again)
        for (let i = 4; i <= 6; i++) yield* again.send(message("a", String(i), i))
        yield* Effect.sleep(50)
        yield* again.cut
        yield* fork(client.publish("b", "", { qos: 1 }))
        // Of two Sessions that were lost they are more than there is room for.
        const third = yield* server.welcome(false)
        yield* third.expect("Publish")
        expect(Option.getOrThrow(yield* Fiber.join(told))).toMatchObject({ _tag: "MessagesDropped" })
        const kept = (yield* client.poll).map(text)
        expect(kept).toEqual(["1", "2", "3", "4", "5", "6"].slice(-kept.length))
        expect(kept.length).toBeGreaterThan(0)
      }))
  )

  it("hands nothing on from a connection that is gone when the Server sends it again", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      const seen: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      yield* subscribed(client, guest, "#", (each) => {
        seen.push(text(each))
        return text(each) === "1" ? Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(go)) : undefined
      })
      const stored = [message("a", "1", 1), message("a", "2", 2)]
      yield* guest.send(...stored)
      yield* Deferred.await(begun)
      yield* guest.send(message("a", "3", 3), message("a", "at most once"))
      yield* roundTrip(client, guest)
      yield* guest.cut
      const again = yield* server.welcome(true)
      yield* again.send(...stored.concat(message("a", "3", 3)).map((each) => ({ ...each, dup: true })))
      const mark = yield* fork(client.publish("mark", "", { qos: 1 }))
      const { packetIdentifier } = yield* again.expect("Publish")
      yield* again.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      yield* Fiber.join(mark)
      yield* Deferred.succeed(go, undefined)
      for (const identifier of [1, 2, 3]) expect((yield* again.expect("Puback")).packetIdentifier).toBe(identifier)
      // The first was being handled when the connection was lost.
      expect(seen).toEqual(["1", "at most once", "1", "2", "3"])
    })))

  it("takes an unsubscribe for the word that nobody will", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      yield* guest.send(message("a", "1", 1))
      yield* roundTrip(client, guest)
      const leaving = yield* fork(client.unsubscribe("a"))
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(1)
      yield* guest.send({ _tag: "Unsuback", packetIdentifier: (yield* guest.expect("Unsubscribe")).packetIdentifier })
      yield* Fiber.join(leaving)
      expect(yield* client.poll).toEqual([])
    })))
})
