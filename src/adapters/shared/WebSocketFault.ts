/**
 * Why there is no WebSocket, or no more: HTTP's statuses and WebSocket's close codes in the words of the Socket port.
 */
import type { Endpoint } from "../../ports/Socket.ts"
import { SocketError } from "../../ports/Socket.ts"

/** A name with colons is an IPv6 address. */
const hostOf = (host: string): string => host.includes(":") && !host.startsWith("[") ? `[${host}]` : host

/** As it is asked for: the scheme, host, port and path. */
export const urlOf = ({ host, port, tls, webSocket }: Endpoint): string =>
  `${tls === undefined ? "ws" : "wss"}://${hostOf(host)}:${port}${webSocket?.path ?? "/"}`

/** For messages: without the query, which often holds a signature. */
export const nameOf = (endpoint: Endpoint): string => urlOf(endpoint).replace(/\?.*$/, "")

const wrongPort =
  "this is a web server that knows no WebSocket at this path: correct the path (/mqtt is usual) or the port"

/** The likely cause, by HTTP status. */
const causes: Readonly<Record<number, string>> = {
  200: wrongPort,
  400: "it did not like the request: does it want another path, or TLS (wss://)?",
  401: "it wants to know who asks: give Authorization in webSocket.headers, or a token in the query",
  403:
    "it forbids this: check the token or signature (one that has expired counts as none), the path, and what may connect",
  404: wrongPort,
  405: wrongPort,
  407: "a proxy between here and the Server wants a password",
  426: wrongPort,
  429: "too many connections in a short time: wait longer between tries",
  500: "it failed itself: look into its log",
  502: "a proxy answers, but the Server behind it does not: is it running?",
  503: "a proxy answers, but the Server behind it does not, or has too much to do",
  504: "a proxy answers, but the Server behind it did not in time"
}

const causeOf = (status: number, location: string | undefined): string =>
  status >= 300 && status < 400
    ? `it sends elsewhere${location === undefined ? "" : ": " + location}; use that URL, if it is one you trust`
    : causes[status] ?? "it refused"

/** The Server, or something before it, answered the handshake with HTTP's `status`. */
export const refused = (name: string, status: number, words = "", location?: string): SocketError =>
  new SocketError({
    reason: "Handshake",
    status,
    message: `${name}: ${causeOf(status, location)} (HTTP ${status}${words === "" ? "" : " " + words})`
  })

/** An answer that is no WebSocket's. */
export const noWebSocket = (name: string, words: string): SocketError => {
  const cause = words.includes("subprotocol")
    ? "it opened a WebSocket, but not one for MQTT: is this an MQTT Server's port and path?"
    : "it does not speak WebSocket at this port: use its WebSocket port, or mqtt:// for this one"
  return new SocketError({ reason: "Handshake", message: `${name}: ${cause} (${words})` })
}

/** What a close code says (RFC 6455, 7.4.1, and IANA's registry). */
const codes: Readonly<Record<number, string>> = {
  1000: "the Server closed the connection",
  1001: "the Server, or a proxy before it, is going away",
  1002: "the Server found a mistake in what was sent: something between may not speak WebSocket",
  1003: "the Server does not take binary messages: it may not speak MQTT",
  1005: "the Server closed the connection",
  1006: "the connection broke: the Server or something between stopped, or closes what is idle (keepAlive)",
  1008: "the Server closed the connection: its policy forbids what this Client does, or the token has expired",
  1009: "a message was too large for the Server, or for a proxy before it",
  1011: "the Server closed the connection because it failed itself: look into its log",
  1012: "the Server restarts",
  1013: "the Server has too much to do: try again later",
  1014: "a proxy answers, but the Server behind it does not"
}

/** The other side has closed. `reason` is its text, which is often empty. */
export const closed = (name: string, code: number, reason: string): SocketError => {
  const words = codes[code] ?? "the Server closed the connection"
  const said = reason === "" ? "" : `: ${reason}`
  return new SocketError({ reason: "Closed", message: `${name}: ${words} (WebSocket's code ${code}${said})` })
}
