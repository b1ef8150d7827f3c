/**
 * A few named values that outlive deep sleep and a power cut.
 *
 * A caller may rely on this:
 * - Both verbs are done when they return: none of them waits. So a decision and what it writes are one step on every
 *   platform.
 * - `write` is atomic: whenever the power goes, a later `read` gives the whole old value or the whole new one.
 * - `read` gives the last value written, or `undefined` when there never was one. It does not vouch for the content:
 *   flash rots, so values carry their own checksum.
 * - Names are 1 to 28 characters of a-z, 0-9, `-`, `.`, the first not a `.` (`isName`). Espruino's limit on file names
 *   is 28, and it takes some that begin with a `.` for its own boot code. `write` refuses others, so `read` gives
 *   `undefined`.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Result from "effect/Result"
import type { Bytes } from "../domain/bytes/Bytes.ts"

/** Reading or writing failed. `message` names the value and what the platform said. */
export class StorageError extends Data.TaggedError("StorageError")<{
  readonly operation: "read" | "write"
  readonly name: string
  readonly message: string
}> {}

/** Reads and writes named values. Neither verb waits; both fail with StorageError. */
export class Storage extends Context.Service<Storage, {
  readonly read: (name: string) => Result.Result<Bytes | undefined, StorageError>
  readonly write: (name: string, value: Bytes) => Result.Result<void, StorageError>
}>()("dormouse/ports/Storage") {}

/** Whether `name` can name a value. */
export const isName = (name: string): boolean => name.length <= 28 && /^[a-z0-9-][a-z0-9.-]*$/.test(name)
