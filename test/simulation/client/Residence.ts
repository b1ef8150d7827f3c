/**
 * Keeps a Client for the user: makes one, follows its status, and makes another when the user has left the last one, or
 * that one has given up.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Socket } from "../../../src/ports/Socket.ts"
import * as Client from "../../../src/programs/client/Client.ts"
import type { Options } from "./Story.ts"
import { clientId } from "./Inject.ts"
import { fork, type Guest, leave, rest, type User } from "./User.ts"

const clientOptions = (options: Options): Client.ClientOptions => ({
  endpoint: { host: "broker", port: 1883 },
  clientId,
  cleanSession: options.cleanSession,
  keepAlive: options.keepAlive,
  maximumInFlight: options.maximumInFlight,
  outboxCapacity: options.outboxCapacity,
  outboxBytes: options.outboxBytes,
  receiveBuffer: options.receiveBuffer,
  receiveBufferBytes: options.receiveBufferBytes,
  unclaimedTimeout: options.unclaimedMillis,
  maximumPacketSize: options.maximumPacketSize,
  connectTimeout: options.connectMillis,
  replyTimeout: options.replyMillis,
  reconnect: options.reconnect ?? false
})

/** Hears how it stands with the connection, and leaves a Client that has given up for good. */
const watch = (user: User, guest: Guest): Effect.Effect<void> =>
  guest.client.status.pipe(
    Stream.tap((status) =>
      Effect.sync(() => {
        if (status._tag !== "Reconnecting") return
        user.see({ _tag: "Reconnecting", client: guest.number, delayMillis: status.delayMillis })
      })
    ),
    Stream.filter(({ _tag }) => _tag === "Disconnected"),
    Stream.take(1),
    Stream.runDrain,
    Effect.andThen(
      Effect.suspend(() => {
        if (!guest.isLeaving) user.see({ _tag: "GaveUp", client: guest.number })
        return leave(user, guest, true)
      })
    )
  )

const topicOf = (notice: Client.Notice): string | undefined =>
  "topicFilter" in notice ? notice.topicFilter : "topic" in notice ? notice.topic : undefined

/** Reads the Client's notices. */
const heed = (user: User, { client, number }: Guest): Effect.Effect<void> =>
  Stream.runForEach(client.notices, (notice) =>
    Effect.sync(() =>
      user.see({ _tag: "Noticed", client: number, what: notice._tag, topic: topicOf(notice) })
    ))

const enter = (user: User): Effect.Effect<Guest | undefined> =>
  Effect.gen(function*() {
    const number = ++user.clients
    const scope = yield* Scope.make()
    user.see({ _tag: "Making", client: number })
    const options = clientOptions(user.mutant.options?.(user.options) ?? user.options)
    const socket = user.mutant.socket?.(user.socket(number)) ?? user.socket(number)
    const made = yield* Effect.exit(
      Client.make(options).pipe(Scope.provide(scope), Effect.provideService(Socket, socket))
    )
    user.see({ _tag: "Made", client: number, exit: made })
    if (Exit.isFailure(made)) {
      yield* Scope.close(scope, Exit.void)
      return undefined
    }
    const client = user.mutant.client?.(made.value) ?? made.value
    return { number, client, scope, left: Deferred.makeUnsafe<void>(), isLeaving: false }
  })

/** Has a Client, as long as the story lasts. */
export const reside = (user: User): Effect.Effect<never> =>
  Effect.gen(function*() {
    while (true) {
      user.absence = 2_000
      const guest = yield* enter(user)
      if (guest !== undefined) {
        user.guest = guest
        yield* fork(user, watch(user, guest))
        yield* fork(user, heed(user, guest))
        yield* Deferred.await(guest.left)
      }
      yield* rest(user, user.absence)
      if (user.healed.isOpen()) yield* Effect.sleep(2_000)
    }
  })
