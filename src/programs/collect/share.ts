/**
 * Whether the Server has shared subscriptions, which MQTT 3.1.1 does not know: a Server without them takes
 * `$share/group/filter` for an ordinary Topic Filter, grants it, and never sends anything. So one message is tried.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Client from "../client/Client.ts"

/** The Topic Filter of the group's subscription. */
export const shared = (group: string, filter: string): string => `$share/${group}/${filter}`

/** Whether a message to `topic` comes back through the subscription to `filter`. */
const comesBack = (client: Client.Client, filter: string, topic: string) =>
  Effect.gen(function*() {
    const coming = yield* client.messages.pipe(
      Stream.filter((message) => message.topic === topic),
      Stream.runHead,
      Effect.timeoutOption("3 seconds"),
      Effect.map(Option.flatten),
      Effect.forkChild({ startImmediately: true })
    )
    yield* client.subscribe(filter, { qos: 1 })
    yield* client.publish(topic, "", { qos: 1 })
    return Option.isSome(yield* Fiber.join(coming))
  })

/**
 * True: it has them. Undefined: nobody knows, because this user's messages do not come back by any way. A Client of its
 * own, which leaves nothing behind.
 */
export const isPossible = (options: Client.ClientOptions, group: string) =>
  Effect.gen(function*() {
    const client = yield* Client.make({
      ...options,
      clientId: options.clientId + "-probe",
      cleanSession: true,
      reconnect: false
    })
    const number = yield* Random.nextIntBetween(0, 0x1000000)
    const topic = "dormouse-collect/probe/" + number.toString(16)
    if (yield* comesBack(client, shared(group, topic), topic)) return true
    return (yield* comesBack(client, topic, topic)) ? false : undefined
  }).pipe(Effect.scoped)
