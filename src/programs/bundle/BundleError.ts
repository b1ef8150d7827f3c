/**
 * Why there is no bundle.
 */
import * as Data from "effect/Data"
import * as Runtime from "effect/Runtime"

/** `message` names the file (and line) and says what to do. */
export class BundleError extends Data.TaggedError("BundleError")<{
  readonly message: string
}> {
  // It is shown where it occurs.
  override readonly [Runtime.errorReported] = false
}
