/**
 * The reader always continues to read: whoever waits for the Server in a handler gets its answer, however many messages
 * came before it.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Packet from "../../../../src/domain/packet/Packet.ts"
import type { Endpoint } from "../../../../src/ports/Socket.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import { fork, pair } from "../../../support/clientPair.ts"
import * as Mosquitto from "../../../support/mosquitto.ts"
import { run } from "../../../support/runClient.ts"
import type * as ScriptedServer from "../../../support/scriptedServer.ts"

const count = 3_000

const numbers = Array.from({ length: count }, (_, i) => i)

/** All at once, and then the acknowledgement of whatever it is sent. */
const flood = (guest: ScriptedServer.Guest) =>
  Effect.gen(function*() {
    const messages = numbers.map((i) => ({
      _tag: "Publish",
      topic: "in" as never,
      payload: Bytes.fromText(String(i)),
      qos: 0,
      retain: false,
      dup: false,
      packetIdentifier: undefined
    } as const))
    guest.socket.write(Result.getOrThrow(Packet.encodeAll(messages)))
    while (true) {
      const { packetIdentifier } = yield* guest.expect("Publish")
      yield* guest.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
    }
  })

/** Collects what came, and is done when it was all of it. */
const collector = Effect.gen(function*() {
  const seen: Array<number> = []
  const all = yield* Deferred.make<void>()
  const take = (payload: Uint8Array) =>
    Effect.suspend(() =>
      seen.push(Number(Bytes.toText(payload))) === count ? Deferred.succeed(all, undefined) : Effect.void
    )
  return { seen, all, take }
})

const staysConnected = (client: Client.Client) =>
  Effect.map(Stream.runHead(client.status), (status) => {
    expect(Option.getOrThrow(status)).toMatchObject({ _tag: "Connected" })
  })

describe(`${count} messages at once, and each handler publishes with QoS 1 and waits`, () => {
  it("are all handled on one connection, with a Server that knows no pause", { timeout: 60_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* pair()
        const { all, seen, take } = yield* collector
        const handler = ({ payload }: Client.Received) =>
          Effect.andThen(client.publish("out", payload, { qos: 1 }), take(payload))
        const subscribing = yield* fork(client.subscribe("in", {}, handler))
        yield* guest.send({
          _tag: "Suback",
          packetIdentifier: (yield* guest.expect("Subscribe")).packetIdentifier,
          returnCodes: [0]
        })
        yield* Fiber.join(subscribing)
        const serving = yield* fork(flood(guest))
        yield* Deferred.await(all)
        yield* Fiber.interrupt(serving)
        expect(seen).toEqual(numbers)
        yield* staysConnected(client)
      })))

  const story = (endpoint: Endpoint) =>
    Effect.gen(function*() {
      const sender = yield* Client.make({ endpoint, clientId: "sender" })
      const client = yield* Client.make({ endpoint, clientId: "c" })
      const { all, seen, take } = yield* collector
      yield* client.subscribe("in", {},
        ({ payload }) => Effect.andThen(client.publish("out", payload, { qos: 1 }), take(payload)))
      for (const i of numbers) yield* sender.publish("in", String(i))
      yield* Deferred.await(all)
      expect(seen).toEqual(numbers)
      yield* staysConnected(client)
    })

  it("are all handled on one connection, with Aedes", { timeout: 60_000 },
    () => run(Effect.flatMap(Aedes.make(), ({ tcp }) => story(tcp))))

  it.skipIf(Mosquitto.executable === undefined)("are all handled on one connection, with Mosquitto", {
    timeout: 60_000
  }, () => run(Effect.flatMap(Mosquitto.make({}, ["max_queued_messages 0"]), ({ tcp }) => story(tcp))))
})

describe("behind many messages", () => {
  it("a stream, a reader of a topic, a subscription and a ping have their answers as well", { timeout: 60_000 },
    () =>
      run(Effect.gen(function*() {
        const { tcp } = yield* Aedes.make()
        const sender = yield* Client.make({ endpoint: tcp, clientId: "sender" })
        yield* sender.publish("config", "found", { qos: 1, retain: true })
        const client = yield* Client.make({ endpoint: tcp, clientId: "c" })
        const { all, seen, take } = yield* collector
        const never = yield* Deferred.make<void>()
        yield* client.subscribe("in", {}, () => Deferred.await(never))
        const streaming = yield* fork(Stream.runForEach(Stream.take(client.messages, 1), () =>
          Effect.forEach([client.ping, client.publish("out", "", { qos: 1 }), client.subscribe("other"),
            client.readTopic("config")], (each) =>
            Effect.asVoid<unknown, Client.SubscribeError | Client.PublishError, never>(each))))
        for (const i of numbers) {
          yield* sender.publish("in", String(i))
        }
        yield* client.subscribe("in", {}, ({ payload }) =>
          take(payload))
        yield* client.ping
        expect(Option.isSome(yield* client.readTopic("config"))).toBe(true)
        yield* Deferred.succeed(never, undefined)
        yield* Fiber.join(streaming)
        yield* Deferred.await(all)
        expect(seen.at(-1)).toBe(count - 1)
      })))
})
