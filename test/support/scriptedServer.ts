/** An MQTT Server that says what a test tells it to say, packet by packet, over real TCP. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type * as net from "node:net"
import type { Connect } from "../../src/domain/packet/Connect.ts"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import type { Endpoint } from "../../src/ports/Socket.ts"
import * as TcpServer from "./tcpServer.ts"

interface Tagged {
  readonly _tag: string
}

/** A version of MQTT, as a Server reads and writes it. */
export interface Codec<P extends Tagged> {
  readonly push: (framer: Framer.Framer, chunk: Uint8Array) => {
    readonly framer: Framer.Framer
    readonly packets: ReadonlyArray<unknown>
  }
  readonly encodeAll: (packets: ReadonlyArray<P>) => Result.Result<Uint8Array, unknown>
}

/** The Server's end of one connection. */
export interface GuestOf<P extends Tagged> {
  /**
   * Waits for the next packet; PINGREQ is answered on the way unless it is asked for. Any other than `tag` is a defect.
   */
  readonly expect: <T extends P["_tag"]>(tag: T) => Effect.Effect<Extract<P, { readonly _tag: T }>>
  readonly send: (...packets: ReadonlyArray<P>) => Effect.Effect<void>
  readonly sendBytes: (bytes: Uint8Array) => Effect.Effect<void>
  /** Breaks the connection without a word. */
  readonly cut: Effect.Effect<void>
  /** Waits until the Client has closed, and gives the packets that were not expected yet. */
  readonly closed: Effect.Effect<ReadonlyArray<P>>
  readonly socket: net.Socket
}

export type Guest = GuestOf<Packet.Packet>

/** Begins to listen to a Client. */
export const attend = <P extends Tagged>(socket: net.Socket, codec: Codec<P>): GuestOf<P> => {
  const arrived = Effect.runSync(Queue.unbounded<P>())
  const gone = Effect.runSync(Queue.unbounded<void>())
  let framer = Framer.make(16 * 1024 * 1024)
  socket.on("data", (chunk: Buffer) => {
    const pushed = codec.push(framer, new Uint8Array(chunk))
    framer = pushed.framer
    Queue.offerAllUnsafe(arrived, pushed.packets as ReadonlyArray<P>)
  })
  socket.on("end", () => Queue.offerUnsafe(gone, undefined))
  socket.on("close", () => Queue.offerUnsafe(gone, undefined))
  const sendBytes = (bytes: Uint8Array) =>
    Effect.sync(() => {
      socket.write(bytes)
    })
  const send = (...packets: ReadonlyArray<P>) =>
    sendBytes(Result.getOrThrowWith(codec.encodeAll(packets), (fault) => fault))
  const expect = <T extends P["_tag"]>(tag: T): Effect.Effect<Extract<P, { readonly _tag: T }>> =>
    Effect.flatMap(Queue.take(arrived), (packet) => {
      if (packet._tag === tag) return Effect.succeed(packet as Extract<P, { readonly _tag: T }>)
      return packet._tag === "Pingreq"
        ? Effect.andThen(send({ _tag: "Pingresp" } as unknown as P), expect(tag))
        : Effect.die(new Error(`expected ${tag}, but got ${JSON.stringify(packet)}`))
    })
  return {
    expect,
    send,
    sendBytes,
    cut: Effect.sync(() => {
      socket.destroy()
    }),
    closed: Effect.andThen(Queue.take(gone), Queue.clear(arrived)),
    socket
  }
}

const version4: Codec<Packet.Packet> = {
  push: (framer, chunk) => Framer.push(framer, chunk, Packet.decode),
  encodeAll: Packet.encodeAll
}

export interface ScriptedServer {
  readonly endpoint: Endpoint
  /** Waits for the next connection. */
  readonly accept: Effect.Effect<Guest>
  /** Waits for the next connection and accepts its CONNECT. */
  readonly welcome: (sessionPresent?: boolean) => Effect.Effect<Guest & { readonly connect: Connect }>
}

export const make: Effect.Effect<ScriptedServer, never, Scope.Scope> = Effect.gen(function*() {
  const guests = yield* Queue.unbounded<Guest>()
  const { endpoint } = yield* TcpServer.make((socket) => {
    Queue.offerUnsafe(guests, attend(socket, version4))
  })
  const accept = Queue.take(guests)
  const welcome = (sessionPresent = false) =>
    Effect.gen(function*() {
      const guest = yield* accept
      const connect = yield* guest.expect("Connect")
      yield* guest.send({ _tag: "Connack", sessionPresent, returnCode: 0 })
      return { ...guest, connect }
    })
  return { endpoint, accept, welcome }
})
