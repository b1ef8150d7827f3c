/**
 * A subscription counts when its SUBACK has come, and is gone when its UNSUBACK has, across connections and Sessions.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import type { Publish } from "../../../../src/domain/packet/Publish.ts"
import type { Endpoint } from "../../../../src/ports/Socket.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import { fork, pair, roundTrip } from "../../../support/clientPair.ts"
import * as Mosquitto from "../../../support/mosquitto.ts"
import { run } from "../../../support/runClient.ts"
import * as ScriptedServer from "../../../support/scriptedServer.ts"

const message = (topic: string): Publish => ({
  _tag: "Publish",
  topic: topic as never,
  payload: Bytes.fromText("x"),
  qos: 0,
  retain: false,
  dup: false,
  packetIdentifier: undefined
})

const grant = (guest: ScriptedServer.Guest, code: 0 | 1 | 0x80 = 0) =>
  Effect.gen(function*() {
    const { packetIdentifier, subscriptions } = yield* guest.expect("Subscribe")
    yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: subscriptions.map(() => code) })
    return subscriptions.map(({ topicFilter }) => topicFilter)
  })

const subscribed = (client: Client.Client, guest: ScriptedServer.Guest, filter: string, handler?: Client.Handler) =>
  Effect.gen(function*() {
    const subscribing = yield* fork(client.subscribe(filter, {}, handler))
    yield* grant(guest)
    yield* Fiber.join(subscribing)
  })

const released = (guest: ScriptedServer.Guest) =>
  Effect.gen(function*() {
    const { packetIdentifier, topicFilters } = yield* guest.expect("Unsubscribe")
    yield* guest.send({ _tag: "Unsuback", packetIdentifier })
    return topicFilters
  })

/** Nothing has been sent that was not expected. */
const quiet = (client: Client.Client, guest: ScriptedServer.Guest) =>
  Effect.gen(function*() {
    const mark = yield* fork(client.publish("mark", "", { qos: 1 }))
    const { packetIdentifier } = yield* guest.expect("Publish")
    yield* guest.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
    yield* Fiber.join(mark)
  })

