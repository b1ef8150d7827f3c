/** The Client against real brokers, over real sockets. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import type { Endpoint } from "../../../../src/ports/Socket.ts"
import { describeEach } from "../../../support/brokers.ts"
import * as DelayedServer from "../../../support/delayedServer.ts"
import { run } from "../../../support/runClient.ts"
import * as TcpServer from "../../../support/tcpServer.ts"

let names = 0
const connect = (endpoint: Endpoint, options: Partial<Client.ClientOptions> = {}) =>
  Client.make({ endpoint, clientId: "test-" + names++, ...options })

const text = (message: Client.Received): string => Bytes.toText(message.payload)

/** The first `count` messages from now on, as they were when `then` is done. */
const collect = <E, R>(client: Client.Client, count: number, then: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Stream.runCollect(Stream.take(client.messages, count)), {
      startImmediately: true
    })
    yield* then
    return yield* Fiber.join(fiber)
  })

describeEach("Client", (broker) => {
  it("connects with the right user name and password", () =>
    run(Effect.gen(function*() {
      const user = { username: "sensor", password: "söcret" }
      const { tcp } = yield* broker.make({ user })
      const client = yield* connect(tcp, user)
      expect(yield* client.isConnected).toBe(true)
      yield* client.ping
    })))

  it("fails with ConnectionRefused for a wrong password, without trying again", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({ user: { username: "sensor", password: "right" } })
      const proxy = yield* DelayedServer.make(tcp)
      const error = yield* Effect.flip(connect(proxy.endpoint, { username: "sensor", password: "wrong" }))
      expect(error).toMatchObject({ _tag: "ConnectionRefused" })
      expect(error._tag === "ConnectionRefused" && [4, 5].includes(error.returnCode)).toBe(true)
      expect(yield* proxy.connections).toBe(1)
    })))

  it("brings messages of QoS 0 and 1 to a subscriber as they were sent", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const [sender, receiver] = yield* Effect.all([connect(tcp), connect(tcp)])
      expect(yield* receiver.subscribe("plant/+/state", { qos: 1 })).toBe(1)
      const received = yield* collect(receiver, 3, Effect.gen(function*() {
        yield* sender.publish("plant/1/state", "dry")
        yield* sender.publish("plant/2/other", "not for the receiver", { qos: 1 })
        yield* sender.publish("plant/2/state", Uint8Array.of(0, 255), { qos: 1 })
        yield* sender.publish("plant/3/state", "", { qos: 1 })
      }))
      expect(received).toMatchObject([
        { topic: "plant/1/state", payload: Bytes.fromText("dry"), qos: 0, retain: false },
        { topic: "plant/2/state", payload: Uint8Array.of(0, 255), qos: 1, retain: false },
        { topic: "plant/3/state", payload: Bytes.empty, qos: 1, retain: false }
      ])
    })))

  it("refuses a handler in the place of the options by name", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const client = yield* connect(tcp)
      const fault = yield* Effect.flip(client.subscribe("a", (() => undefined) as never))
      expect(fault).toMatchObject({
        _tag: "InvalidPacket",
        field: "options",
        message: expect.stringContaining("subscribe(filter, {}, handler)")
      })
    })))

  it("leaves retained messages, and removes them", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const client = yield* connect(tcp)
      yield* client.publish("kept/0", "zero", { retain: true })
      yield* client.publish("kept/1", "one", { retain: true, qos: 1 })
      const other = yield* connect(tcp)
      expect(Option.map(yield* other.readTopic("kept/0"), (message) => [text(message), message.retain])).toEqual(
        Option.some(["zero", true])
      )
      expect(Option.map(yield* other.readTopic("kept/1"), text)).toEqual(Option.some("one"))
      yield* client.publish("kept/1", "", { retain: true, qos: 1 })
      expect(yield* other.readTopic("kept/1", "50 millis")).toEqual(Option.none())
    })))

  it("hands messages to the handlers of their filters, and no more after unsubscribe", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const client = yield* connect(tcp)
      const seen: Array<string> = []
      const last = yield* Deferred.make<void>()
      yield* client.subscribe("a/#", {}, (message) => {
        seen.push("plain " + text(message))
      })
      yield* client.subscribe("b", { qos: 1 }, (message) =>
        Effect.sync(() => {
          seen.push("effect " + text(message))
        }))
      yield* client.subscribe("end", {}, () => Deferred.succeed(last, undefined))
      yield* client.publish("a/1", "1", { qos: 1 })
      yield* client.publish("b", "2", { qos: 1 })
      yield* client.unsubscribe("a/#")
      yield* client.publish("a/1", "3", { qos: 1 })
      yield* client.publish("end", "", { qos: 1 })
      yield* Deferred.await(last)
      expect(seen).toEqual(["plain 1", "effect 2"])
      expect(yield* client.poll).toEqual([])
    })))

  it("lets a handler publish and read, and survives one that fails", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const client = yield* connect(tcp)
      const answers = yield* Deferred.make<ReadonlyArray<string>>()
      yield* client.publish("kept", "value", { qos: 1, retain: true })
      yield* client.subscribe("bad/sync", {}, () => {
        throw new Error("a handler's own mistake")
      })
      yield* client.subscribe("bad/effect", {}, () => Effect.die("a handler's own mistake"))
      yield* client.subscribe("ask", { qos: 1 }, () =>
        Effect.gen(function*() {
          const found = yield* client.readTopic("kept")
          yield* client.publish("answer", text(Option.getOrThrow(found)), { qos: 1 })
        }))
      yield* client.subscribe("answer", {}, (message) => Deferred.succeed(answers, [message.topic, text(message)]))
      yield* client.publish("bad/sync", "")
      yield* client.publish("bad/effect", "")
      yield* client.publish("ask", "", { qos: 1 })
      expect(yield* Deferred.await(answers)).toEqual(["answer", "value"])
    })))

  it("keeps what nobody takes for the first who asks", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const client = yield* connect(tcp)
      const marked = yield* Deferred.make<void>()
      yield* client.subscribe("mark", {}, () => Deferred.succeed(marked, undefined))
      yield* client.subscribe("early", {})
      yield* client.publish("early", "1")
      yield* client.publish("early", "2")
      yield* client.publish("mark", "")
      yield* Deferred.await(marked)
      expect((yield* client.poll).map(text)).toEqual(["1", "2"])
      yield* client.publish("early", "3", { qos: 1 })
      const rest = yield* collect(client, 2, client.publish("early", "4", { qos: 1 }))
      expect(rest.map(text)).toEqual(["3", "4"])
    })))

  it("completes 5,000 concurrent publishes of QoS 1, all of which arrive", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const client = yield* connect(tcp)
      const other = yield* connect(tcp)
      const arrived = new Set<string>()
      const all = yield* Deferred.make<void>()
      yield* other.subscribe("load", { qos: 1 }, (message) => {
        arrived.add(text(message))
        if (arrived.size === 5_000) Deferred.doneUnsafe(all, Effect.void)
      })
      yield* Effect.forEach(Array.from({ length: 5_000 }, (_, i) => i),
        (i) => client.publish("load", "" + i, { qos: 1 }), {
        concurrency: "unbounded",
        discard: true
      })
      yield* Deferred.await(all)
    })))

  it("publishes the Will when the connection is cut, and not after a disconnect", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const proxy = yield* DelayedServer.make(tcp)
      const watcher = yield* connect(tcp)
      yield* watcher.subscribe("will/#", { qos: 1 })
      const polite = yield* connect(tcp, { will: { topic: "will/polite", payload: "gone", qos: 1 } })
      yield* connect(proxy.endpoint, { reconnect: false, will: { topic: "will/cut", payload: "gone", qos: 1 } })
      const received = yield* collect(watcher, 1, Effect.andThen(polite.disconnect, proxy.cut))
      expect(received.map((message) => [message.topic, text(message)])).toEqual([["will/cut", "gone"]])
      yield* watcher.ping
      expect(yield* watcher.poll).toEqual([])
    })))

  it("says good-bye when its Scope ends", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const watcher = yield* connect(tcp)
      yield* watcher.subscribe("will/#", { qos: 1 })
      const will = { topic: "will/scope", payload: "gone", qos: 1 } as const
      yield* Effect.scoped(connect(tcp, { will, clientId: "short" }))
      const received = yield* collect(watcher, 1, Effect.scoped(Effect.gen(function*() {
        // The same name again: had the first still been there, the Server would now publish its Will.
        yield* connect(tcp, { clientId: "short" })
        yield* watcher.publish("will/none", "end", { qos: 1 })
      })))
      expect(received.map((message) => message.topic)).toEqual(["will/none"])
    })))

  it("speaks TLS", () =>
    run(Effect.gen(function*() {
      const { tls } = yield* broker.make()
      const client = yield* connect(tls)
      yield* client.subscribe("secret")
      const received = yield* collect(client, 1, client.publish("secret", "x".repeat(100_000), { qos: 1 }))
      expect(received[0]?.payload.length).toBe(100_000)
    })))

  it("comes back when the connection is cut: publishes, subscriptions and messages go on", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const proxy = yield* DelayedServer.make(tcp)
      const client = yield* connect(proxy.endpoint)
      const other = yield* connect(tcp)
      yield* client.subscribe("news", { qos: 1 })
      yield* other.subscribe("reports", { qos: 1 })
      const reports = yield* collect(other, 20, Effect.gen(function*() {
        const publishing = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 20 }, (_, i) => i), (i) => client.publish("reports", "" + i, { qos: 1 }))
        )
        yield* proxy.cut
        yield* Fiber.join(publishing)
      }))
      expect(new Set(reports.map(text)).size).toBeGreaterThan(0)
      const news = yield* collect(client, 1, other.publish("news", "good", { qos: 1 }))
      expect(news.map(text)).toEqual(["good"])
      expect(yield* proxy.connections).toBe(2)
    })))

  it("finds messages of its Session after it was away", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const session = { clientId: "keeps", cleanSession: false }
      yield* Effect.scoped(Effect.flatMap(connect(tcp, session), (client) => client.subscribe("later", { qos: 1 })))
      const other = yield* connect(tcp)
      yield* other.publish("later", "1", { qos: 1 })
      yield* other.publish("later", "2", { qos: 1 })
      const client = yield* connect(tcp, session)
      const received = yield* Stream.runCollect(Stream.take(client.messages, 2))
      expect(received.map(text)).toEqual(["1", "2"])
    })))
})

it("fails with SocketError when nobody listens", () =>
  run(Effect.gen(function*() {
    const port = yield* TcpServer.freePort
    const error = yield* Effect.flip(connect({ host: "127.0.0.1", port }))
    expect(error).toMatchObject({ _tag: "SocketError", reason: "Refused" })
  })))
