/** What tests of the library's Promises share: a Server for as long as a test runs, and clients that end with it. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "../../src/ports/Socket.ts"
import { type Connect, connect, type ConnectOptions, type MqttClient } from "../../src/programs/library/library.ts"
import type { Packet } from "../../src/domain/packet/Packet.ts"
import * as ScriptedServer from "./scriptedServer.ts"

export const urlOf = ({ host, port, tls, webSocket }: Endpoint): string =>
  webSocket === undefined ? `mqtt${tls === undefined ? "" : "s"}://${host}:${port}`
    : `ws${tls === undefined ? "" : "s"}://${host}:${port}${webSocket.path}`

export type { Connect }

/** Runs a test with what lives in a Scope. Clients that it makes with `open` end before. */
export const withIn = <A>(
  make: Effect.Effect<A, never, Scope.Scope>,
  body: (made: A, open: Connect) => Promise<void>
): Promise<void> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(make, (made) =>
    Effect.promise(async () => {
      const clients: Array<MqttClient> = []
      const open: Connect = async (url, options) => {
        const client = await connect(url, options)
        clients.push(client)
        return client
      }
      try {
        await body(made, open)
      } finally {
        for (const client of clients) await client.end({ timeout: 0 })
      }
    }))))

/** The Server's end, with Promises. */
export interface Guest {
  readonly expect: <T extends Packet["_tag"]>(tag: T) => Promise<Extract<Packet, { readonly _tag: T }>>
  readonly send: (...packets: ReadonlyArray<Packet>) => Promise<void>
  readonly cut: () => Promise<void>
  /** When the Client has closed: the packets that were not expected. */
  readonly closed: () => Promise<ReadonlyArray<Packet>>
}

const guestOf = (guest: ScriptedServer.Guest): Guest => ({
  expect: (tag) => Effect.runPromise(guest.expect(tag)),
  send: (...packets) => Effect.runPromise(guest.send(...packets)),
  cut: () => Effect.runPromise(guest.cut),
  closed: () => Effect.runPromise(guest.closed)
})

export interface Scripted {
  readonly url: string
  readonly welcome: () => Promise<Guest>
  readonly accept: () => Promise<Guest>
}

/** A Server that does what the test says. */
export const scripted: Effect.Effect<Scripted, never, Scope.Scope> = Effect.map(ScriptedServer.make, (server) => ({
  url: urlOf(server.endpoint),
  welcome: () => Effect.runPromise(Effect.map(server.welcome(), guestOf)),
  accept: () => Effect.runPromise(Effect.map(server.accept, guestOf))
}))

/** A client that this Server has accepted, and the Server's end. */
export const pair = async (server: Scripted, open: Connect, options: ConnectOptions = {}) => {
  const opening = open(server.url, options)
  const guest = await server.welcome()
  return { client: await opening, guest }
}

/** Answers SUBSCRIBE. */
export const grant = async (guest: Guest, returnCode: 0 | 1 | 128 = 1): Promise<void> => {
  const { packetIdentifier } = await guest.expect("Subscribe")
  await guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [returnCode] })
}
