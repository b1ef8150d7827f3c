/** What follows from a write to the device's flash. */
import * as Ledger from "./Ledger.ts"
import type { Observation } from "./Observation.ts"
import type { ObservedState } from "./ObservedFields.ts"
import * as StoredState from "./StoredState.ts"

export const stored = (facts: ObservedState, seen: Extract<Observation, { readonly _tag: "Stored" }>): void => {
  const { isTorn } = facts
  facts.isTorn = false
  if (seen.name === StoredState.journalName) {
    if (seen.failed || isTorn) facts.isUnsaved = true
    // The device cannot know of it.
    if (isTorn) {
      facts.tornRecords++
      facts.lost.damaged += Ledger.forgetNew(facts.ledger, seen.kept)
      Ledger.find(facts.ledger, seen.key ?? "").isDoubtful = true
    } else {
      // What goes after all others is another message when it comes again, behind what came after it; also where the
      // state beside it has just rotted.
      const one = Ledger.find(facts.ledger, seen.key ?? "")
      if (!seen.failed) one.sent = 0
      if (one.isRemembered && !seen.failed) one.wasForgotten = true
      if (seen.kept !== undefined) Ledger.remember(facts.ledger, seen.kept)
    }
    facts.kept = seen.kept
    return
  }
  if (seen.name !== StoredState.stateName) return
  if (seen.failed || seen.kept === undefined || isTorn) {
    facts.isUnsaved = true
    if (!seen.failed) facts.kept = seen.kept
    return
  }
  // Under another prefix all that is pending is new, also back under the first.
  if (facts.kept !== undefined && facts.kept.prefix !== seen.kept.prefix) {
    for (const one of facts.ledger.pending.values()) {
      one.sent = 0
    }
  }
  facts.kept = seen.kept
  if (seen.kept.journal === 0) facts.tornRecords = 0
  facts.isStored = true
  facts.isCatchingUp = facts.isUnsaved
  facts.isUnsaved = false
  Ledger.stored(facts.ledger, seen.kept)
  const { vanished } = facts.ledger
  if (facts.isMemoryLost && (facts.isDamaged || facts.isUnread)) {
    facts.lost[facts.isDamaged ? "damaged" : "unsaved"] += vanished.length
    facts.ledger.vanished = []
    facts.isUnread = false
  }
  facts.isDamaged = false
}
