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
import { type BoardSocket, platform } from "./platform.ts"

/** Bytes handed to the platform at once: two of its chunks. */
const pieceBytes = 1072

/** How long a Server may take to accept our last bytes, in milliseconds. */
const lingerMillis = 5_000

const nothing = () => {}

/** The bytes in a PEM text. `atob` leaves line ends out. */
const der = (pem: string | undefined) => pem && atob(pem.split("-----")[2] ?? "")

const open = ({ host, port, tls }: Endpoint, opened: () => void): BoardSocket =>
  tls
    ? platform.require("tls").connect({ host, port, ca: der(tls.ca), cert: der(tls.cert), key: der(tls.key) }, opened)
    : platform.require("net").connect({ host, port }, opened)

/**
 * Espruino says what happened in its words only; of a refused connection and of an unreachable host in the same ones.
 * Not by indexOf: Espruino's finds "tls" in "socket", whose end is the beginning of it.
 */
const reasonOf = (message: string): SocketErrorReason =>
  message.lastIndexOf("locate") >= 0 ? "NotFound"
  : message.lastIndexOf("internet") >= 0 ? "Unreachable"
  : message.lastIndexOf("tls") >= 0 ? "Tls"
  : "Refused"

const connect = (to: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.callback<Connection, SocketError>((resume) => {
    let waiting = Bytes.empty
    /** Why nothing more will come or go; the first reason counts. */
    let failure: SocketError | undefined
    /** What an error is, by now: before anything has come, it is the handshake's. */
    let broken: SocketErrorReason = to.tls ? "Tls" : "Closed"
    let isDrained = true
    /** Tells whoever waits that something has happened. */
    let notify = nothing

    const finish = (reason: SocketErrorReason, text: string) => {
      if (!failure) failure = new SocketError({ reason, message: to.host + ":" + to.port + " " + text })
      // Counts only while nobody has answered.
      resume(Effect.fail(failure))
      notify()
    }

    const event = Effect.callback<void>((resume) => {
      notify = () => resume(Effect.void)
    })

    // The wait carries no bytes itself: what an interrupted puller was woken for is still there.
    const pull: Connection["pull"] = Effect.gen(function*() {
      while (Bytes.length(waiting) === 0) {
        if (failure) return yield* Effect.fail(failure)
        yield* event
      }
      const chunk = waiting
      waiting = Bytes.empty
      return chunk
    })

    const write: Connection["write"] = (bytes) =>
      Effect.gen(function*() {
        const size = Bytes.length(bytes)
        for (let at = 0; at < size; at += pieceBytes) {
          while (!isDrained && !failure) yield* event
          if (failure) return yield* Effect.fail(failure)
          isDrained = size <= pieceBytes
          try {
            socket.write(Bytes.slice(bytes, at, Math.min(at + pieceBytes, size)))
          } catch {
            // It has closed, and its event is still to come.
            finish("Closed", "closed")
          }
        }
        if (failure) return yield* Effect.fail(failure)
      })

    const close = Effect.callback<void>((resume) => {
      const done = () => resume(Effect.void)
      if (failure) return done()
      finish("Closed", "closed here")
      notify = done
      // A Server that takes no bytes must not keep the board awake.
      setTimeout(done, lingerMillis)
      socket.end()
    })

    let socket: BoardSocket
    try {
      socket = open(to, () => resume(Effect.succeed({ pull, write, close })))
      socket.on("data", (bytes) => {
        if (failure) return
        broken = "Closed"
        waiting = Bytes.concat([waiting, bytes])
        notify()
      })
      socket.on("drain", () => {
        isDrained = true
        notify()
      })
      socket.on("error", (fault) => finish(broken, fault.message))
      socket.on("close", () => finish(broken, "closed"))
    } catch (thrown) {
      const message = (thrown as Error).message
      return finish(reasonOf(message), message)
    }
    return Effect.sync(() => socket.end())
  })

export const socket: Socket["Service"] = { connect }
