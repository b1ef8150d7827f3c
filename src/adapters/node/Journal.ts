/**
 * The Journal port as files in a directory: lines (domain/state/JournalLine) that are appended and flushed to the disk.
 * A file is named by the position of its first record and deleted whole when all of it is done with. A sheet is the
 * same with names of its own.
 */
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { Part } from "../../domain/state/Journal.ts"
import * as JournalLine from "../../domain/state/JournalLine.ts"
import { Journal, JournalError } from "../../ports/Journal.ts"
import { flushDirectory, makeDirectory } from "./Storage.ts"

/** No value has a name with one of these in front. */
const journalPrefix = "~journal-"
const sheetPrefixes = { 0: "~sheet0-", 1: "~sheet1-" }

/** Bytes of a file at most, but for its last line. */
const fileBytes = 16_384

interface Segment {
  readonly file: string
  readonly first: number
}

/** Oldest first. */
export const segments = (directory: string, prefix = journalPrefix): ReadonlyArray<Segment> => {
  let names: ReadonlyArray<string>
  try {
    names = fs.readdirSync(directory)
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return []
    throw fault
  }
  return names.filter((name) => name.startsWith(prefix))
    .map((name) => ({ file: path.join(directory, name), first: Number(name.slice(prefix.length)) }))
    .filter(({ first }) => first > 0).sort((a, b) => a.first - b.first)
}

/** The file whose first record has this position. */
export const fileFrom = (directory: string, prefix: string, position: number): string =>
  path.join(directory, prefix + String(position).padStart(12, "0"))

const linesOf = ({ file }: Segment): Bytes.Bytes => Uint8Array.from(fs.readFileSync(file))

/** The position behind what these lines hold, of which the first has at least position `first`. */
const endOf = (lines: Bytes.Bytes, first: number): number =>
  Math.max(first, JournalLine.behind(lines, 0, lines.length).position)

const end = (directory: string): number => {
  const newest = segments(directory).at(-1)
  return newest === undefined ? 1 : endOf(linesOf(newest), newest.first)
}

/** Up to `most` records from position `from` on. */
export const read = (directory: string, from: number, most: number, prefix?: string): Part => {
  const all = segments(directory, prefix)
  const part: JournalLine.Gathered = { records: [], next: from }
  const begin = Math.max(0, all.findLastIndex(({ first }) => first <= from))
  for (const segment of all.slice(begin)) {
    const lines = linesOf(segment)
    if (JournalLine.gather(part, most, lines, 0, lines.length)) break
  }
  return part
}

/** Appends to a file, which is as it was before when that fails. */
const write = (file: string, line: Bytes.Bytes): void => {
  const handle = fs.openSync(file, "a")
  try {
    const { size } = fs.fstatSync(handle)
    try {
      fs.writeFileSync(handle, line)
      fs.fsyncSync(handle)
    } catch (fault) {
      fs.ftruncateSync(handle, size)
      throw fault
    }
  } finally {
    fs.closeSync(handle)
  }
}

/** Deletes the files that are done with, and gives the others. */
const tidy = (all: ReadonlyArray<Segment>, keep: number): ReadonlyArray<Segment> =>
  all.filter(({ file }, index) => {
    const behind = all[index + 1]
    const isDone = behind !== undefined && (keep === 0 || behind.first <= keep)
    if (isDone) fs.unlinkSync(file)
    return !isDone
  })

const append = (directory: string, record: Bytes.Bytes, keep: number, bytes: number): number => {
  makeDirectory(path.resolve(directory))
  const kept = tidy(segments(directory), keep)
  const newest = kept.at(-1)
  const lines = newest === undefined ? Bytes.empty : linesOf(newest)
  const position = Math.max(keep, newest === undefined ? 1 : endOf(lines, newest.first))
  const line = JournalLine.encode(position, record)
  const isNew = newest === undefined || lines.length + line.length > Math.min(fileBytes, bytes >> 2)
  if (isNew) {
    const size = kept.reduce((sum, { file }) => sum + fs.statSync(file).size, 0)
    // The newest is done with, too, when the position has gone beyond it.
    const oldest = newest !== undefined && endOf(lines, newest.first) <= keep ? undefined : kept[0]
    if (oldest !== undefined && size + line.length > bytes) return -(kept[1]?.first ?? position)
  }
  const file = isNew ? fileFrom(directory, journalPrefix, position) : newest.file
  write(file, line)
  if (isNew) flushDirectory(directory)
  return position
}

/** Empties a sheet, which is then written a file at a time. */
const openSheet = (directory: string, prefix: string, bytes: number) => {
  for (const { file } of segments(directory, prefix)) fs.unlinkSync(file)
  let lines: Array<Bytes.Bytes> = []
  let first = 1
  let count = 0
  let size = 0
  let left = bytes
  const flush = (): void => {
    if (lines.length > 0) write(fileFrom(directory, prefix, first), Bytes.concat(lines))
    lines = []
    first = count + 1
    size = 0
  }
  const put = (record: Bytes.Bytes): boolean => {
    const line = JournalLine.encode(count + 1, record)
    if (line.length > left) return false
    if (size + line.length > fileBytes) flush()
    lines.push(line)
    left -= line.length
    size += line.length
    count++
    return true
  }
  const close = (): number => {
    flush()
    flushDirectory(directory)
    return count
  }
  return { put, close }
}

const attempt = <A>(run: () => A): Result.Result<A, JournalError> =>
  Result.try({ try: run, catch: (fault) => new JournalError({ message: "journal: " + (fault as Error).message }) })

/** Keeps records in `directory`, which is made with the first one, beside the values of Storage. */
export const layer = (directory: string): Layer.Layer<Journal> =>
  Layer.succeed(Journal, {
    append: (record, keep, bytes) => attempt(() => append(directory, record, keep, bytes)),
    read: (from, most) => attempt(() => read(directory, from, most)),
    end: () => attempt(() => end(directory)),
    sheets: {
      open: (sheet, bytes) =>
        Result.map(attempt(() => openSheet(directory, sheetPrefixes[sheet], bytes)), ({ close, put }) => ({
          put: (record: Bytes.Bytes) => attempt(() => put(record)),
          close: () => attempt(close)
        })),
      read: (sheet, from, most) => attempt(() => read(directory, from, most, sheetPrefixes[sheet]))
    }
  })
