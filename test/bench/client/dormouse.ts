/** Our Client as its users drive it: a loop in one fiber, and for a window as many fibers as it has places. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as NodeSocket from "../../../src/adapters/node/Socket.ts"
import * as Client from "../../../src/programs/client/Client.ts"
import type { QoS } from "./orders.ts"
import type { Subject } from "./Subject.ts"

export const make = (): Subject => {
  const scope = Scope.makeUnsafe()
  let client: Client.Client
  const publishing = (topic: string, payload: Uint8Array, qos: QoS, count: number) =>
    Effect.gen(function*() {
      for (let i = 0; i < count; i++) yield* client.publish(topic, payload, { qos })
    })
  let answering: Client.Handler | undefined
  const windowed = (qos: QoS, topic: string, payload: Uint8Array, count: number, window: number) => {
    let left = count
    const place = Effect.gen(function*() {
      while (left-- > 0) yield* client.publish(topic, payload, { qos })
    })
    return Effect.all(Array.from({ length: window }, () => place), { concurrency: "unbounded", discard: true })
  }
  return {
    connect: async ({ port, version, webSocket }, clientId) => {
      const endpoint = { host: "127.0.0.1", port, ...(webSocket ? { webSocket: { path: "/mqtt" } } : {}) }
      client = await Effect.runPromise(
        Client.make({ endpoint, clientId, version, reconnect: false, outboxCapacity: 1_000_000 }).pipe(
          Scope.provide(scope),
          Effect.provide(NodeSocket.layer)
        )
      )
    },
    publishAtMostOnce: (topic, payload, count) =>
      Effect.runPromise(Effect.andThen(publishing(topic, payload, 0, count), publishing(topic, payload, 1, 1))),
    publishAcknowledged: (qos, topic, payload, count, window) =>
      Effect.runPromise(
        window === 1 ? publishing(topic, payload, qos, count) : windowed(qos, topic, payload, count, window)
      ),
    owe: async (topic, payload, count) => {
      for (let i = 0; i < count; i++) Effect.runFork(client.publish(topic, payload, { qos: 1 }))
    },
    subscribe: async (topic, qos, onMessage) => {
      await Effect.runPromise(
        client.subscribe(topic, { qos },
          (message) => answering === undefined ? onMessage(message.topic, message.payload) : answering(message))
      )
    },
    answer: (topic, payload, forked, done) => {
      answering = () => {
        const answered = Effect.andThen(client.publish(topic, payload, { qos: 1 }), Effect.sync(done))
        return forked ? void Effect.runFork(answered) : answered
      }
      return () => {
        answering = undefined
      }
    },
    end: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
