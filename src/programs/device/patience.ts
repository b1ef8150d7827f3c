/**
 * How long a Server is borne with.
 */
import * as Effect from "effect/Effect"
import type { Endpoint, SocketError } from "../../ports/Socket.ts"
import { timedOut } from "./timedOut.ts"

/**
 * `effect`, for at most `patience` milliseconds: bytes that come one by one, or packets that do not matter, hold up no device
 * that is always on. A wake has an end of its own, so a board that sleeps goes without.
 */
export const patient = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  { patience, to }: { readonly patience: number | undefined; readonly to: Endpoint },
  what: string
): Effect.Effect<A, E | SocketError, R> =>
  patience === undefined ? effect : Effect.timeoutOrElse(effect, {
    duration: patience,
    orElse: () => timedOut(to, what, patience / 1000)
  })
