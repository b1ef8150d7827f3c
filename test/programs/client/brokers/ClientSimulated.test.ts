/**
 * The Client in a simulated world, where time passes by itself, to the millisecond, and waiting for something that
 * never comes is a failure.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as SimulationSocket from "../../../../src/adapters/simulation/Socket.ts"
import * as VirtualTime from "../../../../src/adapters/simulation/world/VirtualTime.ts"
import * as World from "../../../../src/adapters/simulation/world/World.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Packet from "../../../../src/domain/packet/Packet.ts"
import type { Socket } from "../../../../src/ports/Socket.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import { fork } from "../../../support/clientPair.ts"

/** No story here lasts two hours. */
const simulate = <A, E>(story: (world: World.World) => Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> =>
  Effect.flatMap(World.make, (world) =>
    Effect.timeout(Effect.scoped(story(world)), "2 hours").pipe(
      Effect.provide(Layer.merge(SimulationSocket.layer(world), Logger.layer([])))
    )).pipe(VirtualTime.run, Effect.runPromise)

const connect = (options: Partial<Client.ClientOptions> = {}) =>
  Client.make({ endpoint: { host: "broker", port: 1883 }, clientId: "c", ...options })

/** How long an effect takes, in milliseconds of the world's time, and what it gives. */
const timed = <A, E, R>(world: World.World, effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const began = world.now()
    return Effect.map(effect, (value) => [world.now() - began, value] as const)
  })

describe("Client.readTopic, in simulated time", () => {
  const waits: ReadonlyArray<readonly [wait: Duration.Input | undefined, millis: number]> = [
    ["300 millis", 300],
    ["2 seconds", 2_000],
    [undefined, 5_000],
    ["1 minute", 60_000]
  ]

  it.each(waits)("asked to wait %s, gives None that long after the Server has granted the subscription",
    (wait, millis) =>
      simulate((world) =>
        Effect.gen(function*() {
          const client = yield* connect()
          const reading = timed(world, client.readTopic("a", wait))
          expect(yield* reading).toEqual([2 * world.latencyMillis + millis, Option.none()])
          yield* client.ping
          expect(world.server.sessions.get("c")?.subscriptions.size).toBe(0)
        })
      ))

  it.each(waits)("asked to wait %s, takes what comes at the last moment",
    (wait, millis) =>
      simulate((world) =>
        Effect.gen(function*() {
          const client = yield* connect()
          const reading = yield* fork(client.readTopic("a", wait))
          yield* Effect.sleep(millis)
          World.simulateMessage(world, "a", "late")
          expect(Option.map(yield* Fiber.join(reading), (message) => Bytes.toText(message.payload))).toEqual(
            Option.some("late")
          )
        })
      ))
})

describe("Client, reconnecting in simulated time", () => {
  /**
   * A Server that takes 9.8 s for each CONNACK, and drops its guests as many milliseconds later as `lasting` says in
   * turn.
   */
  const acceptLate = (world: World.World, lasting: ReadonlyArray<number>): void => {
    const connack = Result.getOrThrow(Packet.encode({ _tag: "Connack", sessionPresent: false, returnCode: 0 }))
    let guests = 0
    world.latencyMillis = 0
    world.accept = (send, close) => {
      const lasts = lasting[guests++] ?? Infinity
      let isConnected = false
      return {
        receive: (_, at) => {
          if (isConnected) return
          isConnected = true
          send(connack, at + 9_800)
          if (lasts < Infinity) close(at + 9_800 + lasts)
        },
        closed: () => {}
      }
    }
  }

  const rows: ReadonlyArray<readonly [lasting: ReadonlyArray<number>, delays: ReadonlyArray<number>]> = [
    [[300, 300], [3_600_000 - 10_100, 3_600_000 - 10_100]],
    [[9_999], [3_600_000 - 19_799]],
    [[10_000], [0]],
    [[10_000, 300], [0, 3_600_000 - 10_100]]
  ]
  it.each(rows)(
    "counts its tries from zero after a connection that has lasted 10 s since CONNACK: of %j ms, waits %j ms",
    (lasting, delays) =>
      simulate((world) =>
        Effect.gen(function*() {
          acceptLate(world, lasting)
          const client = yield* connect({
            reconnect: {
              enabled: true,
              maxAttempts: 1,
              backoffFactor: 1,
              minInterval: 3600,
              maxInterval: 3600,
              jitter: 0
            }
          })
          const losses = Stream.filter(client.status, (status) => status._tag === "Reconnecting")
          const statuses = yield* Stream.runCollect(Stream.take(losses, delays.length))
          expect(statuses.map((status) => status.delayMillis)).toEqual(delays)
        })
      )
  )
})

describe("Client, while the Server cannot be reached", () => {
  const operations: ReadonlyArray<
    readonly [
      name: string,
      millis: number,
      ask: (client: Client.Client) => Effect.Effect<unknown, Client.SubscribeError | Client.PublishError>
    ]
  > = [
    ["subscribe", 10_000, (client) => client.subscribe("a")],
    ["unsubscribe", 10_000, (client) => client.unsubscribe("a")],
    ["readTopic", 10_000, (client) => client.readTopic("a")],
    ["publish with QoS 0", 0, (client) => client.publish("a", "")],
    ["ping", 0, (client) => client.ping]
  ]
  it.each(operations)("%s says after %i ms that it is not connected, and why",
    (_, millis, ask) =>
      simulate((world) =>
        Effect.gen(function*() {
          const client = yield* connect()
          World.setServer(world, "refusing")
          // By now it was not only lost, but also refused.
          yield* Effect.sleep("5 seconds")
          const [took, error] = yield* timed(world, Effect.flip(ask(client)))
          expect([took, error]).toMatchObject([millis, { _tag: "SocketError", reason: "Closed" }])
          expect(error.message).toContain("broker:1883 is not connected at the moment")
          expect(error.message).toContain("nobody listens there")
        })
      ))

  it("names the loss of the connection when no other try was made since", () =>
    simulate((world) =>
      Effect.gen(function*() {
        const client = yield* connect({ reconnect: { ...Client.stayConnected, maxAttempts: 1, minInterval: 60 } })
        for (const link of world.links) link.cut()
        yield* Effect.sleep(1)
        const error = yield* Effect.flip(client.subscribe("a"))
        expect(error.message).toBe("broker:1883 is not connected at the moment: broker:1883 closed the connection")
      })
    ))

  it("subscribes when the Server can be reached again in time", () =>
    simulate((world) =>
      Effect.gen(function*() {
        const client = yield* connect()
        World.setServer(world, "refusing")
        const subscribing = yield* fork(client.subscribe("a", { qos: 1 }))
        yield* Effect.sleep("2 seconds")
        World.setServer(world, "up")
        expect(yield* Fiber.join(subscribing)).toBe(1)
      })
    ))
})

describe("Client.messages, in a simulated world", () => {
  it("ends with the Client's Scope while a handler still runs", () =>
    simulate((world) =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const client = yield* Scope.provide(connect(), scope)
        const entered = yield* Deferred.make<void>()
        yield* client.subscribe("a", {}, () => Effect.andThen(Deferred.succeed(entered, undefined), Effect.never))
        const streaming = yield* fork(Stream.runDrain(client.messages))
        World.simulateMessage(world, "a", "")
        yield* Deferred.await(entered)
        yield* Scope.close(scope, Exit.void)
        yield* Fiber.join(streaming)
        yield* Stream.runDrain(client.messages)
      })
    ))
})
