/** A Server of MQTT 5 that says what a test tells it to say, packet by packet, over real TCP; and a Client of it. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type { Connack5 } from "../../src/domain/packet/v5/Connack.ts"
import type { Connect5 } from "../../src/domain/packet/v5/Connect.ts"
import * as Framer5 from "../../src/domain/packet/v5/Framer.ts"
import * as Packet5 from "../../src/domain/packet/v5/Packet.ts"
import * as Client from "../../src/programs/client/Client.ts"
import { attend, type Codec, type GuestOf } from "./scriptedServer.ts"
import * as TcpServer from "./tcpServer.ts"

export type Guest = GuestOf<Packet5.Packet5>

const version5: Codec<Packet5.Packet5> = { push: Framer5.push, encodeAll: Packet5.encodeAll }

/** Accepts connections; `welcome` also answers the CONNECT of the next one. */
export const make = Effect.gen(function*() {
  const guests = yield* Queue.unbounded<Guest>()
  const { endpoint } = yield* TcpServer.make((socket) => {
    Queue.offerUnsafe(guests, attend(socket, version5))
  })
  const accept = Queue.take(guests)
  const welcome = (properties: Connack5["properties"] = {}, sessionPresent = false) =>
    Effect.gen(function*() {
      const guest = yield* accept
      const connect: Connect5 = yield* guest.expect("Connect")
      yield* guest.send({ _tag: "Connack", sessionPresent, reasonCode: 0, properties })
      return { ...guest, connect }
    })
  return { endpoint, accept, welcome }
})

/** A Client of MQTT 5 and a Server that has just accepted it. `properties`: of its CONNACK. */
export const pair = (options: Partial<Client.ClientOptions> = {}, properties: Connack5["properties"] = {}) =>
  Effect.gen(function*() {
    const server = yield* make
    const { endpoint } = server
    const making = yield* Effect.forkChild(Client.make({ endpoint, clientId: "c", version: 5, ...options }))
    const guest = yield* server.welcome(properties)
    const client = yield* Fiber.join(making)
    return { server, guest, client }
  })
