/**
 * Why a board was not reached, or not flashed.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"

/** `message` is one line: what is wrong and what to do. Nothing else is shown, and the exit code is 1. */
export class FlashError extends Data.TaggedError("FlashError")<{
  readonly message: string
}> {
  // It is shown where it occurs.
  override readonly [Runtime.errorReported] = false
}

export const refuse = (message: string): Effect.Effect<never, FlashError> => Effect.fail(new FlashError({ message }))
