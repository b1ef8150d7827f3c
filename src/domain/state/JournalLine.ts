/**
 * A record of a journal as a line of text: `<CRC-32 of the rest><position> <record>`, behind a line feed and before two.
 *
 * So a record that was torn or has rotted is told from a whole one, and the one behind it is found all the same. Each
 * record has line feeds of its own on both sides: with one that has rotted none but its own record is lost. Two at the
 * end tell one that was written whole, and has rotted, from one that was torn.
 */
import { crc32 } from "../bytes/Crc32.ts"
import * as Bytes from "../bytes/Bytes.ts"

/** Between lines. No record has one. */
export const lineFeed = 10

/** A record and its number. */
export interface Numbered {
  readonly position: number
  readonly record: Bytes.Bytes
}

/** A line that can be believed, and where it ends. */
export interface Found extends Numbered {
  readonly end: number
}

const sumLength = 8

const sumOf = (rest: Bytes.Bytes): string => ("0000000" + crc32(rest).toString(16)).slice(-sumLength)

/** The line, with its line feeds. */
export const encode = (position: number, record: Bytes.Bytes): Bytes.Bytes => {
  const rest = Bytes.concat([Bytes.fromText(position + " "), record])
  return Bytes.concat([Bytes.fromText("\n" + sumOf(rest)), rest, Bytes.fromText("\n\n")])
}

/** Whether the line from `begin` to `end`, without its line feeds, can be believed. A board has it in memory only here. */
const isWhole = (lines: Bytes.Bytes, begin: number, end: number): boolean =>
  Bytes.toBinary(Bytes.slice(lines, begin, begin + sumLength)) === sumOf(Bytes.slice(lines, begin + sumLength, end))

/** What such a line holds. */
const decode = (lines: Bytes.Bytes, begin: number, end: number): Found => {
  const restAt = begin + sumLength
  const space = Bytes.indexOf(lines, 32, restAt)
  return {
    position: +Bytes.toBinary(Bytes.slice(lines, restAt, space)),
    record: Bytes.slice(lines, space + 1, end),
    end
  }
}

/** Where the line that begins at `at` ends: before a line feed, where nothing is written yet, or at `limit`. */
const endOfLine = (lines: Bytes.Bytes, at: number, limit: number): number => {
  let end = Bytes.indexOf(lines, lineFeed, at)
  // A line feed at the limit begins the next page.
  if (end < 0 || end >= limit) end = Bytes.indexOf(lines, Bytes.erased, at)
  return end < 0 || end > limit ? limit : end
}

/**
 * The next line from `at` on and before `limit` that can be believed. What is not yet written ends the lines. Nothing
 * longer than a line is cut out of them, for that takes a board's memory.
 */
export const next = (lines: Bytes.Bytes, at: number, limit: number): Found | undefined => {
  let begin = at
  while (begin < limit && !Bytes.isErased(lines, begin)) {
    if (Bytes.at(lines, begin) === lineFeed) {
      begin++
      continue
    }
    const end = endOfLine(lines, begin, limit)
    if (isWhole(lines, begin, end)) return decode(lines, begin, end)
    begin = end
  }
  return undefined
}

/** What is read of a journal, as it grows (Journal.Part). */
export interface Gathered {
  readonly records: Array<Bytes.Bytes>
  next: number
}

/**
 * Adds what these lines hold from position `next` on, up to `most` records in all. True: there may be more of them, none
 * of which is cut out of the lines.
 */
export const gather = (part: Gathered, most: number, lines: Bytes.Bytes, begin: number, limit: number): boolean => {
  let at = begin
  while (part.records.length < most) {
    const found = next(lines, at, limit)
    if (found === undefined) return false
    at = found.end
    if (found.position < part.next) continue
    part.records.push(found.record)
    part.next = found.position + 1
  }
  return true
}

/** The last line that can be believed; where there is none, `end` is `begin` and `position` 0. */
export const last = (
  lines: Bytes.Bytes,
  begin: number,
  limit: number
): { readonly position: number; readonly end: number } => {
  let position = 0
  let end = begin
  for (let found = next(lines, begin, limit); found !== undefined; found = next(lines, end, limit)) {
    position = found.position
    end = found.end
  }
  return { position, end }
}

/**
 * The position that the next record gets behind the last of these lines, and where it goes: to the first place that is
 * not yet written; `limit` or more: there is none.
 */
export const behind = (
  lines: Bytes.Bytes,
  begin: number,
  limit: number
): { readonly position: number; readonly at: number } => {
  const { end, position } = last(lines, begin, limit)
  const erased = Bytes.indexOf(lines, Bytes.erased, end)
  const at = erased < 0 || erased > limit ? limit : erased
  // What has come to its end and can no longer be read has had its position all the same, so that its loss is seen.
  const isFeed = (before: number): boolean => Bytes.at(lines, at - before) === lineFeed
  const isLost = at > end + 2 && isFeed(1) && isFeed(2) && !isFeed(3)
  return { position: position + (isLost ? 2 : 1), at }
}
