/** The calls of `Mqtt` refuse what they do not take, as those of the Promises do, and their messages are the same. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { Client, InvalidOption, Mqtt, type MqttClient, type MqttOptions } from "../../../src/programs/library/effect.ts"
import { simulateNetwork } from "../../../src/programs/library/testing.ts"

const url = "mqtt://broker.example"

type Call = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown>

/** Calls as JavaScript has them. */
const untyped = (client: object) => client as Readonly<Record<string, Call>>

const tell = <A, E>(
  story: (client: MqttClient, network: ReturnType<typeof simulateNetwork>) => Effect.Effect<A, E>,
  options: MqttOptions = {}
): Promise<A> => {
  const network = simulateNetwork()
  return Effect.runPromise(Effect.scoped(Effect.flatMap(Mqtt.connect(url, options), (client) => story(client, network)))
    .pipe(Effect.provide(Layer.merge(network.layer, TestClock.layer()))))
}

const calls: ReadonlyArray<readonly [name: string, args: ReadonlyArray<unknown>, tag: string, words: string]> = [
  ["publish", ["a", "b", { Qos: 1 }], "InvalidOption", "publish: there is no option Qos: did you mean qos?"],
  ["publish", ["a", "b", { signal: 1 }], "InvalidOption", "interrupt the Effect"],
  ["publish", ["a", "b", { properties: { contentType: {} } }], "InvalidOption", "properties.contentType must be"],
  ["publish", ["a", "b", { properties: { userProperties: [["a", 1]] } }], "InvalidOption", "an array of pairs"],
  ["publish", [5, "b"], "InvalidTopic", "the Topic Name is a number; give one as a string"],
  ["publish", [], "InvalidTopic", "the Topic Name is missing: give it as a string"],
  ["publish", ["a", { b: 1 }], "InvalidPacket", "an object as its payload"],
  ["subscribe", ["a", { QoS: 1 }, () => {}], "InvalidOption", "subscribe: there is no option QoS"],
  ["subscribe", ["a", { buffer: 1 }, () => {}], "InvalidOption", "a stream has one"],
  ["subscribe", ["a", () => {}], "InvalidOption", "the handler comes after the options"],
  ["subscribe", ["a", {}, 5], "InvalidOption", "its handler must be a function"],
  ["subscribe", [{}], "InvalidTopic", "the Topic Filter is an object; give one as a string"],
  ["unsubscribe", [["a", "b"]], "InvalidTopic", "call again for another"],
  ["readTopic", ["a", { timeout: 300 }], "InvalidOption", "readTopic: timeout must be a duration"],
  ["readTopic", ["a", "soon"], "InvalidOption", "readTopic: timeout must be a duration"],
  ["readTopic", ["a", -1], "InvalidOption", "readTopic: timeout must be a duration"],
  ["readTopic", [5], "InvalidTopic", "the Topic Name is a number"],
  ["listen", ["a", () => 1, 5], "InvalidOption", "listen: topicFilters must be an array of strings"],
  ["listen", [["a"], 1, 5], "InvalidOption", "listen: take must be a function"],
  ["listen", [["a"], () => 1], "InvalidOption", "listen: timeout is missing"],
  ["request", ["a", "b", { wait: 1 }], "InvalidOption", "request: there is no option wait"],
  ["request", ["a", "b", { properties: { correlationData: "c" } }], "InvalidOption",
    "the client gives each request its own"],
  ["request", ["a", 5], "InvalidPacket", "a number as its payload"],
  ["reauthenticate", [{ data: "a" }], "InvalidOption", "reauthenticate: data must be a string or a Uint8Array"]
]

it.each(calls)("%s%j fails with %s and says what to write",
  (name, args, tag, words) =>
    tell((client) =>
      Effect.gen(function*() {
        const failure = yield* Effect.flip(untyped(client)[name]?.(...args) ?? Effect.void)
        expect(failure).toMatchObject({ _tag: tag, message: expect.stringContaining(words) })
      }), { version: 5 }))

it("a stream of what is no Topic Filter fails", () =>
  tell((client) =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(Stream.runDrain(client.stream(5 as never)))
      expect(failure).toMatchObject({ _tag: "InvalidTopic" })
    })
  ))

