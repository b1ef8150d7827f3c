/**
 * The user of a Client: does what its story says, and reports what it asks for and what it gets.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { Socket } from "../../../src/ports/Socket.ts"
import type { Store } from "../../../src/ports/Store.ts"
import type * as Client from "../../../src/programs/client/Client.ts"
import * as Payload from "./Payload.ts"
import type { Ask, Observation } from "./Observation.ts"
import type * as Process from "./Process.ts"
import type { Options } from "./Story.ts"

/** A deliberate bug, put between the Client and its user or its network. */
export interface Mutant {
  readonly client?: (client: Client.Client) => Client.Client
  readonly socket?: (socket: Socket["Service"]) => Socket["Service"]
  readonly options?: (options: Options) => Options
  readonly store?: (store: Store) => Store
}

export interface Guest {
  readonly number: number
  readonly client: Client.Client
  readonly scope: Scope.Closeable
  readonly left: Deferred.Deferred<void>
  /** If it can be killed. */
  readonly process: Process.Process | undefined
  isLeaving: boolean
}

/** What a Client has of the world. */
export interface Outside {
  readonly socket: Socket["Service"]
  /** With a store it runs in a process, which can be killed: then `killed` is done. */
  readonly store?: Store
  readonly process?: Process.Process
  readonly killed: Deferred.Deferred<void>
}

export interface User {
  readonly see: (seen: Observation) => void
  readonly after: (millis: number, task: () => void) => void
  readonly options: Options
  readonly outside: (client: number) => Outside
  readonly mutant: Mutant
  /** What it does runs in here. */
  readonly scope: Scope.Scope
  /** Open once the world is healed: nothing is slow any more. */
  readonly healed: Latch.Latch
  guest: Guest | undefined
  clients: number
  calls: number
  numbers: number
  /** How long it stays away after it has left, in milliseconds. */
  absence: number
}

export const make = (given: Pick<User, "see" | "after" | "options" | "outside" | "mutant" | "scope">): User => ({
  ...given,
  healed: Latch.makeUnsafe(false),
  guest: undefined,
  clients: 0,
  calls: 0,
  numbers: 0,
  absence: 1_000
})

/** In the background; nobody is harmed by how it ends. */
export const fork = (user: User, effect: Effect.Effect<unknown, unknown>): Effect.Effect<unknown> =>
  Effect.forkIn(
    Effect.catchCause(effect, () => Effect.void),
    user.scope,
    { startImmediately: true }
  )

/** A pause that a healed world ends. */
export const rest = (user: User, millis: number): Effect.Effect<void> =>
  Effect.timeoutOrElse(user.healed.await, { duration: millis, orElse: () => Effect.void })

/** Asks the Client for something, seen from its beginning to its end. */
export const ask = <A, E>(
  user: User,
  guest: Guest,
  what: Ask,
  effect: (call: number) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const call = ++user.calls
    user.see({ _tag: "Asked", call, client: guest.number, ask: what })
    return Effect.onExit(effect(call), (exit) => Effect.sync(() => user.see({ _tag: "Answered", call, exit })))
  })

export const publish = (
  user: User,
  guest: Guest,
  topic: string,
  qos: 0 | 1 | 2,
  retain: boolean,
  bytes: number
): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const number = ++user.numbers
    const payload = Payload.make(number, bytes)
    const until = user.options.hasStore && qos > 0 && number % 2 === 0 ? "accepted" : "acknowledged"
    const expiry = user.options.version === 5 && number % 5 === 0 ? 1 + number % 40 : undefined
    const properties = expiry === undefined ? undefined : { messageExpiryInterval: expiry }
    const what: Ask = { _tag: "Publish", number, topic, qos, retain, bytes: payload.length, until, expiry }
    return ask(user, guest, what, () => guest.client.publish(topic, payload, { qos, retain, until, properties }))
  })

export const took = (user: User, guest: Guest) => (message: Client.Received): void =>
  user.see({ _tag: "Took", client: guest.number, number: Payload.number(message.payload) })

export const listen = (user: User, guest: Guest, filters: ReadonlyArray<string>, millis: number) => {
  const [filter = "a"] = filters
  const found = filters.length === 1
    ? guest.client.readTopic(filter, millis)
    : guest.client.listen(filters, (message) => (message.payload.length % 2 === 0 ? message : undefined), millis)
  return ask(user, guest, { _tag: "Listen", filters, millis }, () =>
    Effect.tap(found, (message) =>
      Effect.sync(() => {
        if (Option.isSome(message)) took(user, guest)(message.value)
      })))
}

/** Leaves its Client, by `disconnect` or by the end of the Scope. */
export const leave = (user: User, guest: Guest, byDisconnect: boolean): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (guest.isLeaving) return Effect.void
    guest.isLeaving = true
    user.guest = undefined
    user.see({ _tag: "Leaving", client: guest.number })
    // What the Client promises to end has ended by then.
    user.after(2 * user.options.replyMillis + 1_000, () => user.see({ _tag: "Gone", client: guest.number }))
    const close = Scope.close(guest.scope, Exit.void)
    return Effect.gen(function*() {
      if (byDisconnect) yield* guest.client.disconnect
      else yield* close
      user.see({ _tag: "Left", client: guest.number })
      yield* close
      Deferred.doneUnsafe(guest.left, Effect.void)
    })
  })
