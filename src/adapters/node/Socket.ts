/**
 * The Socket port over node:net and node:tls.
 *
 * Node's socket flows into a short queue of its own chunks, which the puller takes as they are. While more than
 * `highWaterBytes` wait the socket is paused, so that a slow reader slows the Server down through TCP itself.
 * Not over effect/socket: that is unstable in 4.1, lives by Scope where the port closes by hand, and copies waiting chunks.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as net from "node:net"
import * as tls from "node:tls"
import type { Bytes } from "../../domain/packet/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError } from "../../ports/Socket.ts"
import * as SocketFault from "./SocketFault.ts"

/** Received bytes that may wait for a puller before the socket is paused. */
const highWaterBytes = 64 * 1024

/** How long a closed socket may take to send its last bytes and to see the Server's end, in milliseconds. */
const lingerMillis = 5_000

/** Node gives each of a host's addresses 250 ms by default, less than one round trip over a slow radio link. */
const attemptMillis = 2_000

const open = (endpoint: Endpoint): net.Socket => {
  const { host, port } = endpoint
  const address = { host, port, autoSelectFamilyAttemptTimeout: attemptMillis }
  if (endpoint.tls === undefined) return net.connect(address)
  const name = endpoint.tls.serverName ?? host
  return tls.connect({
    ...address,
    ca: endpoint.tls.ca,
    cert: endpoint.tls.cert,
    key: endpoint.tls.key,
    // RFC 6066 allows no IP address as the name asked for (SNI); the certificate is held against it all the same.
    servername: net.isIP(name) === 0 ? name : "",
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
    // Said aloud, because an environment variable can change Node's default.
    rejectUnauthorized: true
  })
}

const connect = (endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.callback((resume) => {
    const server = `${endpoint.host}:${endpoint.port}`
    const refuse = (fault: Error) => resume(Effect.fail(SocketFault.translate(server, fault)))
    let socket: net.Socket
    try {
      socket = open(endpoint)
    } catch (fault) {
      // PEM text that cannot be read, a port that is none.
      return refuse(fault as Error)
    }
    socket.setNoDelay(true)
    socket.once("error", refuse)
    socket.once(endpoint.tls === undefined ? "connect" : "secureConnect", () => {
      const connection = attach(socket, server)
      socket.off("error", refuse)
      resume(Effect.succeed(connection))
    })
    return Effect.sync(() => {
      socket.destroy()
    })
  })

const closed = (server: string, what: string) => new SocketError({ reason: "Closed", message: `${server}: ${what}` })

/** What has arrived at a socket and why no more will come. */
interface Intake {
  readonly pull: Effect.Effect<Bytes, SocketError>
  /** No more will come after what waits. The first reason counts. */
  readonly finish: (reason: SocketError) => void
  /** That reason; undefined while more may come. */
  readonly ended: () => SocketError | undefined
  /** Drops what comes from now on. */
  readonly drop: () => void
}

const intake = (socket: net.Socket): Intake => {
  const waiting: Array<Uint8Array> = []
  let waitingBytes = 0
  let failure: SocketError | undefined
  let wakePuller: (() => void) | undefined
  let dropping = false

  const wake = () => {
    const puller = wakePuller
    wakePuller = undefined
    puller?.()
  }
  const finish = (reason: SocketError) => {
    failure ??= reason
    wake()
  }
  const drop = () => {
    dropping = true
  }
  socket.on("data", (chunk: Buffer) => {
    if (dropping) return
    waiting.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length))
    waitingBytes += chunk.length
    if (waitingBytes > highWaterBytes) socket.pause()
    wake()
  })

  const take = (): Effect.Effect<Bytes, SocketError> => {
    const chunk = waiting.shift()
    if (chunk === undefined) return failure === undefined ? pull : Effect.fail(failure)
    waitingBytes -= chunk.length
    if (socket.isPaused() && waitingBytes <= highWaterBytes) socket.resume()
    return Effect.succeed(chunk)
  }
  /** Carries no bytes itself: what an interrupted puller was woken for still waits in the queue. */
  const arrival = Effect.callback<void>((resume) => {
    wakePuller = () => resume(Effect.void)
    return Effect.sync(() => {
      wakePuller = undefined
    })
  })
  const pull: Effect.Effect<Bytes, SocketError> = Effect.suspend(() =>
    waiting.length > 0 || failure !== undefined ? take() : Effect.flatMap(arrival, take)
  )
  return { pull, finish, ended: () => failure, drop }
}

const write = (socket: net.Socket, ended: Intake["ended"], bytes: Bytes): Effect.Effect<void, SocketError> =>
  Effect.callback((resume) => {
    const outcome = () => {
      const failure = ended()
      return failure === undefined ? Effect.void : Effect.fail(failure)
    }
    if (ended() !== undefined || socket.write(bytes)) return resume(outcome())
    const settle = () => {
      forget()
      resume(outcome())
    }
    const forget = () => {
      socket.off("drain", settle)
      socket.off("close", settle)
    }
    socket.on("drain", settle)
    socket.on("close", settle)
    return Effect.sync(forget)
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
    // What still comes is dropped, but must be read: a kernel that closes over unread bytes resets the stream, and the
    // reset can overtake our last bytes at the Server.
    socket.resume()
  })

const attach = (socket: net.Socket, server: string): Connection => {
  const { drop, ended, finish, pull } = intake(socket)
  socket.on("end", () => finish(closed(server, "the Server closed the connection")))
  socket.on("error", (fault) => finish(SocketFault.translate(server, fault)))
  socket.on("close", () => finish(closed(server, "the connection is closed")))
  const close = Effect.suspend(() => {
    drop()
    finish(closed(server, "the connection was closed here"))
    return end(socket)
  })
  return { write: (bytes) => write(socket, ended, bytes), pull, close }
}

export const layer: Layer.Layer<Socket> = Layer.succeed(Socket, { connect })
