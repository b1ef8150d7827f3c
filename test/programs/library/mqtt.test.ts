/** `Mqtt` and its Streams, for programs with Effect, in the time of the TestClock. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { Mqtt, type MqttClient, type MqttOptions } from "../../../src/programs/library/effect.ts"
import { type SimulatedNetwork, simulateNetwork } from "../../../src/programs/library/testing.ts"
import type { Socket } from "../../../src/ports/Socket.ts"

const url = "mqtt://broker.example"

interface Told extends SimulatedNetwork {
  /** What the library has said. */
  readonly logged: ReadonlyArray<string>
}

/** Runs a story with a simulated network. */
const tell = <A, E>(story: (told: Told) => Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> => {
  const network = simulateNetwork()
  const logged: Array<string> = []
  const logger = Logger.layer([Logger.make(({ message }) => logged.push(String(message)))])
  const surroundings = Layer.mergeAll(network.layer, TestClock.layer(), logger)
  return Effect.runPromise(Effect.scoped(story({ ...network, logged })).pipe(Effect.provide(surroundings)))
}

/** All that can happen without time. */
const settle = TestClock.adjust(0)

const texts = (client: MqttClient, topicFilter: string, count: number) =>
  client.stream(topicFilter, { qos: 1 }).pipe(Stream.take(count), Stream.map(({ text }) => text), Stream.runCollect)

describe("a Stream of a Topic Filter", () => {
  it("gives its messages in order, and unsubscribes when it ends", () =>
    tell(({ server }) =>
      Effect.gen(function*() {
        const client = yield* Mqtt.connect(url)
        for (const texts_ of [["1", "2", "3"], ["4", "5", "6"]]) {
          const reading = yield* Effect.forkChild(texts(client, "a/#", 3))
          yield* settle
          expect(server.subscriptions(client.clientId)).toEqual(["a/#"])
          for (const text of texts_) server.publish("a/b", text, { qos: 1 })
          expect(Array.from(yield* Fiber.join(reading))).toEqual(texts_)
          yield* settle
          expect(server.subscriptions(client.clientId)).toEqual([])
        }
      })
    ))

  it("is the only one of its Topic Filter", () =>
    tell(() =>
      Effect.gen(function*() {
        const client = yield* Mqtt.connect(url)
        const reading = yield* Effect.forkChild(texts(client, "a", 1))
        yield* settle
        expect(yield* Effect.flip(texts(client, "a", 1))).toMatchObject({ _tag: "AlreadySubscribed", topicFilter: "a" })
        yield* Fiber.interrupt(reading)
        const again = yield* Effect.forkChild(texts(client, "a", 1))
        yield* settle
        yield* client.publish("a", "b")
        expect(Array.from(yield* Fiber.join(again))).toEqual(["b"])
      })
    ))

  it("makes others wait when its buffer is full, says so, and frees them", () =>
    tell(({ logged, server }) =>
      Effect.gen(function*() {
        const client = yield* Mqtt.connect(url)
        const others: Array<string> = []
        yield* client.subscribe("other", {}, ({ topic }) => void others.push(topic))
        const goOn = yield* Deferred.make<void>()
        const slow = client.stream("a", { buffer: 1 }).pipe(
          Stream.mapEffect(({ text }) => Effect.as(Deferred.await(goOn), text)),
          Stream.take(4),
          Stream.runCollect
        )
        const reading = yield* Effect.forkChild(slow)
        yield* settle
        for (const text of ["1", "2", "3", "4"]) server.publish("a", text)
        server.publish("other", "x")
        yield* TestClock.adjust("9 seconds")
        expect([others, logged]).toEqual([[], []])
        yield* TestClock.adjust("2 seconds")
        expect(logged).toEqual([expect.stringContaining("the loop over a has not asked for a message for 10 s")])
        yield* Deferred.succeed(goOn, undefined)
        expect(Array.from(yield* Fiber.join(reading))).toEqual(["1", "2", "3", "4"])
        yield* settle
        expect(others).toEqual(["other"])
      })
    ))

  it("acknowledges a message when the next one is asked for, without a buffer", () =>
    tell(({ server }) =>
      Effect.gen(function*() {
        const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
        const kept: MqttOptions = { clientId: "c", cleanSession: false }
        // Nothing can be asked for after the first, which is not done when the client ends.
        yield* Effect.scoped(Effect.gen(function*() {
          const client = yield* Mqtt.connect(url, kept)
          const first = yield* Deferred.make<void>()
          const stuck = client.stream("a", { qos: 1, buffer: 0 }).pipe(
            Stream.runForEach(() => Effect.andThen(Deferred.succeed(first, undefined), Effect.never))
          )
          fibers.push(yield* Effect.forkDetach(stuck))
          yield* settle
          server.publish("a", "1", { qos: 1 })
          yield* Deferred.await(first)
        }))
        const client = yield* Mqtt.connect(url, kept)
        expect(Array.from(yield* texts(client, "a", 1))).toEqual(["1"])
        yield* Fiber.interruptAll(fibers)
      })
    ))

  it("fails when the Server takes the subscription back, and as it is not granted", () =>
    tell(({ network, server }) =>
      Effect.gen(function*() {
        const client = yield* Mqtt.connect(url)
        const reading = yield* Effect.forkChild(Effect.flip(texts(client, "secret", 1)))
        yield* settle
        server.forbid("secret")
        server.forget()
        network.drop()
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(reading)).toMatchObject({ _tag: "SubscriptionRefused", topicFilter: "secret" })
        expect(yield* Effect.flip(texts(client, "secret", 1))).toMatchObject({ _tag: "SubscriptionRefused" })
        expect(yield* Effect.flip(texts(client, "a/#/b", 1))).toMatchObject({ _tag: "InvalidTopic" })
      })
    ))

  it("ends with its client, and fails when that is lost for good", () =>
    tell(({ network }) =>
      Effect.gen(function*() {
        const left = yield* Mqtt.connect(url)
        const reading = yield* Effect.forkChild(texts(left, "a", 1))
        yield* settle
        yield* left.disconnect
        expect(Array.from(yield* Fiber.join(reading))).toEqual([])

        const lost = yield* Mqtt.connect(url, { reconnect: false })
        const failing = yield* Effect.forkChild(Effect.flip(texts(lost, "a", 1)))
        yield* settle
        network.close()
        yield* settle
        expect(yield* Fiber.join(failing)).toMatchObject({ _tag: "SocketError", reason: "Closed" })
      })
    ))
})

