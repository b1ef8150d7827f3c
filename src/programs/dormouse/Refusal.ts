/** What a command answers a user's mistake with. */
import * as Data from "effect/Data"
import * as Runtime from "effect/Runtime"

/** The program cannot go on. `message` says why and what to do; it is all that is shown, and the exit code is 1. */
export class Refusal extends Data.TaggedError("Refusal")<{ readonly message: string }> {
  override readonly [Runtime.errorReported] = false
}
