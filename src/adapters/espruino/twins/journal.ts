/** The twin of programs/device/journal.ts for a board. */
import type * as Original from "../../../programs/device/journal.ts"
import { journal } from "../Journal.ts"

export const journalOf: typeof Original.journalOf = () => journal
