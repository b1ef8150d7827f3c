/**
 * Keeps a Client for the user: makes one, follows its status, and makes another when the user has left the last one, or
 * that one has given up.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Socket } from "../../../src/ports/Socket.ts"
import type { Store } from "../../../src/ports/Store.ts"
import * as Client from "../../../src/programs/client/Client.ts"
import * as Settings from "../../../src/programs/client/settings.ts"
import { version5 } from "../../../src/programs/client/version5.ts"
import type { Options } from "./Story.ts"
import { clientId } from "./Inject.ts"
import { fork, type Guest, leave, rest, type User } from "./User.ts"

const clientOptions = (options: Options, store: Store | undefined): Client.ClientOptions => ({
  ...(options.version === 4 ? {} : {
    version: options.version,
    sessionExpiryInterval: options.sessionExpiryInterval,
    receiveMaximum: options.receiveMaximum,
    topicAliasMaximum: options.topicAliasMaximum
  }),
  store,
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
    const { killed, process, ...outside } = user.outside(number)
    const store = outside.store === undefined ? undefined : user.mutant.store?.(outside.store) ?? outside.store
    const options = clientOptions(user.mutant.options?.(user.options) ?? user.options, store)
    const socket = user.mutant.socket?.(outside.socket) ?? outside.socket
    // Nothing is loaded while time is simulated.
    const settings = Result.getOrThrow(Settings.settings(options, version5))
    const making = Client.makeWith(options, settings).pipe(Scope.provide(scope), Effect.provideService(Socket, socket))
    const made = yield* Effect.exit(process === undefined ? making
      : Effect.raceFirst(making, Effect.andThen(Deferred.await(killed), Effect.interrupt)))
    user.see({ _tag: "Made", client: number, exit: made })
    if (Exit.isFailure(made)) {
      const closing = Scope.close(scope, Exit.void)
      yield* (process?.isDead === true ? fork(user, closing) : closing)
      return undefined
    }
    const client = user.mutant.client?.(made.value) ?? made.value
    const left = Deferred.makeUnsafe<void>()
    const guest: Guest = { number, client, scope, left, process, isLeaving: false }
    if (process !== undefined) yield* fork(user, Effect.andThen(Deferred.await(killed), gone(user, guest)))
    return guest
  })

/** Its process was killed: what is left of it here ends without having an effect on anything. */
const gone = (user: User, guest: Guest): Effect.Effect<void> =>
  Effect.suspend(() => {
    guest.isLeaving = true
    if (user.guest === guest) user.guest = undefined
    Deferred.doneUnsafe(guest.left, Effect.void)
    return Scope.close(guest.scope, Exit.void)
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
