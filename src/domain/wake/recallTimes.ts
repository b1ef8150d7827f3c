/** What the journal holds beside messages, as a wake begins (`Journaled`). */
import * as Result from "effect/Result"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import type { Reader } from "../state/Journal.ts"
import * as Journaled from "./Journaled.ts"
import type { Wake } from "./Wake.ts"

/** The last record that can be read, and is none that was sent before, has them, or else no later one has. */
export const recallTimes = (wake: Wake, end: number, journal: Reader): void => {
  for (let position = end - 1; position >= wake.state.journal && position >= end - Outbox.maxEntries; position--) {
    const last = journal.read(position, 1)
    const record = Result.isSuccess(last) ? last.success.records[0] : undefined
    const beside = record && JournalRecord.decode(record).beside
    if (beside && beside !== "sent") return Journaled.recall(wake, beside)
  }
}
