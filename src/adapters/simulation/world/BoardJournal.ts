/**
 * The journal of a device on a board's flash: what the adapter for Espruino does, by the same rules
 * (domain/state/JournalRing).
 */
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as FlashLog from "../../../domain/state/FlashLog.ts"
import type { Part, Sheet } from "../../../domain/state/Journal.ts"
import * as JournalRing from "../../../domain/state/JournalRing.ts"
import * as JournalSheets from "../../../domain/state/JournalSheets.ts"
import * as Flash from "./BoardFlash.ts"
import * as Storage from "./BoardStorage.ts"

export const name = "journal"
const sheetsName = "sheets"

const makeFile = (flash: Flash.BoardFlash, file: string, size: number): void => {
  const last = Storage.files(flash).at(-1)
  const end = last === undefined ? Flash.start : last.at + FlashLog.headerBytes + last.size
  for (const [text, at] of JournalRing.beginnings((end - Flash.start) / FlashLog.pageBytes)) {
    Storage.write(flash, file, new TextEncoder().encode(text), at, size)
  }
}

/** A board that was just flashed has it. */
export const make = (flash: Flash.BoardFlash): void => makeFile(flash, name, JournalRing.sizeOf(JournalRing.pages))

const bytesOf = (flash: Flash.BoardFlash): Bytes => {
  const bytes = Storage.read(flash, name)
  if (bytes === undefined) throw new Error("there is no journal")
  return bytes
}

const fileOf = (flash: Flash.BoardFlash, file: string, all: Bytes): FlashLog.File => ({
  bytes: all,
  write: (value, at) => Storage.write(flash, file, value, at),
  erasePage: (at) => {
    const address = all.byteOffset + Flash.start + at
    Flash.write(flash, address, new Uint8Array(8))
    Flash.erasePage(flash, address)
  }
})

/** Throws what the flash does. */
export const append = (flash: Flash.BoardFlash, record: Bytes, keep: number, bytes: number): number =>
  JournalRing.append(fileOf(flash, name, bytesOf(flash)), record, keep, bytes)

export const read = (flash: Flash.BoardFlash, from: number, most: number): Part =>
  JournalRing.read(bytesOf(flash), from, most)

export const end = (flash: Flash.BoardFlash): number => JournalRing.end(bytesOf(flash))

/** Makes the file of the sheets, if there is none. Throws what the flash does. */
export const openSheet = (flash: Flash.BoardFlash, sheet: Sheet, bytes: number): JournalSheets.Open => {
  if (Storage.read(flash, sheetsName) === undefined) makeFile(flash, sheetsName, JournalSheets.size)
  return JournalSheets.open(fileOf(flash, sheetsName, Storage.read(flash, sheetsName) as Bytes), sheet, bytes)
}

export const readSheet = (flash: Flash.BoardFlash, sheet: Sheet, from: number, most: number): Part =>
  JournalSheets.read(Storage.read(flash, sheetsName) ?? new Uint8Array(), sheet, from, most)
