/** A second client on the same broker, and not ours: MQTT.js. What it sees has really been at the Server. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { connectAsync, type IClientOptions } from "mqtt"
import type { Endpoint } from "../../src/ports/Socket.ts"

export interface Seen {
  readonly topic: string
  readonly payload: string
  readonly qos: number
  readonly retain: boolean
  readonly dup: boolean
}

export interface Observer {
  /** Everything that has arrived so far. */
  readonly seen: ReadonlyArray<Seen>
  readonly publish: (
    topic: string,
    payload: string,
    options?: { readonly retain?: boolean; readonly qos?: 0 | 1 }
  ) => Effect.Effect<void>
  /** Waits for the first message on `topic`, those that have arrived already included. */
  readonly message: (topic: string) => Effect.Effect<Seen>
  /**
   * Waits until so many have arrived on `topic`, and gives all of them. A broker may acknowledge a message before it
   * hands it on.
   */
  readonly messages: (topic: string, count: number) => Effect.Effect<ReadonlyArray<Seen>>
}

/** Sees everything, `#`, over TCP or TLS. */
export const make = (
  { host, port, tls }: Endpoint,
  options: Pick<IClientOptions, "username" | "password"> = {}
): Effect.Effect<Observer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const seen: Array<Seen> = []
    let notify: Array<() => void> = []
    const secure = tls === undefined ? {} : { protocol: "mqtts" as const, ca: tls.ca ?? "" }
    const client = yield* Effect.acquireRelease(
      Effect.promise(() => connectAsync({ host, port, reconnectPeriod: 0, ...secure, ...options })),
      (client) => Effect.promise(() => client.endAsync(true))
    )
    client.on("message", (topic, payload, packet) => {
      seen.push({ topic, payload: payload.toString(), qos: packet.qos, retain: packet.retain, dup: packet.dup })
      const waiting = notify
      notify = []
      for (const wake of waiting) wake()
    })
    yield* Effect.promise(() => client.subscribeAsync("#", { qos: 1 }))
    const messages: Observer["messages"] = (topic, count) =>
      Effect.suspend(() => {
        const found = seen.filter((one) => one.topic === topic)
        if (found.length >= count) return Effect.succeed(found)
        const next = Effect.callback<void>((resume) => void notify.push(() => resume(Effect.void)))
        return Effect.andThen(next, messages(topic, count))
      })
    const message: Observer["message"] = (topic) => Effect.map(messages(topic, 1), ([first]) => first as Seen)
    const publish: Observer["publish"] = (topic, payload, { qos = 1, retain = false } = {}) =>
      Effect.promise(() => client.publishAsync(topic, payload, { qos, retain }))
    return { seen, publish, message, messages }
  })
