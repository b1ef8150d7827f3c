/**
 * Why there is no bundle.
 */
import * as Data from "effect/Data"

/** `message` names the file (and line) and says what to do. */
export class BundleError extends Data.TaggedError("BundleError")<{
  readonly message: string
}> {}
