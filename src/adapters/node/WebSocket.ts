/**
 * The Socket port over WebSocket on Node.
 *
 * With the package `ws`, always: Node 20 has no WebSocket, and that of Node 22 tells no HTTP status, sends no headers,
 * takes no certificates, and cannot make the Server wait. It is loaded with the first such connection.
 */
import * as Effect from "effect/Effect"
import type { WebSocket } from "ws"
import { type Connection, type Endpoint, SocketError, type WebSocketOptions } from "../../ports/Socket.ts"
import * as Intake from "../shared/Intake.ts"
import * as WebSocketConnection from "../shared/WebSocketConnection.ts"
import * as WebSocketFault from "../shared/WebSocketFault.ts"
import * as Copier from "./Copier.ts"
import * as SocketFault from "./SocketFault.ts"
import * as TlsOptions from "./TlsOptions.ts"

/** Bytes that may wait to be sent before a write waits: what a stream of Node takes. */
const highWaterBytes = 16 * 1024

/** One message of WebSocket is kept whole until it is complete; MQTT's may be in many of them. */
const maximumMessageBytes = 64 * 1024 * 1024

type Ws = typeof import("ws")

const open = ({ WebSocket }: Ws, endpoint: Endpoint, { headers = {} }: WebSocketOptions): WebSocket =>
  new WebSocket(WebSocketFault.urlOf(endpoint), [WebSocketConnection.subprotocol], {
    headers: { ...headers },
    ...(endpoint.tls === undefined ? {} : TlsOptions.make(
      { ...endpoint.tls, alpn: ["http/1.1"] },
      endpoint.host.replace(/^\[(.*)\]$/, "$1")
    )),
    // MQTT's payloads are small or packed already, and each connection would pay for it with memory.
    perMessageDeflate: false,
    maxPayload: maximumMessageBytes,
    followRedirects: false
  })

/** In the words of the port: what Node says of the stream below, or `ws` of what the Server answered. */
const translate = (
  endpoint: Endpoint,
  fault: Error & { readonly code?: string },
  names: SocketFault.Names
): SocketError => {
  const name = WebSocketFault.nameOf(endpoint)
  const { code = "", message } = fault
  // Node's HTTP calls a stream that ended before an answer a hang-up, and one that answers otherwise a parse error.
  if (message === "socket hang up" || code.startsWith("HPE_")) return WebSocketFault.noWebSocket(name, message)
  const error = (endpoint.tls === undefined ? SocketFault.translate : SocketFault.translateHandshake)(name, fault,
    names)
  if (endpoint.tls === undefined && error.reason === "Closed") return WebSocketFault.noWebSocket(name, message)
  return error.reason === "Unknown" ? WebSocketFault.noWebSocket(name, message) : error
}

/** What `ws` finds wrong with what has come, or Node with the stream below. */
const broken = (name: string, fault: Error & { readonly code?: string }, names: SocketFault.Names): SocketError => {
  const { code = "", message } = fault
  if (!code.startsWith("WS_ERR_")) return SocketFault.translate(name, fault, names)
  const what = code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
    ? `the Server has sent a WebSocket message of more than ${maximumMessageBytes / 1024 / 1024} MiB`
    : "the Server, or something between here and the Server, has broken the rules of WebSocket"
  return new SocketError({ reason: "Closed", message: `${name}: ${what} (${message})` })
}

const attach = (
  socket: WebSocket,
  name: string,
  intake: Intake.Intake,
  names: SocketFault.Names
): Connection => {
  const { closed, connection } = WebSocketConnection.attach(
    {
      send: (bytes, taken) => {
        // A write that breaks is told by "close": Node may call back as if it had succeeded.
        socket.send(bytes, () => {
          if (socket.readyState === socket.OPEN) taken()
        })
        if (socket.bufferedAmount <= highWaterBytes) taken()
      },
      close: () => {
        socket.close(1000)
        // Its answer comes after what still waits to be read, which is dropped.
        socket.resume()
      },
      destroy: () => socket.terminate(),
      unsent: () => socket.bufferedAmount
    },
    name,
    intake
  )
  socket.on("error", (fault: Error & { readonly code?: string }) => intake.finish(broken(name, fault, names)))
  socket.on("close", (code, reason) => closed(WebSocketFault.closed(name, code, reason.toString())))
  return connection
}

const dial = (
  ws: Ws,
  endpoint: Endpoint,
  options: WebSocketOptions,
  names: SocketFault.Names
): Effect.Effect<Connection, SocketError> =>
  Effect.callback((resume) => {
    const name = WebSocketFault.nameOf(endpoint)
    const refuse = (fault: Error) => resume(Effect.fail(translate(endpoint, fault, names)))
    let socket: WebSocket
    try {
      socket = open(ws, endpoint, options)
    } catch (fault) {
      // A PEM text that cannot be read, a header that is not valid.
      return refuse(fault as Error)
    }
    const intake = Intake.make(() => socket.resume())
    socket.on("error", refuse)
    socket.on("unexpected-response", (_, { headers, statusCode = 0, statusMessage }) => {
      resume(Effect.fail(WebSocketFault.refused(name, statusCode, statusMessage, headers.location)))
      socket.terminate()
    })
    const copy = Copier.make()
    socket.on("message", (data: Buffer) => {
      // A small message is a part of one large read, which would live as long as it.
      const bytes = copy(new Uint8Array(data.buffer, data.byteOffset, data.length), data.length)
      if (bytes.length > 0 && !intake.put(bytes)) socket.pause()
    })
    socket.once("open", () => {
      socket.off("error", refuse)
      resume(Effect.succeed(attach(socket, name, intake, names)))
    })
    return Effect.sync(() => socket.terminate())
  })

/** Opens a WebSocket, and gives its messages as a stream of bytes. */
export const connect = (
  endpoint: Endpoint,
  options: WebSocketOptions,
  names: SocketFault.Names
): Effect.Effect<Connection, SocketError> =>
  Effect.flatMap(
    Effect.tryPromise({
      try: () => import("ws"),
      catch: () =>
        new SocketError({ reason: "Unknown", message: `${WebSocketFault.nameOf(endpoint)}: the package ws is missing` })
    }),
    (ws) => dial(ws, endpoint, options, names)
  )
