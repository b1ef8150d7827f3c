/**
 * A Server that lives at one address and is hostile or good by turns, over real TCP: while there is an Attack, every
 * connection is given to it, else to the embedded broker.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type * as net from "node:net"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import type { Endpoint } from "../../src/ports/Socket.ts"
import * as Aedes from "../support/aedes.ts"
import * as TcpServer from "../support/tcpServer.ts"

type Tag = Packet.Packet["_tag"]

/** The Client under attack, as the Server sees it. */
export interface Victim {
  /** Done when the network has taken it. */
  readonly send: (bytes: Uint8Array) => Effect.Effect<void>
  /** Waits for the next packet of that kind; others are passed over. */
  readonly receive: <T extends Tag>(tag: T) => Effect.Effect<Extract<Packet.Packet, { readonly _tag: T }>>
  /** From now on nothing is read from it. */
  readonly ignore: Effect.Effect<void>
  readonly socket: net.Socket
}

/** What the Server does on one connection, until that is closed. */
export type Attack = (victim: Victim) => Effect.Effect<void>

export interface HostileServer {
  readonly endpoint: Endpoint
  /** Cuts every connection; those that follow are attacked. */
  readonly turn: (attack: Attack) => Effect.Effect<void>
  /** Waits until a victim has closed the connection that was attacked first, or since the last time. */
  readonly fled: Effect.Effect<void>
  /** Whether any connection was attacked so far: on a busy machine a wake may be over before it has one. */
  readonly hasAttacked: Effect.Effect<boolean>
  /** Is a good Server from now on, and breaks with those it has attacked. */
  readonly reform: Effect.Effect<void>
}

const face = (socket: net.Socket): Victim => {
  const arrived = Effect.runSync(Queue.unbounded<Packet.Packet>())
  let framer = Framer.make(16 * 1024 * 1024)
  socket.on("data", (chunk: Buffer) => {
    const pushed = Framer.push(framer, new Uint8Array(chunk), Packet.decode)
    framer = pushed.framer
    Queue.offerAllUnsafe(arrived, pushed.packets as ReadonlyArray<Packet.Packet>)
  })
  const send = (bytes: Uint8Array) =>
    Effect.callback<void>((resume) => {
      if (socket.destroyed || socket.write(bytes)) return resume(Effect.void)
      const settle = () => resume(Effect.void)
      socket.once("drain", settle)
      return Effect.sync(() => {
        socket.off("drain", settle)
      })
    })
  const receive: Victim["receive"] = (tag) =>
    Effect.flatMap(Queue.take(arrived), (packet) =>
      packet._tag === tag ? Effect.succeed(packet as never) : receive(tag))
  return {
    send,
    receive,
    socket,
    ignore: Effect.sync(() => {
      socket.pause()
    })
  }
}

export const make: Effect.Effect<HostileServer, never, Scope.Scope> = Effect.gen(function*() {
  const { aedes } = yield* Aedes.make()
  const gone = yield* Queue.unbounded<void>()
  const attacked = new Map<net.Socket, Fiber.Fiber<void>>()
  let attack: Attack | undefined
  let isBegun = false
  const { endpoint, sockets } = yield* TcpServer.make((socket) => {
    if (attack === undefined) return aedes.handle(socket)
    isBegun = true
    attacked.set(socket, Effect.runFork(attack(face(socket))))
    socket.on("close", () => {
      attacked.get(socket)?.interruptUnsafe()
      attacked.delete(socket)
      Queue.offerUnsafe(gone, undefined)
    })
  })
  yield* Effect.addFinalizer(() => Effect.forEach(attacked.values(), Fiber.interrupt, { discard: true }))
  const turn = (next: Attack) =>
    Effect.sync(() => {
      attack = next
      for (const socket of sockets) socket.destroy()
    })
  // Who does not read does not see the other side's end either.
  const look = Effect.sync(() => {
    for (const socket of attacked.keys()) socket.resume()
  })
  const reform = Effect.sync(() => {
    attack = undefined
    for (const socket of attacked.keys()) socket.destroy()
  })
  return {
    endpoint,
    turn,
    fled: Effect.andThen(look, Queue.take(gone)),
    hasAttacked: Effect.sync(() => isBegun),
    reform
  }
})
