/** The answer of a command to a user's mistake. */
import * as Data from "effect/Data"
import * as Runtime from "effect/Runtime"

/** The program cannot continue. `message` says why and what to do; nothing else is shown, and the exit code is 1. */
export class Refusal extends Data.TaggedError("Refusal")<{ readonly message: string }> {
  override readonly [Runtime.errorReported] = false
}
