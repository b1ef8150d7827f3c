/**
 * WebSocket over real sockets for tests, with the package `ws`: a Server for the suite of the Socket port, and what
 * puts any MQTT Server behind a path.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as http from "node:http"
import * as https from "node:https"
import type * as net from "node:net"
import type { Duplex } from "node:stream"
import type { TlsOptions } from "node:tls"
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws"
import type { Endpoint } from "../../src/ports/Socket.ts"
import type { Listener, Peer } from "../ports/SocketSuite.ts"

export interface Options {
  readonly tls?: TlsOptions | undefined
  /** What is answered to a handshake in the place of a WebSocket. */
  readonly refuse?: ((request: http.IncomingMessage, socket: Duplex) => boolean) | undefined
  /** False: opens a WebSocket without a subprotocol. */
  readonly speaksMqtt?: boolean | undefined
}

export interface Server {
  readonly endpoint: Endpoint
  /** The requests so far. */
  readonly requests: ReadonlyArray<http.IncomingMessage>
}

const start = async (onSocket: (socket: WebSocket) => void, options: Options) => {
  const server = options.tls === undefined ? http.createServer() : https.createServer(options.tls)
  const sockets = new Set<net.Socket>()
  const requests: Array<http.IncomingMessage> = []
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
  })
  const handleProtocols = (offered: Set<string>) => options.speaksMqtt !== false && offered.has("mqtt") && "mqtt"
  const sessions = new WebSocketServer({ noServer: true, handleProtocols, perMessageDeflate: false })
  server.on("upgrade", (request, socket, head) => {
    requests.push(request)
    if (options.refuse?.(request, socket) === true) return
    sessions.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("error", () => {})
      onSocket(webSocket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: (server.address() as net.AddressInfo).port, requests, stop }
}

/** Calls `onSocket` with each WebSocket; the endpoint's path is /mqtt. */
export const make = (
  onSocket: (socket: WebSocket) => void,
  options: Options = {}
): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.promise(() => start(onSocket, options)), ({ stop }) => Effect.promise(stop)).pipe(
    Effect.map(({ port, requests }) => ({
      requests,
      endpoint: { host: "127.0.0.1", port, webSocket: { path: "/mqtt" } }
    }))
  )

/** Gives an MQTT Server the streams of WebSockets. */
export const before = (
  handle: (stream: Duplex) => void,
  options: Options = {}
): Effect.Effect<Server, never, Scope.Scope> =>
  make((socket) => {
    const stream = createWebSocketStream(socket)
    stream.on("error", () => {})
    handle(stream)
  }, options)

/** Waits until `ready` gives something, asking anew at each event of the socket. */
const when = <A>(socket: WebSocket, ready: () => A | undefined): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const look = () => {
      const found = ready()
      if (found === undefined) return
      for (const event of ["message", "close"]) socket.off(event, look)
      resume(Effect.succeed(found))
    }
    for (const event of ["message", "close"]) socket.on(event, look)
    look()
  })

const peer = (socket: WebSocket): Peer => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  let isOver = false
  socket.on("message", (data: Buffer) => {
    chunks.push(new Uint8Array(data))
    size += data.length
  })
  socket.on("close", () => {
    isOver = true
  })
  const take = (length: number): Uint8Array => {
    const all = new Uint8Array(Buffer.concat(chunks.splice(0)))
    size = all.length - length
    if (size > 0) chunks.push(all.subarray(length))
    return all.subarray(0, length)
  }
  return {
    receive: (length) => when(socket, () => size >= length ? take(length) : undefined),
    send: (bytes) =>
      Effect.callback((resume) => {
        socket.send(bytes, () => resume(Effect.void))
      }),
    end: Effect.sync(() => socket.close()),
    ended: when(socket, () => isOver ? take(size) : undefined)
  }
}

export interface PeerListener extends Listener {
  /** As `accept`, with the Server's WebSocket. */
  readonly acceptSocket: Effect.Effect<{ readonly peer: Peer; readonly socket: WebSocket }>
  readonly requests: ReadonlyArray<http.IncomingMessage>
}

/** For the suite of the Socket port. */
export const listen = (options: Options = {}): Effect.Effect<PeerListener, never, Scope.Scope> =>
  Effect.gen(function*() {
    const arrived = yield* Queue.unbounded<{ readonly peer: Peer; readonly socket: WebSocket }>()
    const server = yield* make((socket) => {
      Queue.offerUnsafe(arrived, { peer: peer(socket), socket })
    }, options)
    const acceptSocket = Queue.take(arrived)
    return { ...server, acceptSocket, accept: Effect.map(acceptSocket, ({ peer }) => peer) }
  })
