/**
 * What a device does with its journal: decided in domain/wake/Backlog. Only called when the snapshot has no more room, or
 * something is in the journal; so a board keeps it in a file of its own.
 */
import * as Backlog from "../../domain/wake/Backlog.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { journalOf } from "./journal.ts"
import { now, type Ports } from "./ports.ts"
import { remember } from "./storage.ts"

/** Three in one, for each function costs a board. What `refill` has brought is still to be remembered. */
export const backlog = (ports: Ports, wake: Wake, step: "lookUp" | "spill" | "refill"): void => {
  const access = {
    journal: journalOf(ports),
    save: () => {
      remember(ports, wake)
      return wake.isUnsaved !== true
    }
  }
  if (step === "lookUp") Backlog.lookUp(wake, access)
  else if (step === "spill") Backlog.spill(wake, access)
  else Backlog.refill(wake, now(ports), access)
}