const options: ReadonlyArray<readonly [options: object, words: string]> = [
  [{ subscriptions: [{ topicFilter: "a", qoS: 1 }] }, "there is no option subscriptions[0].qoS"],
  [{ subscriptions: {} }, "subscriptions must be an array of { topicFilter, handler, qos"],
  [{ keepalive: 1 }, "use keepAlive, in seconds"],
  [{ servers: { returnAfter: "soon" } }, "servers.returnAfter must be a duration"],
  [{ servers: { returnAfter: 0 } }, "servers.returnAfter must be a duration"],
  [{ connectTimeout: { wait: 5 } }, "connectTimeout must be a duration"]
]

it.each(options)("connect(%j) fails with InvalidOption", (wrong, words) =>
  Effect.runPromise(
    Effect.gen(function*() {
      const failure = yield* Effect.flip(Mqtt.connect([url, url], wrong))
      expect(failure).toBeInstanceOf(InvalidOption)
      expect(failure).toMatchObject({ message: expect.stringContaining(words) })
    }).pipe(Effect.scoped, Effect.provide(simulateNetwork().layer))
  ))

describe("topics of Client.make", () => {
  it("that are no text are InvalidTopic", () =>
    Effect.runPromise(
      Effect.gen(function*() {
        const client = untyped(
          yield* Client.make({ endpoint: { host: "broker.example", port: 1883 }, clientId: "c" })
        )
        const failures = [client["publish"]?.(5, "x"), client["publish"]?.(undefined, "x"), client["subscribe"]?.({}),
          client["unsubscribe"]?.(null), client["readTopic"]?.(1), client["listen"]?.([1], () => 1, 5)]
        for (const failure of failures) {
          expect(yield* Effect.flip(failure ?? Effect.void)).toMatchObject({ _tag: "InvalidTopic" })
        }
      }).pipe(Effect.scoped, Effect.provide(simulateNetwork().layer))
    ))
})

describe("a message has its text", () => {
  it("in handlers, readTopic, listen, messages and poll", () => {
    const texts: Array<string> = []
    const subscriptions = [{
      topicFilter: "s",
      handler: ({ text }: { readonly text: string }) => void texts.push(text)
    }]
    return tell((client, { server }) =>
      Effect.gen(function*() {
        yield* client.subscribe("h", {}, ({ text }) => Effect.sync(() => void texts.push(text)))
        server.publish("h", "handler")
        server.publish("s", "subscriptions")
        server.publish("r", "read", { retain: true })
        yield* TestClock.adjust(0)
        const read = yield* client.readTopic("r")
        texts.push(Option.match(read, { onNone: () => "none", onSome: ({ text }) => text }))
        texts.push(Option.getOrElse(yield* client.listen(["r"], ({ text }) => text + "!", "1 second"), () => "none"))
        yield* client.subscribe("p")
        server.publish("p", "poll")
        yield* TestClock.adjust(0)
        texts.push(...(yield* client.poll).map(({ text }) => text))
        expect(texts).toEqual(["handler", "subscriptions", "read", "read!", "poll"])
      }), { subscriptions })
  })

  it("in the answer to a request, and who answers has it too", () =>
    tell((client) =>
      Effect.gen(function*() {
        yield* client.subscribe("double", {}, ({ properties, text }) =>
          client.publish(properties?.responseTopic ?? "", String(2 * Number(text)), {
            properties: { correlationData: properties?.correlationData }
          }))
        const answer = yield* client.request("double", "21", { timeout: "1 second" })
        expect(Option.map(answer, ({ text }) => text)).toEqual(Option.some("42"))
      }), { version: 5 }))
})

it("goes back to the first Server after a duration in words", () => {
  const network = simulateNetwork()
  const second = network.addServer("second.example")
  network.network.refuse()
  return Effect.runPromise(
    Effect.gen(function*() {
      const client = yield* Mqtt.connect([url, "mqtt://second.example"], { servers: { returnAfter: "5 minutes" } })
      expect(second.server.clients()).toEqual([client.clientId])
      network.network.restore()
      yield* TestClock.adjust(0)
      yield* TestClock.adjust("4 minutes")
      expect(network.server.clients()).toEqual([])
      yield* TestClock.adjust("2 minutes")
      expect(network.server.clients()).toEqual([client.clientId])
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(network.layer, TestClock.layer())))
  )
})
