/**
 * Deep sleep on a machine that stays up: the program is dropped, the time really passes, and the program starts again.
 */
import * as Effect from "effect/Effect"
import { restarting } from "../../ports/restarting.ts"
import type { Sleep } from "../../ports/Sleep.ts"

/**
 * Runs `program` for `count` wakes (default: for ever), sleeping in real time between two of them. Ends with the last
 * wake's request for sleep, without sleeping it.
 */
export const wakes = <R>(
  program: Effect.Effect<never, never, R>,
  options: { readonly count?: number } = {}
): Effect.Effect<void, never, Exclude<R, Sleep>> => {
  const count = options.count ?? Infinity
  return restarting(program, {
    next: (wake, sleepMillis) => wake >= count ? Effect.succeed(false) : Effect.as(Effect.sleep(sleepMillis), true)
  })
}