describe("a subscription", () => {
  it("is renewed again when the SUBACK of its renewal never came, though the Server then has the Session", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      yield* subscribed(client, guest, "a")
      yield* guest.cut
      const second = yield* server.welcome(false)
      yield* second.expect("Subscribe")
      yield* second.cut
      const third = yield* server.welcome(true)
      expect(yield* grant(third)).toEqual(["a"])
      yield* third.cut
      yield* quiet(client, yield* server.welcome(true))
    })))

  it("is renewed when a CONNECT was not answered: the Session that the Server keeps may be a new one since then", {
    timeout: 10_000
  }, () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      yield* subscribed(client, guest, "a")
      yield* guest.cut
      // The Server has lost the Session, and its CONNACK with Session Present 0 is lost on the way.
      const second = yield* server.accept
      yield* second.expect("Connect")
      yield* second.cut
      const third = yield* server.welcome(true)
      expect(yield* grant(third)).toEqual(["a"])
      yield* quiet(client, third)
      yield* third.cut
      yield* quiet(client, yield* server.welcome(true))
    })))

  it("is not renewed when a CONNECT was refused: that begins no Session", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      yield* subscribed(client, guest, "a")
      yield* guest.cut
      const second = yield* server.accept
      yield* second.expect("Connect")
      yield* second.send({ _tag: "Connack", sessionPresent: false, returnCode: 3 })
      yield* quiet(client, yield* server.welcome(true))
    })))

  it("is asked for again on the same connection when its renewal is not answered", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ replyTimeout: "50 millis", keepAlive: 0 })
      yield* subscribed(client, guest, "a")
      yield* guest.cut
      const second = yield* server.welcome(false)
      yield* second.expect("Subscribe")
      expect(yield* grant(second)).toEqual(["a"])
    })))

  it("counts when its SUBACK comes after nobody waited for it any more", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const first = yield* fork(client.subscribe("a"))
      const { packetIdentifier } = yield* guest.expect("Subscribe")
      yield* Fiber.interrupt(first)
      const { packetIdentifier: leaving } = yield* guest.expect("Unsubscribe")
      const second = yield* fork(client.subscribe("a"))
      yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] }, {
        _tag: "Unsuback",
        packetIdentifier: leaving
      })
      yield* grant(guest)
      expect(yield* Fiber.join(second)).toBe(0)
      yield* quiet(client, guest)
    })))

  it("is made again when a Server says that it has kept a Session although CONNECT asked for a new one", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: true })
      const notice = yield* fork(Stream.runHead(client.notices))
      yield* subscribed(client, guest, "a")
      const publishing = yield* fork(client.publish("pending", "", { qos: 1 }))
      yield* guest.expect("Publish")
      yield* guest.cut
      const second = yield* server.welcome(true)
      expect(yield* grant(second)).toEqual(["a"])
      const again = yield* second.expect("Publish")
      expect(again).toMatchObject({ topic: "pending", dup: false })
      yield* second.send({ _tag: "Puback", packetIdentifier: again.packetIdentifier as number })
      yield* Fiber.join(publishing)
      expect(Option.getOrThrow(yield* Fiber.join(notice))).toMatchObject({ _tag: "UnexpectedSession" })
    })))

  it("that is refused costs no UNSUBSCRIBE", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const subscribing = yield* fork(Effect.flip(client.subscribe("a")))
      yield* grant(guest, 0x80)
      expect(yield* Fiber.join(subscribing)).toMatchObject({ _tag: "SubscriptionRefused" })
      const reading = yield* fork(Effect.flip(client.readTopic("a")))
      yield* grant(guest, 0x80)
      expect(yield* Fiber.join(reading)).toMatchObject({ _tag: "SubscriptionRefused" })
      yield* quiet(client, guest)
    })))

  it("whose change is refused stays as it was", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      yield* subscribed(client, guest, "a", () => {
        seen.push("first")
      })
      const changing = yield* fork(Effect.flip(client.subscribe("a", { qos: 1 }, () => {
        seen.push("second")
      })))
      yield* grant(guest, 0x80)
      yield* Fiber.join(changing)
      yield* guest.send(message("a"))
      yield* roundTrip(client, guest)
      expect(seen).toEqual(["first"])
    })))

  it("whose change is refused gets what came meanwhile, in order", { timeout: 10_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* pair()
        const seen: Array<number> = []
        yield* subscribed(client, guest, "a", ({ payload }) => {
          seen.push(payload.length)
        })
        const changing = yield* fork(Effect.flip(client.subscribe("a", { qos: 1 })))
        const { packetIdentifier } = yield* guest.expect("Subscribe")
        const numbered = (size: number): Publish => ({
          ...message("a"),
          qos: 1,
          packetIdentifier: size,
          payload: new Uint8Array(size)
        })
        yield* guest.send(numbered(1))
        yield* roundTrip(client, guest)
        yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [0x80] }, numbered(2))
        yield* Fiber.join(changing)
        for (const size of [1, 2]) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(size)
        expect(seen).toEqual([1, 2])
      })))

  it("is nobody's when two calls ask for it at the same time and both are refused", { timeout: 10_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* pair()
        const first = yield* fork(Effect.flip(client.subscribe("a", {}, () => {})))
        const second = yield* fork(Effect.flip(client.subscribe("a", {}, () => {})))
        const asked = [yield* guest.expect("Subscribe"), yield* guest.expect("Subscribe")]
        for (const { packetIdentifier } of asked) {
          yield* guest.send({
            _tag: "Suback",
            packetIdentifier,
            returnCodes: [0x80]
          })
        }
        expect([yield* Fiber.join(first), yield* Fiber.join(second)]).toMatchObject([{ _tag: "SubscriptionRefused" }, {
          _tag: "SubscriptionRefused"
        }])
        expect(yield* released(guest)).toEqual(["a"])
        yield* quiet(client, guest)
      })))

  it("has its handler also when the renewal of the one before is refused meanwhile", { timeout: 10_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair()
        yield* subscribed(client, guest, "a")
        yield* guest.cut
        const second = yield* server.welcome()
        const renewal = yield* second.expect("Subscribe")
        const seen: Array<string> = []
        const subscribing = yield* fork(client.subscribe("a", { qos: 1 }, ({ topic }) => {
          seen.push(topic)
        }))
        const asked = yield* second.expect("Subscribe")
        yield* second.send({ _tag: "Suback", packetIdentifier: renewal.packetIdentifier, returnCodes: [0x80] })
        yield* second.send({ _tag: "Suback", packetIdentifier: asked.packetIdentifier, returnCodes: [1] })
        yield* Fiber.join(subscribing)
        yield* second.send(message("a"))
        yield* quiet(client, second)
        expect(seen).toEqual(["a"])
      })))

  it("that is refused on a later connection is reported by name, and not asked for any more", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      const notice = yield* fork(Stream.runHead(client.notices))
      yield* subscribed(client, guest, "a")
      yield* guest.cut
      const second = yield* server.welcome()
      yield* grant(second, 0x80)
      expect(Option.getOrThrow(yield* Fiber.join(notice))).toMatchObject({ _tag: "SubscriptionLost", topicFilter: "a" })
      yield* second.cut
      yield* quiet(client, yield* server.welcome())
    })))

  it.each([["waits for it", false], ["has gone meanwhile", true]])(
    "that is refused when a reader asks for it in a new Session is reported by name, also when the reader %s",
    { timeout: 10_000 },
    (_, isGone) =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair()
        const notice = yield* fork(Stream.runHead(client.notices))
        yield* subscribed(client, guest, "a")
        yield* guest.cut
        yield* Effect.repeat(client.isConnected, { while: (isConnected) => isConnected })
        const reading = yield* fork(client.readTopic("a"))
        const second = yield* server.welcome()
        const { packetIdentifier } = yield* second.expect("Subscribe")
        if (isGone) yield* Fiber.interrupt(reading)
        yield* second.send({ _tag: "Suback", packetIdentifier, returnCodes: [0x80] })
        expect(Option.getOrThrow(yield* Fiber.join(notice))).toMatchObject({
          _tag: "SubscriptionLost",
          topicFilter: "a"
        })
        yield* quiet(client, second)
      }))
  )

  it("stays as it was when a reader asks for it in the same Session and is refused", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const seen: Array<string> = []
      yield* subscribed(client, guest, "a", () => {
        seen.push("first")
      })
      const reading = yield* fork(Effect.flip(client.readTopic("a")))
      yield* grant(guest, 0x80)
      expect(yield* Fiber.join(reading)).toMatchObject({ _tag: "SubscriptionRefused" })
      yield* guest.send(message("a"))
      yield* roundTrip(client, guest)
      expect(seen).toEqual(["first"])
    })))

  it("is asked for with seven others at most: there are Servers that close the connection on more", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      const filters = Array.from({ length: 20 }, (_, i) => "t/" + i)
      for (const filter of filters) yield* subscribed(client, guest, filter)
      yield* guest.cut
      const second = yield* server.welcome()
      const renewed = [yield* grant(second), yield* grant(second), yield* grant(second)]
      expect(renewed.map(({ length }) => length)).toEqual([8, 8, 4])
      expect(renewed.flat()).toEqual(filters)
    })))
})

