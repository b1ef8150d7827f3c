/**
 * How long a board's flash lasts, by what a simulated device has written: the page that is erased most often decides.
 *
 * Each place is written round and round (domain/state/FlashLog, JournalRing, JournalSheets), so all of its pages are
 * erased alike.
 */
import { first, pageBytes, pagesOf } from "../../../domain/state/FlashLog.ts"
import * as JournalRing from "../../../domain/state/JournalRing.ts"

/** How often a sector of 4,096 bytes can be erased at least: W25Q32 data sheet, "100K Program/Erase Cycles". */
export const eraseCycles = 100_000

/** What was written to a board's flash, in its places. */
export interface Written {
  /** Snapshots, and their bytes. */
  states: number
  stateBytes: number
  /** Bytes of the journal's lines. */
  journalBytes: number
  /** How often a sheet was filled, one as often as the other. */
  sheets: number
}

export const none = (): Written => ({ states: 0, stateBytes: 0, journalBytes: 0, sheets: 0 })

/** One in so many bytes of a half is for an end, of 6 bytes; two of them are not an end (FlashLog). */
const endShare = 256
const endBytes = 6

/** How often a page of each place is erased in the time in which this is written. */
export const erasures = (
  { journalBytes, sheets, stateBytes, states }: Written
): { readonly state: number; readonly journal: number; readonly sheet: number } => {
  const half = pagesOf("state") * pageBytes
  const ends = half / endShare - 2
  const room = half - half / endShare * endBytes
  return {
    // A half is left when it is full of bytes or of ends, and each page is erased once in two halves.
    state: Math.max(states / ends, stateBytes / room) / 2,
    journal: journalBytes / (JournalRing.sizeOf(JournalRing.pages) - first),
    sheet: sheets / 2
  }
}

/** Years until a page has been erased so often that it may fail, if all days are like these; Infinity: none ever is. */
export const years = (written: Written, days: number): number => {
  const { journal, sheet, state } = erasures(written)
  return eraseCycles / (Math.max(state, journal, sheet) / days * 365.25)
}

const names = { state: "the snapshots", journal: "the journal", sheet: "what is thinned out" }

/** What is written where the most is erased. */
const most = (written: Written): string => {
  const all = erasures(written)
  return names[
    (["journal", "sheet"] as const).reduce<keyof typeof names>(
      (one, other) => all[other] > all[one] ? other : one,
      "state"
    )
  ]
}

/** For the totals: a number, and what it means. */
export const words = (written: Written, days: number): readonly [number: string, more: string] => {
  const found = years(written, days)
  if (found === Infinity) return ["-", "on a board: nothing was written"]
  return [
    found > 1_000 ? "1,000" : String(Number(found.toPrecision(found >= 100 ? 3 : 2))),
    `years${found > 1_000 ? " and more" : ""} on a board with such days; erased most: ${most(written)}`
  ]
}
