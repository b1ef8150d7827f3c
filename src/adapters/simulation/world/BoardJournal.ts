/**
 * The journal of a device on a board's flash: what the adapter for Espruino does, by the same rules
 * (domain/state/JournalRing).
 */
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as FlashLog from "../../../domain/state/FlashLog.ts"
import type { Part } from "../../../domain/state/Journal.ts"
import * as JournalRing from "../../../domain/state/JournalRing.ts"
import * as Flash from "./BoardFlash.ts"
import * as Storage from "./BoardStorage.ts"

export const name = "journal"

/** A board that was just flashed has it. */
export const make = (flash: Flash.BoardFlash): void => {
  const last = Storage.files(flash).at(-1)
  const end = last === undefined ? Flash.start : last.at + FlashLog.headerBytes + last.size
  const size = JournalRing.sizeOf(JournalRing.pages)
  for (const [text, at] of JournalRing.beginnings((end - Flash.start) / FlashLog.pageBytes)) {
    Storage.write(flash, name, new TextEncoder().encode(text), at, size)
  }
}

const bytesOf = (flash: Flash.BoardFlash): Bytes => {
  const bytes = Storage.read(flash, name)
  if (bytes === undefined) throw new Error("there is no journal")
  return bytes
}

/** Throws what the flash does. */
export const append = (flash: Flash.BoardFlash, record: Bytes, keep: number, bytes: number): number => {
  const all = bytesOf(flash)
  const file: FlashLog.File = {
    bytes: all,
    write: (value, at) => Storage.write(flash, name, value, at),
    erasePage: (at) => {
      const address = all.byteOffset + Flash.start + at
      Flash.write(flash, address, new Uint8Array(8))
      Flash.erasePage(flash, address)
    }
  }
  return JournalRing.append(file, record, keep, bytes)
}

export const read = (flash: Flash.BoardFlash, from: number, most: number): Part =>
  JournalRing.read(bytesOf(flash), from, most)

export const end = (flash: Flash.BoardFlash): number => JournalRing.end(bytesOf(flash))
