/**
 * The Socket port over Espruino's `net` and `tls`.
 *
 * TLS HERE ENCRYPTS BUT DOES NOT AUTHENTICATE THE SERVER: Espruino takes any certificate, also beside a `ca`, and sends no
 * name of its own. Who can put himself between board and Server can read and answer. And `connect` succeeds before the
 * handshake is over: one that fails shows in the first write or pull, with reason Tls. Espruino resolves and connects in one blocking call, so no time-out reaches it; the watchdog does. What arrives is kept
 * until it is pulled; a long write goes out in pieces, each when the one before has gone, or it would be in memory twice.
 */
import * as Effect from "effect/Effect"
import * as Bytes from "../../domain/packet/Bytes.ts"
import { type Connection, type Endpoint, type Socket, SocketError, type SocketErrorReason } from "../../ports/Socket.ts"
import { reasonOf } from "./faults.ts"
import { type BoardSocket, platform } from "./platform.ts"
import { openTls } from "./tls.ts"

/** Bytes handed to the platform at once: two of its chunks. */
const pieceBytes = 1072

/** How long a Server may take to accept our last bytes, in milliseconds. */
const lingerMillis = 5_000

const open = (to: Endpoint, opened: () => void): BoardSocket =>
  to.tls ? openTls(to, to.tls, opened) : platform.require("net").connect({ host: to.host, port: to.port }, opened)

/** An open connection, as long as it lasts. */
interface Link {
  readonly to: Endpoint
  socket: BoardSocket | undefined
  /** What has arrived and was not pulled. */
  got: Bytes.Bytes
  /** Why nothing more will come or go; the first reason counts. */
  failure: SocketError | undefined
  /** What an error is, by now: before anything has come, it is the handshake's. */
  broken: SocketErrorReason
  /** Something long was written and has not gone yet; undefined: nothing long was written so far. */
  isFull: boolean | undefined
  /** Tells whoever waits that something has happened. */
  notify: () => void
}

const finish = (link: Link, reason: SocketErrorReason, text: string) => {
  if (!link.failure) link.failure = new SocketError({ reason, message: link.to.host + ":" + link.to.port + " " + text })
  link.notify()
}

const event = (link: Link) =>
  Effect.callback<void>((resume) => {
    link.notify = () => resume(Effect.void)
  })

/** The wait carries no bytes itself: what an interrupted puller was woken for is still there. */
const pull = (link: Link): Connection["pull"] =>
  Effect.gen(function*() {
    while (Bytes.length(link.got) === 0) {
      if (link.failure) return yield* Effect.fail(link.failure)
      yield* event(link)
    }
    const chunk = link.got
    link.got = Bytes.empty
    return chunk
  })

const put = (link: Link, bytes: Bytes.Bytes) => {
  try {
    if (!link.failure) (link.socket as BoardSocket).write(bytes)
  } catch {
    // It has closed, and its event is still to come.
    finish(link, "Closed", "closed")
  }
}

const drained = (link: Link) => {
  if (!link.isFull) return
  link.isFull = false
  link.notify()
}

const write = (link: Link, bytes: Bytes.Bytes): Effect.Effect<void, SocketError> =>
  Effect.gen(function*() {
    let at = 0
    while (!link.failure && (link.isFull || Bytes.length(bytes) - at > pieceBytes)) {
      if (link.isFull) yield* event(link)
      else {
        if (link.isFull === undefined) (link.socket as BoardSocket).on("drain", () => drained(link))
        link.isFull = true
        put(link, Bytes.slice(bytes, at, at + pieceBytes))
        at += pieceBytes
      }
    }
    put(link, at === 0 ? bytes : Bytes.slice(bytes, at, Bytes.length(bytes)))
    if (link.failure) return yield* Effect.fail(link.failure)
  })

const close = (link: Link): Connection["close"] =>
  Effect.callback<void>((resume) => {
    const done = () => resume(Effect.void)
    if (link.failure) return done()
    finish(link, "Closed", "closed here")
    // The end is waited for, and not what goes before it.
    link.isFull = false
    link.notify = done
    // A Server that takes no bytes must not keep the board awake.
    setTimeout(done, lingerMillis)
    ;(link.socket as BoardSocket).end()
  })

const listen = (link: Link, socket: BoardSocket) => {
  const ended = (fault?: { readonly message?: string }) => finish(link, link.broken, fault?.message || "closed")
  link.socket = socket
  socket.on("data", (bytes) => {
    if (link.failure) return
    link.broken = "Closed"
    link.got = Bytes.concat([link.got, bytes])
    link.notify()
  })
  socket.on("error", ended)
  socket.on("close", ended)
}

const begin = (to: Endpoint, resume: (connection: Effect.Effect<Connection, SocketError>) => void) => {
  const link: Link = {
    to,
    socket: undefined,
    got: Bytes.empty,
    failure: undefined,
    broken: to.tls ? "Tls" : "Closed",
    isFull: undefined,
    notify: () => resume(Effect.fail(link.failure as SocketError))
  }
  try {
    listen(link, open(to, () =>
      resume(Effect.succeed({ pull: pull(link), write: (bytes) => write(link, bytes), close: close(link) }))
    ))
  } catch (thrown) {
    const { message } = thrown as Error
    return finish(link, reasonOf(message), message)
  }
  return Effect.sync(() => (link.socket as BoardSocket).end())
}

const connect = (to: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.callback<Connection, SocketError>((resume) => begin(to, resume))

export const socket: Socket["Service"] = { connect }
