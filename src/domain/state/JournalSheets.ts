/**
 * The two sheets of a board's journal (ports/Journal): a file of Storage that keeps its place and its size. Each is some
 * pages of lines (JournalLine), one page behind the other.
 *
 *     file     page 0, never erased: number of the page | sheet 0 | sheet 1
 *
 * A sheet is erased as a whole before it is filled, so nothing of what it held before can be read again.
 */
import * as Bytes from "../bytes/Bytes.ts"
import { journalBytes } from "../config/journalBytes.ts"
import { type File, first, pageBytes } from "./FlashLog.ts"
import type { Part, Sheet } from "./Journal.ts"
import * as JournalLine from "./JournalLine.ts"

/** Bytes of a sheet, of as many of the journal. */
export const bytesOf = (bytes: number): number => Math.floor(bytes / 5)

/** Pages of each. */
export const pages = bytesOf(journalBytes) / pageBytes

/** Bytes of the file. The next one begins on a page, too. */
export const size = first + 2 * pages * pageBytes

const addressOf = (sheet: Sheet, page: number): number => first + (sheet * pages + page) * pageBytes

/** Up to `most` records from position `from` on. One that cannot be read is left out. */
export const read = (all: Bytes.Bytes, sheet: Sheet, from: number, most: number): Part => {
  const part: JournalLine.Gathered = { records: [], next: from }
  let page = pages
  while (--page > 0) {
    const found = JournalLine.next(all, addressOf(sheet, page), addressOf(sheet, page + 1))
    if (found && found.position <= from) break
  }
  for (; page < pages; page++) {
    if (JournalLine.gather(part, most, all, addressOf(sheet, page), addressOf(sheet, page + 1))) break
  }
  return part
}

/** A sheet that is being filled: the next line goes to `at`, in the page that ends at `limit`, and none beyond `end`. */
export interface Open {
  readonly file: File
  readonly end: number
  at: number
  limit: number
  count: number
}

/** Erases a sheet, which may then have so many bytes. Throws what the flash does. */
export const open = (file: File, sheet: Sheet, bytes: number): Open => {
  const at = addressOf(sheet, 0)
  for (let page = 0; page < pages; page++) file.erasePage(addressOf(sheet, page))
  const used = Math.max(1, Math.min(pages, Math.floor(bytes / pageBytes)))
  return { file, end: addressOf(sheet, used), at, limit: at + pageBytes, count: 0 }
}

/** Writes a record behind the others. False: there is no room for it. Throws what the flash does. */
export const put = (open: Open, record: Bytes.Bytes): boolean => {
  const line = JournalLine.encode(open.count + 1, record)
  const length = Bytes.length(line)
  // A record lies in one page.
  const isNext = open.at + length > open.limit
  const at = isNext ? open.limit : open.at
  const limit = isNext ? open.limit + pageBytes : open.limit
  if (at + length > Math.min(limit, open.end)) return false
  open.file.write(line, at)
  open.at = at + length
  open.limit = limit
  open.count++
  return true
}
