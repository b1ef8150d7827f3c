/**
 * What a board's Storage gets after the program: the file in which the device keeps its state, and that of its journal,
 * made once, so that Storage never has anything to compact (domain/state/FlashLog, JournalRing). Each begins on a page.
 * The board makes the logs of other values when it needs them.
 */
import * as FlashLog from "../../domain/state/FlashLog.ts"
import * as JournalRing from "../../domain/state/JournalRing.ts"
import { journalName, snapshotName } from "../device/files.ts"
import type { StoredFile } from "./upload.ts"

/** What a file takes in Storage. */
const room = ({ bytes }: StoredFile): number => FlashLog.headerBytes + ((bytes.length + 3) & ~3)

/** A file of which nothing is written but these texts. */
const unwritten = (
  name: string,
  size: number,
  texts: ReadonlyArray<readonly [text: string, at: number]>
): StoredFile => {
  const bytes = new Uint8Array(size).fill(0xff)
  for (const [text, at] of texts) bytes.set(new TextEncoder().encode(text), at)
  return { name, bytes, isPrepared: true }
}

/** A file that fills Storage up to the next page; none when it ends on one. */
const gapBehind = (used: number): ReadonlyArray<StoredFile> => {
  const left = -used & (FlashLog.pageBytes - 1)
  if (left === 0) return []
  const size = left > FlashLog.headerBytes ? left - FlashLog.headerBytes
    : left + FlashLog.pageBytes - FlashLog.headerBytes
  return [unwritten(".gap", size, [[" ", 0]])]
}

/** The same files, and what follows them. */
export const withLogs = (files: ReadonlyArray<StoredFile>): ReadonlyArray<StoredFile> => {
  const all = [...files, ...gapBehind(files.reduce((sum, file) => sum + room(file), 0))]
  const page = all.reduce((sum, file) => sum + room(file), 0) / FlashLog.pageBytes
  const size = FlashLog.sizeOf(FlashLog.pagesOf(snapshotName))
  const behind = page + (FlashLog.headerBytes + size) / FlashLog.pageBytes
  return [
    ...all,
    unwritten(snapshotName, size, FlashLog.beginnings(page, size)),
    unwritten(journalName, JournalRing.sizeOf(JournalRing.pages), JournalRing.beginnings(behind))
  ]
}