describe("a Topic Filter that the Server closes the connection on", () => {
  const atOnce = { ...Client.stayConnected, maxAttempts: 1_000 }

  it("is lost by name when it is renewed, and all others come back", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      let cut = () => {}
      aedes.once("client", (subscriber) => {
        cut = () => subscriber.close()
      })
      const client = yield* Client.make({ endpoint: tcp, clientId: "c", reconnect: atOnce })
      const seen: Array<string> = []
      for (const filter of ["a", "poison", "b"]) {
        yield* client.subscribe(filter, {}, ({ topic }) => {
          seen.push(topic)
        })
      }
      const notice = yield* fork(Stream.runHead(client.notices))
      aedes.authorizeSubscribe = (subscriber, subscription, done) => {
        if (subscription.topic === "poison") subscriber.close()
        else done(null, subscription)
      }
      yield* Effect.sync(cut)
      expect(Option.getOrThrow(yield* Fiber.join(notice))).toMatchObject({
        _tag: "SubscriptionLost",
        topicFilter: "poison"
      })
      const sender = yield* Client.make({ endpoint: tcp, clientId: "sender" })
      yield* Effect.repeat(
        Effect.andThen(Effect.forEach(["a", "b"], (topic) => sender.publish(topic, "", { qos: 1 })), Effect.sleep(10)),
        { until: () => seen.includes("a") && seen.includes("b") }
      )
    })))

  it("is not blamed for connections that are lost before they have shown that they stay", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ reconnect: atOnce })
      yield* subscribed(client, guest, "a")
      yield* guest.cut
      for (let i = 0; i < 2; i++) {
        const guest = yield* server.welcome()
        yield* guest.expect("Subscribe")
        yield* guest.cut
      }
      for (let i = 0; i < 5; i++) {
        const guest = yield* server.welcome()
        yield* guest.expect("Pingreq")
        yield* guest.cut
      }
      const last = yield* server.welcome()
      yield* last.expect("Pingreq")
      yield* last.send({ _tag: "Pingresp" })
      expect(yield* grant(last)).toEqual(["a"])
    })))

  /** A connection that is accepted, and lost when the Server has been sent the UNSUBSCRIBE. */
  const lostOnUnsubscribe = (server: ScriptedServer.ScriptedServer) =>
    Effect.gen(function*() {
      const guest = yield* server.welcome(true)
      yield* guest.expect("Unsubscribe")
      yield* guest.cut
    })

  /** A Client that has subscribed to `a` and wants it no more, which one connection was lost on. */
  const unreleased = Effect.gen(function*() {
    const { client, guest, server } = yield* pair({ reconnect: atOnce, cleanSession: false, replyTimeout: 100 })
    yield* subscribed(client, guest, "a")
    yield* Effect.flip(client.unsubscribe("a"))
    yield* guest.cut
    return { client, server }
  })

  it("is not blamed for the connections that ended on its UNSUBSCRIBE, when it is subscribed to again", {
    timeout: 10_000
  }, () =>
    run(Effect.gen(function*() {
      const { client, server } = yield* unreleased
      for (let i = 0; i < 3; i++) yield* lostOnUnsubscribe(server)
      const last = yield* server.accept
      yield* last.expect("Connect")
      const seen: Array<string> = []
      const subscribing = yield* fork(client.subscribe("a", {}, ({ topic }) => {
        seen.push(topic)
      }))
      yield* last.send({ _tag: "Connack", sessionPresent: true, returnCode: 0 })
      yield* grant(last)
      yield* Fiber.join(subscribing)
      yield* last.send(message("a"))
      yield* quiet(client, last)
      expect(seen).toEqual(["a"])
    })))

  it("is left all the same when connections are lost before they have shown that they stay", { timeout: 10_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, server } = yield* unreleased
        yield* lostOnUnsubscribe(server)
        for (let i = 0; i < 5; i++) {
          const guest = yield* server.welcome(true)
          yield* guest.expect("Pingreq")
          yield* guest.cut
        }
        const last = yield* server.welcome(true)
        expect(yield* released(last)).toEqual(["a"])
        yield* quiet(client, last)
      })))

  it("is asked for all the same by a Server that does not answer PINGREQ, also without Keep Alive", { timeout: 20_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest, server } = yield* pair({ reconnect: atOnce, keepAlive: 0, replyTimeout: 200 })
        yield* subscribed(client, guest, "a")
        yield* guest.cut
        for (let i = 0; i < 2; i++) {
          const guest = yield* server.welcome()
          yield* guest.expect("Subscribe")
          yield* guest.cut
        }
        const last = yield* server.welcome()
        yield* last.expect("Pingreq")
        expect(yield* grant(last)).toEqual(["a"])
      })))
})

