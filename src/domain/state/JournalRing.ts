/**
 * A journal in the flash of a board: a file that keeps its place and its size, whose pages are a ring of lines
 * (JournalLine). A page is erased when the ring comes round to it, and no sooner than all that it holds is done with.
 *
 *     file     page 0, never erased: number of the page | page | page | ...
 *     page     line | line | ... | not yet written
 *
 * Which page is the newest is told by the positions of its lines alone, so there is nothing that must be written beside
 * a record. A record lies in one page. What a power cut has torn is left where it is: the next record goes behind it.
 */
import * as Bytes from "../bytes/Bytes.ts"
import { journalBytes } from "../config/journalBytes.ts"
import { type File, first, numberOf, pageBytes } from "./FlashLog.ts"
import type { Part } from "./Journal.ts"
import * as JournalLine from "./JournalLine.ts"

/** Pages of a board's journal. */
export const pages = journalBytes / pageBytes

/** Bytes of its file. The next file begins on a page, too. */
export const sizeOf = (count: number): number => first + count * pageBytes

/** What a new file begins with (FlashLog.beginnings). */
export const beginnings = (page: number): ReadonlyArray<readonly [text: string, at: number]> => [[numberOf(page), 0]]

const countOf = (all: Bytes.Bytes): number => (Bytes.length(all) - first) / pageBytes

const addressOf = (index: number): number => first + index * pageBytes

/** The first position in a page; 0: there is none. */
const firstIn = (all: Bytes.Bytes, index: number): number => {
  const found = JournalLine.next(all, addressOf(index), addressOf(index + 1))
  return found ? found.position : 0
}

/** As many of these pages, from page `begin` on and round, as a position up to `most` comes first in. */
const countUpTo = (all: Bytes.Bytes, begin: number, most: number, isWanted: (first: number) => boolean): number => {
  const count = countOf(all)
  let low = 0
  let high = most
  while (low < high) {
    const middle = (low + high) >> 1
    if (isWanted(firstIn(all, (begin + middle) % count))) low = middle + 1
    else high = middle
  }
  return low
}

/** The page with the highest positions, found by looking at each; -1: there is none. */
const newestOfAll = (all: Bytes.Bytes): number => {
  let index = -1
  let highest = 0
  for (let each = 0; each < countOf(all); each++) {
    const position = firstIn(all, each)
    if (position > highest) {
      highest = position
      index = each
    }
  }
  return index
}

/** The page with the highest positions; -1: there is none. */
const newest = (all: Bytes.Bytes): number => {
  const count = countOf(all)
  const lowest = firstIn(all, 0)
  if (lowest === 0) return newestOfAll(all)
  const found = countUpTo(all, 0, count, (position) => position >= lowest) - 1
  // A page of which nothing can be read has ended the search.
  const isLost = found + 2 < count && firstIn(all, found + 2) > lowest
  return isLost ? newestOfAll(all) : found
}

const behind = (all: Bytes.Bytes, index: number): ReturnType<typeof JournalLine.behind> =>
  JournalLine.behind(all, addressOf(index), addressOf(index + 1))

/** The position that the next record gets. */
export const end = (all: Bytes.Bytes): number => {
  const index = newest(all)
  return index < 0 ? 1 : behind(all, index).position
}

/** The same, found by looking at each page. */
const pageOfAll = (all: Bytes.Bytes, from: number, count: number): number => {
  let index = 0
  let best = 0
  for (let each = 0; each < count; each++) {
    const position = firstIn(all, each)
    // What comes first where nothing is before it: the lowest of the others.
    const isBetter = position <= from ? best > from || position > best : best === 0 || position < best
    if (position > 0 && isBetter) {
      index = each
      best = position
    }
  }
  return index
}

/** Of `count` pages the one in which position `from` is, if it is anywhere, or behind which. */
const pageOf = (all: Bytes.Bytes, from: number, count: number): number => {
  const lowest = firstIn(all, 0)
  const isBefore = (position: number): boolean =>
    position >= lowest ? position <= from || from < lowest : position > 0 && position <= from && from < lowest
  let low = 0
  let high = lowest > 0 ? count : 0
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(firstIn(all, middle))) low = middle + 1
    else high = middle
  }
  const index = low - 1
  // Pages of which nothing can be read, or that are erased, lead the search astray.
  const isFound = index >= 0 && firstIn(all, index) <= from && !(low + 1 < count && isBefore(firstIn(all, low + 1)))
  return isFound ? index : pageOfAll(all, from, count)
}

/** Up to `most` records from position `from` on. One that cannot be read is left out. */
export const read = (all: Bytes.Bytes, from: number, most: number): Part => {
  const part: JournalLine.Gathered = { records: [], next: from }
  const count = countOf(all)
  const begin = pageOf(all, from, count)
  for (let each = 0; each < count; each++) {
    const at = addressOf((begin + each) % count)
    if (JournalLine.gather(part, most, all, at, at + pageBytes)) break
  }
  return part
}

/** Up to where all must be done with before page `target` may be used, so that no more than `bytes` are; 0: nothing. */
const blockedUpTo = (all: Bytes.Bytes, target: number, keep: number, bytes: number): number => {
  const count = countOf(all)
  const used = Math.max(1, Math.min(count, Math.floor(bytes / pageBytes)))
  // What lies before that page has lower positions.
  const address = addressOf((target - used + count) % count)
  const { position } = JournalLine.last(all, address, address + pageBytes)
  return position >= keep ? position + 1 : 0
}

/**
 * Appends a record and gives its position. What has a position before `keep` is done with; 0: all that there is. A
 * negative number: there is no room, and nothing has changed; all before that position, as a positive one, must be done
 * with first. Throws what the flash does.
 */
export const append = (file: File, record: Bytes.Bytes, keep: number, bytes: number): number => {
  const all = file.bytes
  const index = newest(all)
  const { at, position: free } = index < 0 ? { at: Infinity, position: 1 } : behind(all, index)
  const position = free < keep ? keep : free
  const line = JournalLine.encode(position, record)
  const size = Bytes.length(line)
  if (size > pageBytes) throw new Error("too large for the flash")
  if (at + size <= addressOf(index + 1)) {
    try {
      file.write(line, at)
      return position
    } catch {
      // Something is there that is not erased: the page is left as it is.
    }
  }
  const target = (index + 1) % countOf(all)
  const upTo = keep > 0 ? blockedUpTo(all, target, keep, bytes) : 0
  if (upTo > 0) return -upTo
  file.erasePage(addressOf(target))
  file.write(line, addressOf(target))
  return position
}
