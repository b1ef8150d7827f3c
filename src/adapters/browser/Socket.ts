/**
 * The Socket port over the platform's own WebSocket: browsers, and what else has one (Deno, Bun, Node 22).
 *
 * It can do less than Node's adapter, because that WebSocket can: no headers, no certificates, no word on why a
 * connection failed, and no way to make the Server wait. So what nobody pulls is bounded here: beyond
 * `maximumWaitingBytes` the connection ends.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError } from "../../ports/Socket.ts"
import * as Intake from "../shared/Intake.ts"
import * as WebSocketConnection from "../shared/WebSocketConnection.ts"
import * as WebSocketFault from "../shared/WebSocketFault.ts"

/** What of the standard's WebSocket is used. */
interface PlatformSocket {
  binaryType: string
  readonly bufferedAmount: number
  readonly send: (bytes: Bytes) => void
  readonly close: (code?: number) => void
  readonly addEventListener: (
    type: "open" | "message" | "error" | "close",
    listener: (event: PlatformEvent) => void
  ) => void
}

/** What its events have: of "message", "error" and "close". */
interface PlatformEvent {
  readonly data?: unknown
  readonly message?: unknown
  readonly code?: number
  readonly reason?: string
}

type MakeSocket = new(url: string, protocols: Array<string>) => PlatformSocket

/** Received bytes that may wait for a puller. */
export const maximumWaitingBytes = 64 * 1024 * 1024

/** Bytes that may wait to be sent before a write waits. Much, because it is only looked at now and then. */
const highWaterBytes = 256 * 1024

/** How often, in milliseconds: there is no event. */
const lookMillis = 5

const failure = (reason: "Unreachable" | "Closed" | "Unknown" | "Handshake", message: string) =>
  new SocketError({ reason, message })

/** A page that came over TLS may not open what does not use it. */
const isMixed = (endpoint: Endpoint): boolean => {
  const page = (globalThis as { readonly location?: { readonly protocol?: string } }).location?.protocol
  const isLocal = endpoint.host === "localhost" || endpoint.host === "127.0.0.1"
  return page === "https:" && endpoint.tls === undefined && !isLocal
}

const unreachable = (endpoint: Endpoint, said: unknown): SocketError => {
  const causes = [
    "nobody may listen there, its certificate may not be trusted (open the same address with https:// to see)",
    "the path may be wrong (/mqtt is usual), or it is no WebSocket's port"
  ]
  if (isMixed(endpoint)) causes.unshift("this page came by https, and then a browser opens wss:// only")
  const words = typeof said === "string" && said !== "" ? ` (${said})` : ""
  return failure("Unreachable",
    `${WebSocketFault.nameOf(endpoint)}: no WebSocket was opened, and the platform does not say why: ${
      causes.join("; ")
    }${words}`)
}

const attach = (socket: PlatformSocket, name: string, intake: Intake.Intake): Connection => {
  const whenSent = (taken: () => void): void => {
    if (socket.bufferedAmount <= highWaterBytes) taken()
    else setTimeout(() => whenSent(taken), lookMillis)
  }
  const { closed, connection } = WebSocketConnection.attach(
    {
      send: (bytes, taken) => {
        socket.send(bytes)
        whenSent(taken)
      },
      close: () => socket.close(1000),
      // There is no other way: the platform gives up by itself.
      destroy: () => socket.close(),
      unsent: () => socket.bufferedAmount
    },
    name,
    intake
  )
  socket.addEventListener("close", ({ code = 1006, reason = "" }) => closed(WebSocketFault.closed(name, code, reason)))
  socket.addEventListener("message", ({ data }) => {
    if (!(data instanceof ArrayBuffer)) {
      intake.finish(failure("Closed", `${name}: the Server has sent a text, which MQTT forbids (MQTT-6.0.0-1)`))
      return socket.close()
    }
    if (data.byteLength > 0) intake.put(new Uint8Array(data))
    if (intake.waiting() <= maximumWaitingBytes) return
    const waiting = `${maximumWaitingBytes / 1024 / 1024} MiB have arrived that nobody has taken`
    intake.finish(failure("Closed", `${name}: ${waiting}, and a browser cannot make the Server wait`))
    socket.close()
  })
  return connection
}

const dial = (make: MakeSocket, endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.callback((resume) => {
    const name = WebSocketFault.nameOf(endpoint)
    let socket: PlatformSocket
    try {
      socket = new make(WebSocketFault.urlOf(endpoint), [WebSocketConnection.subprotocol])
    } catch (fault) {
      // A browser refuses an insecure WebSocket of a secure page at once.
      return resume(Effect.fail(isMixed(endpoint) ? unreachable(endpoint, (fault as Error).message)
        : failure("Unknown", `${name}: ${(fault as Error).message}`)))
    }
    socket.binaryType = "arraybuffer"
    // Nothing can be made to wait.
    const intake = Intake.make(() => {})
    let said: unknown
    socket.addEventListener("error", ({ message }) => {
      said = message
    })
    socket.addEventListener("close", () => resume(Effect.fail(unreachable(endpoint, said))))
    socket.addEventListener("open", () => resume(Effect.succeed(attach(socket, name, intake))))
    return Effect.sync(() => socket.close())
  })

const impossible = (endpoint: Endpoint): string | undefined => {
  const { headers = {} } = endpoint.webSocket ?? {}
  if (endpoint.webSocket === undefined) return "only WebSocket is possible here: use ws:// or wss://"
  if (Object.keys(headers).length > 0) {
    return "the platform's WebSocket sends no headers: put a token into the query, or into the password"
  }
  return Object.values(endpoint.tls ?? {}).every((value) => value === undefined) ? undefined
    : "the platform decides whom it trusts and what it shows: leave the options of tls out"
}

/** With this class as its WebSocket. */
export const layerOf = (make: MakeSocket): Layer.Layer<Socket> =>
  Layer.succeed(Socket, {
    connect: (endpoint) => {
      const fault = impossible(endpoint)
      return fault === undefined ? dial(make, endpoint)
        : Effect.fail(failure("Unknown", `${endpoint.host}:${endpoint.port}: ${fault}`))
    }
  })

/** WebSocket only. Asks for the platform's WebSocket when a connection is made. */
export const layer: Layer.Layer<Socket> = Layer.succeed(Socket, {
  connect: (endpoint) =>
    Effect.suspend(() => {
      const { WebSocket } = globalThis as { readonly WebSocket?: MakeSocket }
      return WebSocket === undefined
        ? Effect.fail(failure("Unknown", "this platform has no WebSocket of its own"))
        : Effect.flatMap(Socket, (socket) => socket.connect(endpoint)).pipe(Effect.provide(layerOf(WebSocket)))
    })
})