describe("what nobody wants any more", () => {
  it("is left on the next connection when a reader has ended while there was none", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false })
      const reading = yield* fork(client.readTopic("a", "10 minutes"))
      yield* grant(guest)
      yield* guest.cut
      yield* Effect.ignore(Effect.repeat(client.isConnected, { while: (isConnected) => isConnected }))
      yield* Fiber.interrupt(reading)
      const second = yield* server.welcome(true)
      expect(yield* released(second)).toEqual(["a"])
      yield* second.cut
      yield* quiet(client, yield* server.welcome(true))
    })))

  it("is left again until UNSUBACK has come, on this connection and on the next", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false, replyTimeout: "50 millis", keepAlive: 0 })
      const reading = yield* fork(client.readTopic("a"))
      yield* grant(guest)
      yield* guest.send(message("a"))
      yield* Fiber.join(reading)
      for (let i = 0; i < 3; i++) expect((yield* guest.expect("Unsubscribe")).topicFilters).toEqual(["a"])
      yield* guest.cut
      const second = yield* server.welcome(true)
      expect(yield* released(second)).toEqual(["a"])
      yield* quiet(client, second)
    })))

  it("is left when the answer to an older UNSUBSCRIBE comes after the SUBSCRIBE", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({
        cleanSession: false,
        reconnect: { ...Client.stayConnected, maxAttempts: 1_000 }
      })
      yield* subscribed(client, guest, "other")
      yield* guest.cut
      yield* Effect.repeat(client.isConnected, { while: (isConnected) => isConnected })
      const leaving = yield* fork(client.unsubscribe("a"))
      const reading = yield* fork(client.readTopic("a"))
      const second = yield* server.welcome(true)
      const { packetIdentifier: older } = yield* second.expect("Unsubscribe")
      const { packetIdentifier: newer } = yield* second.expect("Subscribe")
      yield* second.send(message("a"))
      yield* Fiber.join(reading)
      yield* second.send({ _tag: "Unsuback", packetIdentifier: older }, {
        _tag: "Suback",
        packetIdentifier: newer,
        returnCodes: [0]
      })
      yield* Fiber.join(leaving)
      expect(yield* released(second)).toEqual(["a"])
      yield* quiet(client, second)
    })))

  it("is left when an unsubscribe was not answered in time", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ cleanSession: false, replyTimeout: "50 millis", keepAlive: 0 })
      yield* subscribed(client, guest, "a")
      const leaving = yield* fork(Effect.flip(client.unsubscribe("a")))
      yield* guest.expect("Unsubscribe")
      expect(yield* Fiber.join(leaving)).toMatchObject({ _tag: "SocketError", reason: "TimedOut" })
      yield* guest.cut
      expect(yield* released(yield* server.welcome(true))).toEqual(["a"])
    })))
})

