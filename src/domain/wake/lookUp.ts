/** What lies in the journal, as a wake begins (`Backlog`). */
import * as Result from "effect/Result"
import { noFlight, withFlightInPlace } from "../delivery/flightInPlace.ts"
import * as Outbox from "../delivery/Outbox.ts"
import type { Finder } from "../state/Journal.ts"
import * as Backlog from "./Backlog.ts"
import * as Journaled from "./Journaled.ts"
import { recallTimes } from "./recallTimes.ts"
import type { Wake } from "./Wake.ts"

/** A board's bundle may come without it. */
const recalling: typeof recallTimes | undefined = recallTimes

/** How much is in the journal, as a wake begins; and what of the state is only there. */
export const lookUp = (wake: Wake, journal: Finder): void => {
  const { entries, lastId } = wake.state.outbox
  wake.placed = entries.length > Outbox.mostEntries ? entries[Outbox.mostEntries - 1]?.id ?? lastId : lastId
  Journaled.known(wake)
  const { journal: from } = wake.state
  const end = journal.end()
  if (Result.isFailure(end)) return Backlog.lost(wake, end.failure.message)
  const journaled = end.success - from
  if (journaled < 0) Backlog.lost(wake, "nothing is left of it")
  if (journaled <= 0) {
    return Backlog.change(wake, { journal: 0, session: withFlightInPlace(wake.state.session, noFlight) })
  }
  Backlog.change(wake, { journaled })
  if (recalling === undefined) return
  if (wake.state.clock !== undefined || wake.config.sensors.some(({ interval }) => interval > 0)) {
    recalling(wake, end.success, journal)
  }
}
