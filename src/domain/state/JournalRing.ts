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
import { type File, first, numberOf, pageBytes } from "./FlashLog.ts"
import type { Part } from "./Journal.ts"
import * as JournalLine from "./JournalLine.ts"

/** Pages of a board's journal. */
export const pages = 80

/** Bytes of its file. The next file begins on a page, too. */
export const sizeOf = (count: number): number => first + count * pageBytes

/** What a new file begins with (FlashLog.beginnings). */
export const beginnings = (page: number): ReadonlyArray<readonly [text: string, at: number]> => [[numberOf(page), 0]]

const countOf = (all: Bytes.Bytes): number => (Bytes.length(all) - first) / pageBytes

const addressOf = (index: number): number => first + index * pageBytes

const pageOf = (all: Bytes.Bytes, index: number): Bytes.Bytes =>
  Bytes.slice(all, addressOf(index), addressOf(index + 1))

/** The first position in a page; 0: there is none. */
const firstIn = (all: Bytes.Bytes, index: number): number => {
  const found = JournalLine.next(pageOf(all, index), 0)
  return found ? found.position : 0
}

/** The page with the highest positions up to `most`; -1: there is none. */
const find = (all: Bytes.Bytes, most: number): number => {
  let index = -1
  let highest = 0
  for (let each = 0; each < countOf(all); each++) {
    const position = firstIn(all, each)
    if (position > highest && position <= most) {
      highest = position
      index = each
    }
  }
  return index
}

/** The page with the lowest positions above `least`; -1: there is none. */
const findAbove = (all: Bytes.Bytes, least: number): number => {
  let index = -1
  let lowest = Infinity
  for (let each = 0; each < countOf(all); each++) {
    const position = firstIn(all, each)
    if (position > least && position < lowest) {
      lowest = position
      index = each
    }
  }
  return index
}

/** The position that the next record gets. */
export const end = (all: Bytes.Bytes): number => {
  const index = find(all, Infinity)
  return index < 0 ? 1 : JournalLine.last(pageOf(all, index)).position + 1
}

/** Up to `most` records from position `from` on. One that cannot be read is left out. */
export const read = (all: Bytes.Bytes, from: number, most: number): Part => {
  const records: Array<Bytes.Bytes> = []
  let next = from
  let index = find(all, from)
  if (index < 0) index = findAbove(all, from)
  let before = 0
  while (index >= 0) {
    const page = pageOf(all, index)
    for (let found = JournalLine.next(page, 0); found !== undefined; found = JournalLine.next(page, found.end)) {
      before = found.position
      if (before < next) continue
      if (records.length === most) return { records, next }
      records.push(found.record)
      next = before + 1
    }
    // Usually the page behind it, if it is no older one.
    const behind = (index + 1) % countOf(all)
    index = firstIn(all, behind) > before ? behind : findAbove(all, before)
  }
  return { records, next }
}

/** 0, or the position up to which all must be done with before the next page may be used, or one more than `bytes` have. */
const blockedUpTo = (all: Bytes.Bytes, target: number, keep: number, bytes: number): number => {
  const { position } = JournalLine.last(pageOf(all, target))
  if (position >= keep) return position + 1
  const oldest = find(all, keep)
  const count = countOf(all)
  const used = (target - oldest + count) % count
  return oldest < 0 || used * pageBytes < bytes ? 0 : JournalLine.last(pageOf(all, oldest)).position + 1
}

/**
 * Appends a record and gives its position. What has a position before `keep` is done with; 0: all that there is. A
 * negative number: there is no room, and nothing has changed; all before that position, as a positive one, must be done
 * with first. Throws what the flash does.
 */
export const append = (file: File, record: Bytes.Bytes, keep: number, bytes: number): number => {
  const all = file.bytes
  const index = find(all, Infinity)
  const page = index < 0 ? Bytes.empty : pageOf(all, index)
  const last = JournalLine.last(page)
  // What can no longer be read has had its position all the same.
  const position = last.position < keep ? keep : last.position + 1
  const line = JournalLine.encode(position, record)
  const size = Bytes.length(line)
  if (size > pageBytes) throw new Error("too large for the flash")
  const at = Bytes.indexOf(page, Bytes.erased, last.end)
  if (at >= 0 && at + size <= pageBytes) {
    try {
      file.write(line, addressOf(index) + at)
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