describe("Client.make, with subscriptions", () => {
  const connecting = (options: Partial<Client.ClientOptions>) =>
    Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const making = yield* fork(Effect.result(Client.make({ endpoint: server.endpoint, clientId: "c", ...options })))
      return { server, making }
    })

  it("has their handlers before the first message, and is done when they are granted", () =>
    run(Effect.gen(function*() {
      const seen: Array<string> = []
      const subscriptions = [{
        topicFilter: "a",
        qos: 1,
        handler: ({ topic }: Client.Received) => {
          seen.push(topic)
        }
      }, { topicFilter: "b/#" }] as const
      const { making, server } = yield* connecting({ subscriptions, cleanSession: false })
      const guest = yield* server.accept
      yield* guest.expect("Connect")
      yield* guest.send({ _tag: "Connack", sessionPresent: true, returnCode: 0 }, {
        ...message("a"),
        qos: 1,
        packetIdentifier: 7
      })
      const { packetIdentifier, subscriptions: asked } = yield* guest.expect("Subscribe")
      expect(asked).toEqual([{ topicFilter: "a", qos: 1 }, { topicFilter: "b/#", qos: 0 }])
      expect((yield* guest.expect("Puback")).packetIdentifier).toBe(7)
      expect(seen).toEqual(["a"])
      expect(making.pollUnsafe()).toBeUndefined()
      yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [1, 0] })
      expect(yield* Fiber.join(making)).toMatchObject({ _tag: "Success" })
    })))

  it("fails with the name of the one that is refused, or is not valid", () =>
    run(Effect.gen(function*() {
      const { making, server } = yield* connecting({ subscriptions: [{ topicFilter: "a" }] })
      yield* grant(yield* server.welcome(), 0x80)
      expect(yield* Fiber.join(making)).toMatchObject({ failure: { _tag: "SubscriptionRefused", topicFilter: "a" } })
      const wrong = yield* connecting({ subscriptions: [{ topicFilter: "a#" }] })
      expect(yield* Fiber.join(wrong.making)).toMatchObject({ failure: { _tag: "InvalidTopic", topic: "a#" } })
    })))
})

