/** What lies in the journal, as a wake begins (`Backlog`). */
import * as Result from "effect/Result"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import * as Outbox from "../delivery/Outbox.ts"
import type { Journal } from "../state/Journal.ts"
import * as Backlog from "./Backlog.ts"
import * as Journaled from "./Journaled.ts"
import type { Wake } from "./Wake.ts"

/** The last record that can be read, and is none that was sent before, has them, or else no later one has. */
const recallTimes = (wake: Wake, end: number, journal: Journal): void => {
  for (let position = end - 1; position >= wake.state.journal && position >= end - Outbox.maxEntries; position--) {
    const last = journal.read(position, 1)
    const record = Result.isSuccess(last) ? last.success.records[0] : undefined
    const beside = record && JournalRecord.decode(record).beside
    if (beside && beside !== "sent") return Journaled.recall(wake, beside)
  }
}

/** How much is in the journal, as a wake begins; and what of the state is only there. */
export const lookUp = (wake: Wake, journal: Journal): void => {
  wake.placed = wake.state.outbox.lastId
  Journaled.known(wake)
  const { journal: from } = wake.state
  const end = journal.end()
  if (Result.isFailure(end)) return Backlog.lost(wake, end.failure.message)
  const journaled = end.success - from
  if (journaled < 0) Backlog.lost(wake, "nothing is left of it")
  if (journaled <= 0) return Backlog.change(wake, { journal: 0 })
  Backlog.change(wake, { journaled })
  if (wake.state.clock === undefined && wake.config.sensors.every(({ interval }) => interval === 0)) return
  recallTimes(wake, end.success, journal)
}
