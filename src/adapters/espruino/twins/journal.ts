/** The twin of programs/device/journal.ts for a board. */
import type { Journal } from "../../../domain/state/Journal.ts"
import { journal } from "../Journal.ts"

export const journalOf = (): Journal => journal