describe("3,000 messages that a kept Session has stored", () => {
  const numbers = Array.from({ length: 3_000 }, (_, i) => String(i))
  const kept = (endpoint: Endpoint) => ({ endpoint, clientId: "kept", cleanSession: false })

  const story = (endpoint: Endpoint) =>
    Effect.gen(function*() {
      const options = kept(endpoint)
      yield* Effect.scoped(Effect.flatMap(Client.make(options), (client) => client.subscribe("a", { qos: 1 })))
      const sender = yield* Client.make({ endpoint, clientId: "sender" })
      yield* Effect.forEach(numbers, (i) => sender.publish("a", i, { qos: 1 }), { concurrency: 64 })
      // Nobody takes what comes here: the Server has it still.
      yield* Effect.scoped(Effect.flatMap(Client.make(options), ({ ping }) => ping))
      const client = yield* Client.make(options)
      yield* Effect.sleep(500)
      const seen: Array<string> = []
      yield* client.subscribe("a", { qos: 1 }, ({ payload }) => {
        seen.push(Bytes.toText(payload))
      })
      yield* Effect.repeat(Effect.sleep(10), { until: () => seen.length >= numbers.length })
      yield* client.ping
      yield* client.disconnect
      expect(seen).toEqual(numbers)
      // All are acknowledged now: none comes again.
      const late: Array<string> = []
      const handler = ({ payload }: Client.Received) => {
        late.push(Bytes.toText(payload))
      }
      yield* Client.make({ ...options, subscriptions: [{ topicFilter: "a", qos: 1, handler }] })
      yield* sender.publish("a", "new", { qos: 1 })
      yield* Effect.repeat(Effect.sleep(10), { until: () => late.includes("new") })
      expect(late).toEqual(["new"])
    })

  it("all get to a handler that comes half a second later, in order, with Aedes", { timeout: 60_000 },
    () => run(Effect.flatMap(Aedes.make(), ({ tcp }) => story(tcp))))

  it.skipIf(Mosquitto.executable === undefined)(
    "all get to a handler that comes half a second later, in order, with Mosquitto",
    { timeout: 60_000 },
    () => run(Effect.flatMap(Mosquitto.make({}, ["max_queued_messages 0"]), ({ tcp }) => story(tcp)))
  )
})
