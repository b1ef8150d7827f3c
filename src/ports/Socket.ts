/**
 * A byte stream to a Server: TCP, or TLS over it.
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
  | "Unknown"

/** The network failed. `message` names the Server (host:port) and what happened. */
export class SocketError extends Data.TaggedError("SocketError")<{
  readonly reason: SocketErrorReason
  readonly message: string
}> {}

/** PEM texts. Without `ca` the platform's own authorities are trusted. The Server's name is always checked. */
export interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Name for SNI and for the check of the certificate, when it is not the host's. */
  readonly serverName?: string
}

/** A Server: its name or address, its port (1 to 65,535), and TLS if wanted. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly tls?: Tls | undefined
}

/** A byte stream that is open. `write` and `pull` fail with SocketError once it has ended. */
export interface Connection {
  readonly write: (bytes: Bytes) => Effect.Effect<void, SocketError>
  readonly pull: Effect.Effect<Bytes, SocketError>
  readonly close: Effect.Effect<void>
}

/** Opens byte streams to Servers. */
export class Socket extends Context.Service<Socket, {
  readonly connect: (endpoint: Endpoint) => Effect.Effect<Connection, SocketError>
}>()("dormouse/ports/Socket") {}
