/**
 * The device never leaves its flash unreadable, whenever the power fails. Only damage from outside may cost it its
 * memory, and then it reports this.
 */
import type { Checker } from "../life/Checker.ts"
import * as StoredState from "../life/StoredState.ts"

export const readable: Checker = {
  name: "readable",
  promise: "flash can be read after every power cut",
  begin: () => {
    let hasState = false
    let isConfigDamaged = false
    // Of the journal a read that fails is told, and harms no other.
    let isJournalUnread = false
    return (seen, facts) => {
      if (seen._tag === "Injected" && facts.isDamaged) isConfigDamaged = true
      if (seen._tag === "Stored" && facts.isStored) hasState = true
      if (seen._tag === "Began") isJournalUnread = false
      if (seen._tag === "Recalled" && seen.failed) {
        if (seen.name === StoredState.journalName) isJournalUnread = true
        else isConfigDamaged = true
      }
      const ended = seen._tag === "Slept" || seen._tag === "PowerCut"
      if (ended && hasState && facts.kept === undefined && !facts.isDamaged) return "the state in flash cannot be read"
      if (seen._tag !== "Emitted" || seen.event._tag !== "MemoryLost" || isConfigDamaged) return undefined
      if (isJournalUnread && seen.event.what === StoredState.journalName) return undefined
      return seen.event.what + " could not be read, and nothing had damaged it: " + seen.event.reason
    }
  }
}
