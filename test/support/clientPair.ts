/** A Client and a scripted Server that has just accepted it, over real TCP, and what tests do with the two. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Client from "../../src/programs/client/Client.ts"
import * as ScriptedServer from "./scriptedServer.ts"

/** In the background, and already as far as it comes without waiting. */
export const fork = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** The Client, the Server, and its end of their connection. */
export const pair = (options: Partial<Client.ClientOptions> = {}) =>
  Effect.gen(function*() {
    const server = yield* ScriptedServer.make
    const making = yield* Effect.forkChild(Client.make({ endpoint: server.endpoint, clientId: "c", ...options }))
    const guest = yield* server.welcome()
    const client = yield* Fiber.join(making)
    return { server, guest, client }
  })

/** Why the connection is lost. */
export const lost = (client: Client.Client) =>
  Effect.map(Stream.runHead(Stream.filter(client.status, (status) => status._tag === "Reconnecting")),
    Option.getOrThrow)

/**
 * Pings. When it is done the Client has dealt with everything that the Server had sent; it fails when the Client has
 * gone.
 */
export const roundTrip = (client: Client.Client, guest: ScriptedServer.Guest) =>
  Effect.gen(function*() {
    const answering = yield* fork(Effect.andThen(guest.expect("Pingreq"), guest.send({ _tag: "Pingresp" })))
    yield* client.ping
    yield* Fiber.join(answering)
  })
