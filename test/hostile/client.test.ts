/**
 * A Client against a hostile Server: each connection is closed with a typed error, and the next one to a good Server
 * works.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { Endpoint } from "../../src/ports/Socket.ts"
import * as Client from "../../src/programs/client/Client.ts"
import { fork } from "../support/clientPair.ts"
import { run } from "../support/runClient.ts"
import * as Attacks from "./attacks.ts"
import * as HostileServer from "./HostileServer.ts"

const tags = ["SocketError", "ConnectionRefused", "MalformedPacket", "ProtocolViolation", "PacketTooLarge",
  "ReceiveBufferFull"]

/** With little patience only for a Server that tries it: on a busy machine a good one may need some. */
const options = (endpoint: Endpoint, expected: Attacks.Row["client"] = {}): Client.ClientOptions => ({
  endpoint,
  clientId: "c",
  keepAlive: 1,
  replyTimeout: expected.reason === "TimedOut" ? "1 second" : "10 seconds",
  maximumPacketSize: 20_000,
  reconnect: { ...Client.stayConnected, minInterval: 0.05, maxInterval: 0.05 }
})

/** Those that only wait do so side by side. */
const way = (expected: Attacks.Row["client"], isLong = false) =>
  expected.reason === "TimedOut" && !isLong ? it.concurrent : it

/** A Client that has published to itself and waits for more. */
const settle = (client: Client.Client) =>
  Effect.gen(function*() {
    const seen: Array<string> = []
    const heard = yield* Deferred.make<void>()
    const handler = ({ payload, topic }: Client.Received) => {
      seen.push(topic + " " + Bytes.toText(payload))
      return Bytes.toText(payload) === "after" ? Deferred.succeed(heard, undefined) : Effect.void
    }
    yield* Effect.retry(client.subscribe("home/#", { qos: 1 }, handler), { times: 20 })
    return { seen, heard }
  })

/** Why its connections are lost from now on, one after the other. */
const losses = (client: Client.Client, count: number) =>
  fork(client.status.pipe(
    Stream.filter((status) => status._tag === "Reconnecting"),
    Stream.take(count),
    Stream.runCollect
  ))

describe("a connected Client, when the Server", () => {
  for (const { attack, client: expected, isLong, what } of Attacks.rows) {
    way(expected, isLong)(what, () =>
      run(Effect.gen(function*() {
        const server = yield* HostileServer.make
        const client = yield* Client.make(options(server.endpoint, expected))
        const { heard, seen } = yield* settle(client)
        const lost = yield* losses(client, 2)
        yield* server.turn(attack)
        const publishing = yield* fork(client.publish("home/x", "during", { qos: 1 }))
        const [, status] = yield* Fiber.join(lost)
        expect(tags).toContain(status?.reason._tag)
        expect(status?.reason).toMatchObject(expected)
        expect(status?.reason.message).not.toBe("")
        yield* server.fled
        yield* server.reform
        yield* Fiber.join(publishing)
        yield* client.publish("home/x", "after", { qos: 1 })
        yield* Deferred.await(heard)
        expect(seen.at(-1)).toBe("home/x after")
      })))
  }
})

describe("a Client that connects for the first time, when the Server", () => {
  const ended = (endpoint: Endpoint, expected: Attacks.Row["client"]) =>
    Effect.gen(function*() {
      const made = yield* Effect.result(Client.make({ ...options(endpoint, expected), reconnect: false }))
      if (Result.isFailure(made)) return made.failure
      const client = made.success
      yield* fork(Effect.ignore(client.subscribe("home/#")))
      yield* fork(Effect.ignore(client.publish("home/x", "during", { qos: 1 })))
      const last = yield* Stream.runHead(Stream.filter(client.status, (status) => status._tag === "Disconnected"))
      return Option.getOrThrow(last).reason
    })

  for (const { attack, client: expected, what } of Attacks.rows.filter(({ isLong }) => isLong !== true)) {
    way(expected)(what, () =>
      run(Effect.gen(function*() {
        const server = yield* HostileServer.make
        yield* server.turn(attack)
        const reason = yield* Effect.scoped(ended(server.endpoint, expected))
        expect(tags).toContain(reason._tag)
        expect(reason).toMatchObject(expected)
        yield* server.fled
        yield* server.reform
        const client = yield* Client.make(options(server.endpoint))
        yield* client.publish("home/x", "after", { qos: 1 })
      })))
  }
})
