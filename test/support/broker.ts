/** What tests may ask of a real MQTT Server, whichever it is. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "../../src/ports/Socket.ts"
import type { Identity } from "./certificates.ts"

export interface BrokerOptions {
  /** Who may connect. Without it anybody may, with or without a name. */
  readonly user?: { readonly username: string; readonly password: string }
  /** What the TLS listener shows; by default `certificates.server`. */
  readonly identity?: Identity
  /** The TLS listener takes only Clients with a certificate of `certificates.ca`. */
  readonly clientCertificate?: boolean
  /** Port of the plain listener, to bring a Server back where it was. By default any that is free. */
  readonly port?: number
}

export interface Broker {
  /** The plain listener, on 127.0.0.1. */
  readonly tcp: Endpoint
  /** The TLS listener, with `certificates.ca` as the authority to trust. */
  readonly tls: Endpoint & { readonly tls: { readonly ca: string } }
}

/** Starts a broker that lives as long as the Scope. */
export type MakeBroker = (options?: BrokerOptions) => Effect.Effect<Broker, never, Scope.Scope>
