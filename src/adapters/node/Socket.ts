/**
 * The Socket port over node:net and node:tls; for an Endpoint with `webSocket`, see WebSocket.ts.
 *
 * Node reads into one buffer, always the same (`onread`): a new one of 64 kB for every few bytes would cost more than
 * everything else. What was read is copied, and waits in a short queue (Intake) for the puller. While much waits, the
 * socket is paused, so that a slow reader slows the Server down through TCP itself. It does not use effect/socket: that
 * is unstable in 4.1, closes by Scope where the port closes by hand, and copies waiting chunks.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as net from "node:net"
import * as tls from "node:tls"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError } from "../../ports/Socket.ts"
import * as Intake from "../shared/Intake.ts"
import * as Copier from "./Copier.ts"
import * as SocketFault from "./SocketFault.ts"
import * as TlsOptions from "./TlsOptions.ts"
import * as WebSocket from "./WebSocket.ts"

/** The size of one read. */
const readBytes = 64 * 1024

/** How long a closed socket may take to send its last bytes and to see the Server's end, in milliseconds. */
const lingerMillis = 5_000

/** Node gives each of a host's addresses 250 ms by default, less than one round trip over a slow radio link. */
const attemptMillis = 2_000

/** `received` gets bytes that are valid only until it returns, and says whether more may come. */
const open = (endpoint: Endpoint, received: (bytes: Uint8Array, length: number) => boolean): net.Socket => {
  const { port } = endpoint
  // A URL's form of an IPv6 address, which no look-up accepts.
  const host = endpoint.host.replace(/^\[(.*)\]$/, "$1")
  const onread = {
    buffer: new Uint8Array(readBytes),
    callback: (length: number, bytes: Uint8Array) => received(bytes, length)
  }
  const address = { host, port, autoSelectFamilyAttemptTimeout: attemptMillis, onread }
  if (endpoint.tls === undefined) return net.connect(address)
  return tls.connect({ ...address, ...TlsOptions.make(endpoint.tls, host) })
}

const connectStream = (endpoint: Endpoint, names: SocketFault.Names): Effect.Effect<Connection, SocketError> =>
  Effect.callback((resume) => {
    const server = `${endpoint.host}:${endpoint.port}`
    const translate = endpoint.tls === undefined ? SocketFault.translate : SocketFault.translateHandshake
    const refuse = (fault: Error) => resume(Effect.fail(translate(server, fault, names)))
    let socket: net.Socket
    const copy = Copier.make()
    const received = Intake.make(() => socket.resume())
    try {
      socket = open(endpoint, (bytes, length) => received.put(copy(bytes, length)))
    } catch (fault) {
      // A PEM text that cannot be read, a port that is not valid.
      return refuse(fault as Error)
    }
    socket.setNoDelay(true)
    socket.once("error", refuse)
    socket.once(endpoint.tls === undefined ? "connect" : "secureConnect", () => {
      const connection = attach(socket, server, received, names)
      socket.off("error", refuse)
      resume(Effect.succeed(connection))
    })
    return Effect.sync(() => {
      socket.destroy()
    })
  })

const closed = (server: string, what: string) => new SocketError({ reason: "Closed", message: `${server}: ${what}` })

/** Done when the kernel has the bytes: nobody needs them any more. */
const write = (socket: net.Socket, ended: Intake.Intake["ended"], bytes: Bytes): Effect.Effect<void, SocketError> =>
  Effect.callback((resume) => {
    const settle = () => {
      const failure = ended()
      resume(failure === undefined ? Effect.void : Effect.fail(failure))
    }
    if (ended() !== undefined) return settle()
    // After a fault "close" comes, and then it is known what has happened.
    socket.write(bytes, (fault) => fault == null || socket.closed ? settle() : socket.once("close", settle))
    // Usually it takes all at once; Node would say so later.
    if (socket.writableLength === 0) settle()
  })

/** Sends what was written, and waits for that no longer than `lingerMillis`. */
const end = (socket: net.Socket): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (socket.destroyed || socket.writableFinished) return resume(Effect.void)
    const settle = () => resume(Effect.void)
    socket.once("finish", settle)
    socket.once("close", settle)
    const linger = setTimeout(() => socket.destroy(), lingerMillis).unref()
    socket.once("close", () => clearTimeout(linger))
    socket.end()
    // What still comes is dropped, but must be read: if a kernel closes while bytes are unread, it resets the stream,
    // and the reset can overtake our last bytes on the way to the Server.
    socket.resume()
  })

const attach = (
  socket: net.Socket,
  server: string,
  { drop, ended, finish, pull }: Intake.Intake,
  names: SocketFault.Names
): Connection => {
  const isUnheard = () => socket.bytesRead === 0
  socket.on("end",
    () => finish(closed(server, "the Server closed the connection" + (isUnheard() ? SocketFault.unheard(names) : ""))))
  socket.on("error", (fault) => finish(SocketFault.translate(server, fault, names, isUnheard())))
  socket.on("close", () => finish(closed(server, "the connection is closed")))
  const close = Effect.suspend(() => {
    drop()
    finish(closed(server, "the connection was closed here"))
    return end(socket)
  })
  return { write: (bytes) => write(socket, ended, bytes), releasesBytes: true, pull, close }
}

const layerOf = (names: SocketFault.Names): Layer.Layer<Socket> =>
  Layer.succeed(Socket, {
    connect: (endpoint) =>
      endpoint.webSocket === undefined ? connectStream(endpoint, names)
        : WebSocket.connect(endpoint, endpoint.webSocket, names)
  })

/** TCP, TLS over it, and WebSocket over both. What a user is to correct has the names of the library's options. */
export const layer: Layer.Layer<Socket> = layerOf(SocketFault.programmed)

/** The same with the names of a configuration file's keys. */
export const configuredLayer: Layer.Layer<Socket> = layerOf(SocketFault.configured)
