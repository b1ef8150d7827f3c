/**
 * A value in flash, written anew many thousand times: a log inside a file that keeps its place and its size.
 *
 * Flash turns bits from 1 to 0, byte by byte, and back only by whole pages. A new file for every value fills Espruino's
 * Storage, which must then compact: it rewrites what lies behind, the program too, and a power cut meanwhile loses all.
 * So the file is made once, and pages that lie wholly inside it are erased when the log comes to them again.
 *
 *     file     page 0, never erased: number of the page | half | half
 *     half     generation | begin of value 1 | end of value 1 | end of value 2 | ... | value 1 | value 2 | ...
 *
 * Each of these numbers has 6 digits and is 400000 more than what it means; a generation means less than 0, all others
 * more. An end counts from the beginning of the file. It is written behind its value, its last digit last: without it
 * the value is not there. A half that is full is left for the other one, whose generation is written last. So a power
 * cut at any byte, or while a page is erased, leaves the value before or the new one.
 */
import * as Bytes from "../bytes/Bytes.ts"

/** What is erased at once, in bytes. */
export const pageBytes = 4096

/** Espruino's header of a file, with which its first page begins. */
export const headerBytes = 32

/** Where the first half begins. */
export const first = 4064

/** Digits of a number. */
export const digits = 6

const offset = 400_000

/** A place for an end for so many bytes of a half. */
const shareShift = 8

/** Pages of each half. A state is written twice in each wake, the others when a configuration changes. */
export const pagesOf = (name: string): number => name === "state" ? 16 : 2

/** Bytes of a log's file. Each half has so many pages. The next file begins on a page, too. */
export const sizeOf = (pages: number): number => first + 2 * pages * pageBytes

/** What the number at `at` means; NaN: there is none. */
const numberAt = (all: Bytes.Bytes, at: number): number => +Bytes.toBinary(Bytes.slice(all, at, at + digits)) - offset

/** With `offset` as a number of its own: a name that is used here, too, costs a board two variables. */
export const numberOf = (meaning: number): string => "" + (400_000 + meaning)

/** The page in which the file begins, as was noted when it was made. NaN: it was not. */
export const pageNoted = (all: Bytes.Bytes): number => numberAt(all, 0)

/** Less than any generation. */
const none = -offset

/** Bytes of each half of a file. */
const halfOf = (size: number): number => (size >> 1) & -pageBytes

/**
 * Where in a log's file the end of the next value is to be written. What would go beyond the end of a half meets bytes
 * that are not erased, or the end of the file.
 */
export const locate = (all: Bytes.Bytes): number => {
  const half = halfOf(Bytes.length(all))
  let base = first
  // No comparison with NaN is true.
  if (numberAt(all, base + half) > (numberAt(all, base) || none)) base += half
  let low = 1
  let high = half >> shareShift
  while (low < high) {
    const middle = (low + high) >> 1
    if (Bytes.isErased(all, base + middle * digits + (digits - 1))) high = middle
    else low = middle + 1
  }
  return base + low * digits
}

/** Where the last value begins, by what `locate` gives. Not more than 0: there is none. */
export const valueStart = (all: Bytes.Bytes, entry: number): number => numberAt(all, entry - 2 * digits)

/** Where the last value ends and the next begins. Not more than 0: that cannot be read. */
export const valueEnd = (all: Bytes.Bytes, entry: number): number => numberAt(all, entry - digits)

/** A log's file, as a platform gives access to it. Each of these throws what the flash does. */
export interface File {
  readonly bytes: Bytes.Bytes
  /** Writes what was not yet written since it was erased, and throws where that is not so. */
  readonly write: (value: Bytes.Bytes, at: number) => void
  /** Erases the page that begins at `at`. */
  readonly erasePage: (at: number) => void
}

const writeNumber = (file: File, meaning: number, at: number): void => file.write(Bytes.fromText(numberOf(meaning)), at)

/** Erases the pages that begin from `from` on and before `to`. */
const erase = (file: File, from: number, to: number): void => {
  for (let page = from + ((first - from) & (pageBytes - 1)); page < to; page += pageBytes) file.erasePage(page)
}

const firstGeneration = 100_001 - offset

/** Where the values of the half that begins at `base` begin. */
const beginOf = (base: number, size: number): number => base + (halfOf(size) >> shareShift) * digits

/** A value and its end behind the ones before. */
const put = (file: File, value: Bytes.Bytes, at: number, entry: number): void => {
  if (Bytes.length(value) > 0) file.write(value, at)
  writeNumber(file, at + Bytes.length(value), entry)
}

/** Writes a value to the half that begins at `base`, whatever it holds, and leaves the other one. */
const turnOver = (file: File, value: Bytes.Bytes, base: number, generation: number): void => {
  const size = Bytes.length(file.bytes)
  const begin = beginOf(base, size)
  const end = begin + Bytes.length(value)
  if (end > base + halfOf(size)) throw new Error("too large for the flash")
  erase(file, base, end)
  writeNumber(file, begin, base + digits)
  put(file, value, begin, base + 2 * digits)
  writeNumber(file, generation, base)
}

/**
 * Writes a value, whatever that takes: pages are erased, the half is left. A board's everyday write
 * (adapters/espruino/Storage) does the same where nothing is to be erased.
 */
export const append = (file: File, value: Bytes.Bytes): void => {
  const size = Bytes.length(file.bytes)
  const second = first + halfOf(size)
  const entry = locate(file.bytes)
  const from = valueEnd(file.bytes, entry)
  const base = entry < second ? first : second
  const begin = beginOf(base, size)
  const end = from + Bytes.length(value)
  // A number that has been damaged may mean any place.
  if (from >= begin && end <= base + halfOf(size) && entry < begin) {
    try {
      // What begins behind the last value is of an older generation.
      erase(file, from, end)
      return put(file, value, from, entry)
    } catch {
      // A power cut has left something there that no end belongs to.
    }
  }
  turnOver(file, value, base === first ? second : first, (numberAt(file.bytes, base) || firstGeneration) + 1)
}

/**
 * What a new file begins with, in the order in which it is to be written: a number, and where. `page`: the one it
 * begins in.
 */
export const beginnings = (page: number, size: number): ReadonlyArray<readonly [text: string, at: number]> => [
  [numberOf(page), 0],
  // Nothing goes on from the first half into the second.
  [numberOf(firstGeneration - 1), first + halfOf(size)],
  [numberOf(beginOf(first, size)), first + digits],
  [numberOf(firstGeneration), first]
]

/** What a log's file holds. */
export const read = (all: Bytes.Bytes): Bytes.Bytes | undefined => {
  const entry = locate(all)
  const start = valueStart(all, entry)
  return start > 0 ? Bytes.slice(all, start, valueEnd(all, entry)) : undefined
}
