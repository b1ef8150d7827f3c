/** A TCP or TLS Server that does what a test tells it, one connection at a time, for the suite of the Socket port. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type * as net from "node:net"
import type { TlsOptions } from "node:tls"
import type { Listener, Peer } from "../ports/SocketSuite.ts"
import * as TcpServer from "./tcpServer.ts"

/** Waits until `ready` gives something, asking anew at each of the socket's events. */
const when = <A>(socket: net.Socket, ready: () => A | undefined): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const look = () => {
      const found = ready()
      if (found === undefined) return
      for (const event of ["readable", "end", "close"]) socket.off(event, look)
      resume(Effect.succeed(found))
    }
    for (const event of ["readable", "end", "close"]) socket.on(event, look)
    look()
  })

const make = (socket: net.Socket): Peer => {
  /** Node gives all that is there, which may be less than a large `length`. */
  const chunks: Array<Uint8Array> = []
  let size = 0
  const read = () => {
    for (let chunk: Buffer | null; (chunk = socket.read() as Buffer | null) !== null;) {
      chunks.push(new Uint8Array(chunk))
      size += chunk.length
    }
  }
  const take = (length: number): Uint8Array => {
    const all = new Uint8Array(Buffer.concat(chunks.splice(0)))
    size = all.length - length
    if (size > 0) chunks.push(all.subarray(length))
    return all.subarray(0, length)
  }
  return {
    receive: (length) =>
      when(socket, () => {
        read()
        return size >= length ? take(length) : undefined
      }),
    send: (bytes) =>
      Effect.callback((resume) => {
        socket.write(bytes, () => resume(Effect.void))
      }),
    end: Effect.callback((resume) => {
      socket.end(() => resume(Effect.void))
    }),
    ended: when(socket, () => {
      read()
      return socket.readableEnded || socket.destroyed ? take(size) : undefined
    })
  }
}

export interface RealListener extends Listener {
  /** As `accept`, with the Server's own socket: read nothing from it while the Peer is used. */
  readonly acceptSocket: Effect.Effect<{ readonly peer: Peer; readonly socket: net.Socket }>
}

export const listen = (tls?: TlsOptions): Effect.Effect<RealListener, never, Scope.Scope> =>
  Effect.gen(function*() {
    const arrived = yield* Queue.unbounded<{ readonly peer: Peer; readonly socket: net.Socket }>()
    const server = yield* TcpServer.make((socket) => {
      Queue.offerUnsafe(arrived, { peer: make(socket), socket })
    }, { tls })
    const acceptSocket = Queue.take(arrived)
    return { endpoint: server.endpoint, acceptSocket, accept: Effect.map(acceptSocket, ({ peer }) => peer) }
  })
