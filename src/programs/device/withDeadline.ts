/**
 * Deadlines for what a Server does.
 */
import * as Effect from "effect/Effect"
import type { Endpoint, SocketError } from "../../ports/Socket.ts"
import { timedOut } from "./timedOut.ts"

/**
 * `effect`, which fails after `deadline` milliseconds: so bytes that come one by one, or packets that do not matter,
 * cannot stop a device that is always on. A wake has an end of its own, so a board that sleeps does not have this.
 */
export const withDeadline = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  { deadline, to }: { readonly deadline: number | undefined; readonly to: Endpoint },
  what: string
): Effect.Effect<A, E | SocketError, R> =>
  deadline === undefined ? effect : Effect.timeoutOrElse(effect, {
    duration: deadline,
    orElse: () => Effect.fail(timedOut(to, what, deadline / 1000))
  })
