/**
 * Waits for what is owed to the Server.
 */
import * as Effect from "effect/Effect"
import * as Core from "./Core.ts"
import type { LinkError } from "./errors.ts"

/**
 * Done when no message of QoS 1 or 2 waits for the Server any more, whoever has published it: also those that were
 * accepted in the store, and those that an earlier program has left there. Fails if the Client ends before.
 */
export const flush = (core: Core.Core): Effect.Effect<void, LinkError> => {
  const { emptied } = core.exchange
  const empty = Effect.callback<void>((resume) => {
    if (core.exchange.bytes === 0) return resume(Effect.void)
    const tell = () => resume(Effect.void)
    emptied.add(tell)
    return Effect.sync(() => void emptied.delete(tell))
  })
  // It is told in the middle of what ends the last message: what follows has to wait for its turn.
  return Effect.raceFirst(Core.over(core), Effect.andThen(empty, Effect.yieldNow))
}
