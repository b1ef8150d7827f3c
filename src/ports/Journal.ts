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
 * Beside them are two sheets, of records that are written one after another and have the positions 1, 2, 3 ...:
 * - `sheets.open` empties one. Then `put` writes a record behind the others, in up to about `bytes` bytes in all; false:
 *   there is no room for it, and it is not there. `close` gives how many they are; all of them are in flash then. Before,
 *   and when one of these has failed or the power has gone, what the sheet holds is not to be believed. Nothing else is
 *   changed by them.
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
