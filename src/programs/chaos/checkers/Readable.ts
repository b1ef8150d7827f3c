/**
 * The device never leaves its flash unreadable, whenever the power fails. Only damage from outside may cost it its
 * memory, and then it reports this.
 */
import type { Checker } from "../life/Checker.ts"

export const readable: Checker = {
  name: "readable",
  promise: "flash can be read after every power cut",
  begin: () => {
    let hasState = false
    let isConfigDamaged = false
    return (seen, facts) => {
      if (seen._tag === "Injected" && facts.isDamaged) isConfigDamaged = true
      if (seen._tag === "Stored" && facts.isStored) hasState = true
      if (seen._tag === "Recalled" && seen.failed) isConfigDamaged = true
      const ended = seen._tag === "Slept" || seen._tag === "PowerCut"
      if (ended && hasState && facts.kept === undefined && !facts.isDamaged) return "the state in flash cannot be read"
      if (seen._tag !== "Emitted" || seen.event._tag !== "MemoryLost" || isConfigDamaged) return undefined
      return seen.event.what + " could not be read, and nothing had damaged it: " + seen.event.reason
    }
  }
}
