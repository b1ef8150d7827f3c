import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import * as NodeSocket from "../../src/adapters/node/Socket.ts"
import type { Socket } from "../../src/ports/Socket.ts"
import { connect, pattern, pullBytes } from "../ports/SocketSuite.ts"
import * as DelayedServer from "./delayedServer.ts"
import * as Peer from "./peer.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect).pipe(Effect.provide(NodeSocket.layer)))

/** A Client and a Server with the proxy between them. */
const through = (faults: Partial<DelayedServer.Faults> = {}) =>
  Effect.gen(function*() {
    const listener = yield* Peer.listen()
    const proxy = yield* DelayedServer.make(listener.endpoint, faults)
    const client = yield* connect(proxy.endpoint)
    const server = yield* listener.accept
    return { client, listener, proxy, server }
  })

it("passes everything on, both ways, in order", () =>
  run(Effect.gen(function*() {
    const { client, proxy, server } = yield* through({ delayMillis: 1 })
    const large = pattern(1_000_000)
    const writer = yield* Effect.forkChild(client.write(large))
    const there = yield* server.receive(large.length)
    yield* Fiber.join(writer)
    yield* Effect.forkChild(server.send(there))
    expect(Buffer.compare(yield* pullBytes(client, large.length), large)).toBe(0)
    expect(yield* proxy.clientBytes).toBe(large.length)
    expect(yield* proxy.serverBytes).toBe(large.length)
    expect(yield* proxy.connections).toBe(1)
  })))

it("delays what the Server says, its end too, and keeps its order when the delay changes", () =>
  run(Effect.gen(function*() {
    const { client, proxy, server } = yield* through({ delayMillis: 30 })
    const start = performance.now()
    yield* server.send(Uint8Array.of(1))
    // Into the proxy before the delay changes.
    while ((yield* proxy.serverBytes) < 1) yield* Effect.sleep(1)
    yield* proxy.change({ delayMillis: 0 })
    yield* server.send(Uint8Array.of(2))
    yield* server.end
    expect(yield* pullBytes(client, 2)).toEqual(Uint8Array.of(1, 2))
    expect(performance.now() - start).toBeGreaterThanOrEqual(29)
    expect((yield* Effect.flip(client.pull)).reason).toBe("Closed")
  })))

it("counts how often the Client had to wait for an answer, not how many packets went", () =>
  run(Effect.gen(function*() {
    const { client, proxy, server } = yield* through({ delayMillis: 20 })
    const answer = (length: number) => Effect.andThen(server.receive(length), server.send(new Uint8Array(length)))
    const ask = (length: number) => Effect.andThen(client.write(new Uint8Array(length)), pullBytes(client, length))
    yield* Effect.all([ask(1), answer(1)], { concurrency: "unbounded" })
    expect(yield* proxy.roundTrips).toBe(1)
    // Three questions side by side, answered one by one, are one round trip.
    for (let i = 0; i < 3; i++) yield* client.write(Uint8Array.of(i))
    for (let i = 0; i < 3; i++) yield* answer(1)
    yield* pullBytes(client, 3)
    expect(yield* proxy.roundTrips).toBe(2)
    yield* Effect.all([ask(1), answer(1)], { concurrency: "unbounded" })
    expect(yield* proxy.roundTrips).toBe(3)
    // A farewell that nobody answers costs no wait.
    yield* client.write(Uint8Array.of(0))
    yield* client.close
    yield* server.ended
    expect(yield* proxy.roundTrips).toBe(3)
  })))

it("cuts after so many bytes from the Client", () =>
  run(Effect.gen(function*() {
    const { client, server } = yield* through({ cutAfterClientBytes: 5 })
    yield* client.write(Uint8Array.of(1, 2, 3))
    yield* client.write(Uint8Array.of(4, 5, 6, 7))
    expect(yield* server.ended).toEqual(Uint8Array.of(1, 2, 3, 4, 5))
    expect((yield* Effect.flip(client.pull)).reason).toBe("Closed")
  })))

it("cuts after so many bytes from the Server", () =>
  run(Effect.gen(function*() {
    const { client, server } = yield* through({ cutAfterServerBytes: 2 })
    yield* server.send(Uint8Array.of(1, 2, 3))
    expect(yield* pullBytes(client, 2)).toEqual(Uint8Array.of(1, 2))
    expect((yield* Effect.flip(client.pull)).reason).toBe("Closed")
    yield* server.ended
  })))

it("swallows one direction without closing either end", () =>
  run(Effect.gen(function*() {
    const { client, proxy, server } = yield* through({ swallow: "server" })
    yield* server.send(Uint8Array.of(1))
    yield* client.write(Uint8Array.of(2))
    expect(yield* server.receive(1)).toEqual(Uint8Array.of(2))
    while ((yield* proxy.serverBytes) < 1) yield* Effect.sleep(1)
    // Healed, what was swallowed stays lost: the next byte is the first to come.
    yield* proxy.change({ swallow: "nothing" })
    yield* server.send(Uint8Array.of(3))
    expect(yield* client.pull).toEqual(Uint8Array.of(3))
    yield* proxy.change({ swallow: "client" })
    yield* client.write(Uint8Array.of(4))
    while ((yield* proxy.clientBytes) < 2) yield* Effect.sleep(1)
    yield* proxy.change({ swallow: "nothing" })
    yield* client.write(Uint8Array.of(5))
    expect(yield* server.receive(1)).toEqual(Uint8Array.of(5))
  })))

it("does not tell the Client when the Server goes after a swallowed line", () =>
  run(Effect.gen(function*() {
    const { client, proxy, server } = yield* through({ swallow: "both" })
    yield* server.end
    yield* client.write(Uint8Array.of(1))
    while ((yield* proxy.clientBytes) < 1) yield* Effect.sleep(1)
    expect((yield* Effect.timeoutOption(client.pull, 20))._tag).toBe("None")
  })))

it("cuts all connections on demand, and then refuses new ones", () =>
  run(Effect.gen(function*() {
    const { client, listener, proxy, server } = yield* through()
    yield* proxy.change({ refuse: true })
    yield* proxy.cut
    expect((yield* Effect.flip(client.pull)).reason).toBe("Closed")
    yield* server.ended
    const refused = yield* Effect.flip(Effect.flatMap(connect(proxy.endpoint), (connection) => connection.pull))
    expect(refused.reason).toBe("Closed")
    yield* proxy.change({ refuse: false })
    const next = yield* connect(proxy.endpoint)
    const peer = yield* listener.accept
    yield* peer.send(Uint8Array.of(1))
    expect(yield* next.pull).toEqual(Uint8Array.of(1))
    expect(yield* proxy.connections).toBe(3)
  })))
