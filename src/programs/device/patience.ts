/**
 * How long a device that is always on bears with a Server. A wake has an end of its own, so a board that sleeps goes without.
 */
import * as Effect from "effect/Effect"

/** `effect`, for at most `patience` milliseconds if there is a limit. */
export const withPatience = <A, E, R, E2>(
  effect: Effect.Effect<A, E, R>,
  patience: number | undefined,
  orElse: (millis: number) => Effect.Effect<A, E2>
): Effect.Effect<A, E | E2, R> =>
  patience === undefined ? effect : Effect.timeoutOrElse(effect, { duration: patience, orElse: () => orElse(patience) })
