/**
 * Records that outlive deep sleep and a power cut, one behind the other, more of them than a device has memory for.
 *
 * A caller may rely on this:
 * - A record is 1 to 3,000 bytes, any but 10 (line feed) and 255. Each has a position: a whole number from 1 on, higher
 *   than those of all records before it.
 * - No verb waits: what is appended is in flash when `append` returns. It writes the record and little more, and never
 *   what was written before.
 * - Whenever the power goes, and whatever bits turn over: a record comes back as it was written, or not at all, and no
 *   other is lost with it. What could not be written whole is not there, and the next record can be appended.
 * - `append` gives the position. Records before position `keep` are done with, and their room is used again; 0: all
 *   are. Those from `keep` on are kept, in up to about `bytes` bytes. A negative number means that there is no room for
 *   one more, and nothing has changed: there is when all before that position, taken as a positive one, are done with.
 * - `read` gives up to `most` records from position `from` on, in their order.
 * - `end` is the position behind the last record.
 *
 * Beside them are two sheets, of records that are written at once and have the positions 1, 2, 3 ...:
 * - `sheets.fill` empties one, and then writes what `put` is given, one record after another, in up to about `bytes`
 *   bytes. It gives how many they are; all of them are in flash then. `put` gives false where there is no room for the
 *   record, which is then not there. When it fails, or the power goes meanwhile, what the sheet holds is not to be
 *   believed; nothing else is changed.
 * - `sheets.read` does for a sheet what `read` does.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Result from "effect/Result"
import type { Bytes } from "../domain/bytes/Bytes.ts"
import type { Part, Sheets } from "../domain/state/Journal.ts"

/** Reading or appending failed. `message` says what the platform said. */
export class JournalError extends Data.TaggedError("JournalError")<{ readonly message: string }> {}

/** Appends records and reads them from a position on. No verb waits; each fails with JournalError. */
export class Journal extends Context.Service<Journal, {
  readonly append: (record: Bytes, keep: number, bytes: number) => Result.Result<number, JournalError>
  readonly read: (from: number, most: number) => Result.Result<Part, JournalError>
  readonly end: () => Result.Result<number, JournalError>
  readonly sheets: Sheets<JournalError>
}>()("dormouse/ports/Journal") {}
