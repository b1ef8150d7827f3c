/**
 * A byte stream to a Server: TCP, TLS over it, or the binary messages of a WebSocket over either.
 *
 * A caller may rely on this:
 * - `connect` succeeds only when bytes can flow (for TLS: when the Server has been verified), can be interrupted, and
 *   leaves nothing open when it fails or is interrupted.
 * - `write` keeps order and takes any length; it succeeds when the platform has taken the bytes, not when they arrived.
 * - `pull` gives what arrived, in order, in chunks of any size of at least one byte, and may be interrupted (by a
 *   time-out, say) without losing bytes. One puller at a time.
 * - After the Server closed, `pull` first gives what had arrived, then fails with reason `Closed`.
 * - `close` sends what was written before it, never fails, may be called twice. Who connects, closes.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Bytes } from "../domain/bytes/Bytes.ts"

/** What happened, for programs; `message` of SocketError says it for people. */
export type SocketErrorReason =
  /** The name does not resolve. */
  | "NotFound"
  /** The host answered that nobody listens. */
  | "Refused"
  | "Unreachable"
  | "TimedOut"
  /** The other side ended the stream, or broke it. */
  | "Closed"
  /** The Server's certificate is not to be trusted, or TLS failed in another way. */
  | "Tls"
  /** The Server did not open a WebSocket: `status` of SocketError is what it answered, if that was HTTP. */
  | "Handshake"
  /** The Client itself has left this Server, because the first of its list is there again. */
  | "Failback"
  | "Unknown"

/** Why connections end again and again, as far as it can be guessed; `message` says what to look at. */
export type LikelyCause =
  /** The Server closes connections as soon as it has accepted them: another Client may have this one's name. */
  | "SameClientIdentifier"
  /** The Server closes on something that this Client sends. */
  | "Forbidden"
  /** Something closes connections that were silent for a time, always the same. */
  | "IdleConnection"

/** The network failed. `message` names the Server (host:port) and what happened. */
export class SocketError extends Data.TaggedError("SocketError")<{
  readonly reason: SocketErrorReason
  readonly message: string
  /** The HTTP status of a handshake that was refused. */
  readonly status?: number
  /** Given by the Client, when several connections have ended in the same way. */
  readonly likelyCause?: LikelyCause
}> {}

/** PEM texts. Without `ca` the platform's own authorities are trusted. The Server's name is always checked. */
export interface Tls {
  readonly ca?: string
  /** The client certificate, with those between it and its authority, if any. */
  readonly cert?: string
  /** Its private key. */
  readonly key?: string
  /** For a `key` that is encrypted. */
  readonly passphrase?: string
  /** Name for SNI and for the check of the certificate, when it is not the host's. */
  readonly serverName?: string
  /**
   * Protocols to offer by ALPN (RFC 7301), the preferred one first: AWS IoT speaks MQTT at port 443 with
   * `x-amzn-mqtt-ca`. A WebSocket offers none, and a board cannot.
   */
  readonly alpn?: ReadonlyArray<string>
}

/** How to ask for a WebSocket with the subprotocol `mqtt` (MQTT 3.1.1, section 6). */
export interface WebSocketOptions {
  /** Path and query, from the `/` on. */
  readonly path: string
  /** HTTP headers of the handshake, for example Authorization. A browser cannot send any. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A Server: its name or address, its port (1 to 65,535), TLS if wanted, and WebSocket if wanted. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly tls?: Tls | undefined
  /** Not on a board. */
  readonly webSocket?: WebSocketOptions | undefined
}

/** A byte stream that is open. `write` and `pull` fail with SocketError once it has ended. */
export interface Connection {
  readonly write: (bytes: Bytes) => Effect.Effect<void, SocketError>
  /** True: when `write` has succeeded, nobody holds its bytes any more, and their memory may be used again. */
  readonly releasesBytes?: boolean | undefined
  readonly pull: Effect.Effect<Bytes, SocketError>
  readonly close: Effect.Effect<void>
  /** Where a Socket chooses among several Servers: this one's name, and how to choose it for the next connection, too. */
  readonly choice?: { readonly server: string; readonly again: () => void } | undefined
}

/** Opens byte streams to Servers. */
export class Socket extends Context.Service<Socket, {
  readonly connect: (endpoint: Endpoint) => Effect.Effect<Connection, SocketError>
}>()("dormouse/ports/Socket") {}