describe("Mqtt", () => {
  it("is a Layer, which connects to one of several Servers", () =>
    tell(({ addServer, network, server }) =>
      Effect.gen(function*() {
        const other = addServer("two.example")
        const program = Effect.gen(function*() {
          const client = yield* Mqtt
          yield* client.publish("a", "1", { qos: 1 })
          network.refuse()
          network.drop()
          yield* TestClock.adjust("1 second")
          yield* client.publish("a", "2", { qos: 1 })
        })
        const urls = [url, "mqtt://two.example"]
        yield* Effect.provide(program, Mqtt.layer(urls, { clientId: "c", servers: { returnAfter: false } }))
        expect([server, other.server].map(({ messages }) => messages.map(({ text }) => text))).toEqual([["1"], ["2"]])
      })
    ))

  it("refuses what does not go together", () =>
    tell(() =>
      Effect.gen(function*() {
        expect(yield* Effect.flip(Mqtt.connect("broker"))).toMatchObject({ _tag: "InvalidServerUrl" })
        expect(yield* Effect.flip(Mqtt.connect([]))).toMatchObject({ _tag: "InvalidOption", option: "url" })
        expect(yield* Effect.flip(Mqtt.connect(url, { tls: {} }))).toMatchObject({ option: "tls" })
        const mistakes: ReadonlyArray<readonly [options: object, option: string, words: string]> = [
          [{ clientID: "c" }, "clientID", "did you mean clientId?"],
          [{ reconnect: { minInterval: "1" } }, "reconnect.minInterval", "must be a number"],
          [{ replyTimeout: "ten" }, "replyTimeout", "must be a duration"],
          [{ waitForServer: true }, "waitForServer", "use Effect.retry"]
        ]
        for (const [options, option, words] of mistakes) {
          expect(yield* Effect.flip(Mqtt.connect(url, options))).toMatchObject({
            _tag: "InvalidOption",
            option,
            message: expect.stringContaining(words)
          })
        }
        const client = yield* Mqtt.connect(url, { replyTimeout: "5 seconds", connectTimeout: 5_000 })
        const wrong = client.stream("a", { QoS: 1 } as object)
        expect(yield* Effect.flip(Stream.runDrain(wrong))).toMatchObject({ _tag: "InvalidOption", option: "QoS" })
      })
    ))
})
