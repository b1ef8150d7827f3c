/**
 * The Socket port over node:net and node:tls.
 *
 * Node reads into one buffer, always the same (`onread`): a new one of 64 kB for every few bytes would cost more than
 * everything else. What was read is copied, and waits in a short queue for the puller. While more than `highWaterBytes`
 * wait, the socket is paused, so that a slow reader slows the Server down through TCP itself. It does not use
 * effect/socket: that is unstable in 4.1, closes by Scope where the port closes by hand, and copies waiting chunks.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as net from "node:net"
import * as tls from "node:tls"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError } from "../../ports/Socket.ts"
import * as SocketFault from "./SocketFault.ts"

/** The size of one read. */
const readBytes = 64 * 1024

/** Memory for small reads: as long as one of its bytes is kept, all of it is kept. */
const slabBytes = 8 * 1024

/** Received bytes that may wait for a puller before the socket is paused. */
const highWaterBytes = 64 * 1024

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
  const name = endpoint.tls.serverName ?? host
  return tls.connect({
    ...address,
    ca: endpoint.tls.ca,
    cert: endpoint.tls.cert,
    key: endpoint.tls.key,
    // RFC 6066 allows no IP address as the requested name (SNI); the certificate is still checked against it.
    servername: net.isIP(name) === 0 ? name : "",
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
    // Set explicitly, because an environment variable can change Node's default.
    rejectUnauthorized: true
  })
}

const connect = (endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.callback((resume) => {
    const server = `${endpoint.host}:${endpoint.port}`
    const translate = endpoint.tls === undefined ? SocketFault.translate : SocketFault.translateHandshake
    const refuse = (fault: Error) => resume(Effect.fail(translate(server, fault)))
    let socket: net.Socket
    const received = intake(() => socket.resume())
    try {
      socket = open(endpoint, received.put)
    } catch (fault) {
      // A PEM text that cannot be read, a port that is not valid.
      return refuse(fault as Error)
    }
    socket.setNoDelay(true)
    socket.once("error", refuse)
    socket.once(endpoint.tls === undefined ? "connect" : "secureConnect", () => {
      const connection = attach(socket, server, received)
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
  /** Takes a copy of the first `length` bytes. False: no more until `resume` is called. */
  readonly put: (bytes: Uint8Array, length: number) => boolean
  readonly pull: Effect.Effect<Bytes, SocketError>
  /** No more will come after what waits. The first reason counts. */
  readonly finish: (reason: SocketError) => void
  /** That reason; undefined while more may come. */
  readonly ended: () => SocketError | undefined
  /** Drops what comes from now on. */
  readonly drop: () => void
}

/** Small reads are copied one after another: memory of its own for a few bytes costs more than copying them. */
const copier = () => {
  let slab = new Uint8Array(slabBytes)
  let used = 0
  return (bytes: Uint8Array, length: number): Uint8Array => {
    if (length > slabBytes / 4) return bytes.slice(0, length)
    if (used + length > slabBytes) {
      slab = new Uint8Array(slabBytes)
      used = 0
    }
    const copy = slab.subarray(used, used + length)
    used += length
    copy.set(length === bytes.length ? bytes : bytes.subarray(0, length))
    return copy
  }
}

const intake = (resume: () => void): Intake => {
  const copy = copier()
  const waiting: Array<Uint8Array> = []
  let waitingBytes = 0
  let isPaused = false
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
  const put = (bytes: Uint8Array, length: number) => {
    if (dropping) return true
    waiting.push(copy(bytes, length))
    waitingBytes += length
    isPaused = waitingBytes > highWaterBytes
    wake()
    return !isPaused
  }

  const take = (): Effect.Effect<Bytes, SocketError> => {
    const chunk = waiting.shift()
    if (chunk === undefined) return failure === undefined ? pull : Effect.fail(failure)
    waitingBytes -= chunk.length
    if (isPaused && waitingBytes <= highWaterBytes) {
      isPaused = false
      resume()
    }
    return Effect.succeed(chunk)
  }
  /** It carries no bytes itself: if an interrupted puller was woken for bytes, they are still in the queue. */
  const arrival = Effect.callback<void>((resume) => {
    wakePuller = () => resume(Effect.void)
    return Effect.sync(() => {
      wakePuller = undefined
    })
  })
  const pull: Effect.Effect<Bytes, SocketError> = Effect.suspend(() =>
    waiting.length > 0 || failure !== undefined ? take() : Effect.flatMap(arrival, take)
  )
  return { put, pull, finish, ended: () => failure, drop }
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
    // What still comes is dropped, but must be read: if a kernel closes while bytes are unread, it resets the stream,
    // and the reset can overtake our last bytes on the way to the Server.
    socket.resume()
  })

const attach = (socket: net.Socket, server: string, { drop, ended, finish, pull }: Intake): Connection => {
  const isUnheard = () => socket.bytesRead === 0
  socket.on("end",
    () => finish(closed(server, "the Server closed the connection" + (isUnheard() ? SocketFault.unheard : ""))))
  socket.on("error", (fault) => finish(SocketFault.translate(server, fault, isUnheard())))
  socket.on("close", () => finish(closed(server, "the connection is closed")))
  const close = Effect.suspend(() => {
    drop()
    finish(closed(server, "the connection was closed here"))
    return end(socket)
  })
  return { write: (bytes) => write(socket, ended, bytes), pull, close }
}

export const layer: Layer.Layer<Socket> = Layer.succeed(Socket, { connect })
