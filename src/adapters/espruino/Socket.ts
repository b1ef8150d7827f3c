/**
 * The Socket port over Espruino's `net` and `tls`.
 *
 * TLS HERE ENCRYPTS BUT DOES NOT AUTHENTICATE THE SERVER: Espruino accepts any certificate, even if there is a `ca`,
 * and sends no name of its own. An attacker between board and Server can read and answer. And `connect` succeeds before
 * the handshake is over: a handshake that fails shows in the first write or pull, with reason Tls. Espruino resolves
 * and connects in one blocking call, so no time-out reaches it; only the watchdog does. What arrives is kept until it
 * is pulled. A long write is sent in pieces, each after the one before, because otherwise it would be in memory twice.
 */
import * as Effect from "effect/Effect"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, type Socket, SocketError, type SocketErrorReason } from "../../ports/Socket.ts"
import { reasonOf } from "./faults.ts"
import { type BoardSocket, platform } from "./platform/platform.ts"
import { openTls } from "./tls.ts"

/** How many bytes are given to the platform at once: two of its chunks. */
const pieceBytes = 1072

/** How long a Server may take to accept the last bytes, in milliseconds. */
const lingerMillis = 5_000

const open = (to: Endpoint, opened: () => void): BoardSocket =>
  to.tls ? openTls(to, to.tls, opened) : platform.require("net").connect({ host: to.host, port: to.port }, opened)

/** An open connection, as long as it lasts. */
interface Link {
  readonly to: Endpoint
  socket: BoardSocket | undefined
  /** What has arrived and was not pulled yet. */
  got: Bytes.Bytes | undefined
  /** Why nothing more will come or go; the first reason counts. */
  end: string | undefined
  /** What an error means: before anything has come, it is an error of the handshake. */
  reason: SocketErrorReason
  /**
   * Something long was written and has not been sent yet; undefined: nothing long was written, so nobody waits for it.
   */
  isFull: boolean | undefined
  /** Wakes whoever waits, because something has happened. */
  notify: () => void
}

const failed = ({ end, reason, to }: Link): Effect.Effect<never, SocketError> =>
  Effect.fail(new SocketError({ reason, message: to.host + ":" + to.port + " " + end }))

const finish = (link: Link, reason: SocketErrorReason, text: string) => {
  if (link.end === undefined) {
    link.reason = reason
    link.end = text
  }
  link.notify()
}

/** The bytes are taken when the puller continues: if it is interrupted after it was woken, the bytes stay. */
const pull = (link: Link): Connection["pull"] =>
  Effect.callback<Bytes.Bytes, SocketError>((resume) => {
    link.notify = () => {
      if (link.got !== undefined) resume(Effect.sync(() => taken(link)))
      else if (link.end !== undefined) resume(failed(link))
    }
    link.notify()
  })

const taken = (link: Link): Bytes.Bytes => {
  const chunk = link.got as Bytes.Bytes
  link.got = undefined
  return chunk
}

const put = (link: Link, bytes: Bytes.Bytes) => {
  try {
    if (link.end === undefined) (link.socket as BoardSocket).write(bytes)
  } catch {
    // It has closed, and its event is still to come.
    finish(link, "Closed", "closed")
  }
}

const drained = (link: Link) =>
  Effect.callback<void>((resume) => {
    link.notify = () => resume(Effect.void)
  })

const listenForDrain = (link: Link) =>
  (link.socket as BoardSocket).on("drain", () => {
    if (!link.isFull) return
    link.isFull = false
    link.notify()
  })

const writeLong = (link: Link, bytes: Bytes.Bytes) =>
  Effect.gen(function*() {
    if (link.isFull === undefined) listenForDrain(link)
    for (let at = 0; at < Bytes.length(bytes); at += pieceBytes) {
      while (link.isFull && link.end === undefined) yield* drained(link)
      link.isFull = true
      put(link, Bytes.slice(bytes, at, at + pieceBytes))
    }
    if (link.end !== undefined) return yield* failed(link)
  })

const write = (link: Link, bytes: Bytes.Bytes): Effect.Effect<void, SocketError> =>
  Effect.gen(function*() {
    if (link.isFull || Bytes.length(bytes) > pieceBytes) return yield* writeLong(link, bytes)
    put(link, bytes)
    if (link.end !== undefined) return yield* failed(link)
  })

const close = (link: Link): Connection["close"] =>
  Effect.callback<void>((resume) => {
    const done = () => resume(Effect.void)
    if (link.end !== undefined) return done()
    finish(link, "Closed", "closed here")
    // It waits for the end only, and not for what comes before.
    link.isFull = false
    link.notify = done
    // A Server that takes no bytes must not keep the board awake.
    setTimeout(done, lingerMillis)
    ;(link.socket as BoardSocket).end()
  })

const listen = (link: Link, socket: BoardSocket) => {
  link.socket = socket
  socket.on("data", (bytes) => {
    if (link.end !== undefined) return
    link.reason = "Closed"
    link.got = link.got === undefined ? bytes : Bytes.concat([link.got, bytes])
    // The platform's callback already uses much of the C stack. After a timer the stack is empty. By then another
    // effect may be waiting.
    setTimeout(link.notify, 0)
  })
  const ended = (fault?: { readonly message?: string }) => finish(link, link.reason, fault?.message || "closed")
  socket.on("error", ended)
  socket.on("close", ended)
}

const dial = (to: Endpoint, resume: (effect: Effect.Effect<Connection, SocketError>) => void) => {
  const link: Link = {
    to,
    socket: undefined,
    got: undefined,
    end: undefined,
    reason: to.tls ? "Tls" : "Closed",
    isFull: undefined,
    // Without a fault it must not make one: the platform would keep it as long as the connection.
    notify: () => link.end && resume(failed(link))
  }
  const connection = Effect.succeed<Connection>({
    pull: pull(link),
    write: (bytes) => write(link, bytes),
    close: close(link)
  })
  try {
    // From then on `resume` is not called any more, and nobody is woken until somebody waits again.
    listen(link, open(to, () => resume(connection)))
  } catch (thrown) {
    const { message } = thrown as Error
    return finish(link, reasonOf(message), message)
  }
  return Effect.sync(() => (link.socket as BoardSocket).end())
}

/** The code that connects is not part of the callback: the text of a closure is read each time it is made. */
const connect = (to: Endpoint): Effect.Effect<Connection, SocketError> => Effect.callback((resume) => dial(to, resume))

export const socket: Socket["Service"] = { connect }
