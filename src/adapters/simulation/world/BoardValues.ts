/**
 * The values of a device on a board's flash, each in its own log: what the adapter for Espruino does, by the same rules
 * (domain/state/FlashLog).
 */
import * as FlashLog from "../../../domain/state/FlashLog.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as Flash from "./BoardFlash.ts"
import * as BoardJournal from "./BoardJournal.ts"
import * as Storage from "./BoardStorage.ts"

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** A file of so many bytes, whatever they are; the file after it begins on a page. */
const fill = (flash: Flash.BoardFlash, name: string, bytes: number): void => {
  const pages = Math.ceil((bytes + FlashLog.headerBytes) / FlashLog.pageBytes)
  Storage.write(flash, name, bytesOf(" "), 0, pages * FlashLog.pageBytes - FlashLog.headerBytes)
}

/** Makes the file of a log, which begins on a page, because all files before it do. */
const makeLog = (flash: Flash.BoardFlash, name: string): Bytes => {
  const last = Storage.files(flash).at(-1)
  const page = last === undefined ? 0 : (last.at + FlashLog.headerBytes + last.size - Flash.start) / FlashLog.pageBytes
  const size = FlashLog.sizeOf(FlashLog.pagesOf(name))
  for (const [text, at] of FlashLog.beginnings(page, size)) Storage.write(flash, name, bytesOf(text), at, size)
  return Storage.read(flash, name) as Bytes
}

/** The sizes of an everyday board's program and of the files beside it, in bytes. */
const programBytes = 45_000

/** A board that was just flashed. */
export const flashed = (): Flash.BoardFlash => {
  const flash = Flash.make()
  fill(flash, ".bootcde", programBytes)
  makeLog(flash, "state")
  BoardJournal.make(flash)
  return flash
}

export const read = (flash: Flash.BoardFlash, name: string): Bytes | undefined => {
  const bytes = Storage.read(flash, name)
  return bytes && FlashLog.read(bytes)
}

/** A class, because one is made at each write of a simulated life. */
class LogFile implements FlashLog.File {
  readonly flash: Flash.BoardFlash
  readonly name: string
  readonly bytes: Bytes

  constructor(flash: Flash.BoardFlash, name: string, bytes: Bytes) {
    this.flash = flash
    this.name = name
    this.bytes = bytes
  }

  write(value: Bytes, at: number): void {
    Storage.write(this.flash, this.name, value, at)
  }

  erasePage(at: number): void {
    const address = this.bytes.byteOffset + Flash.start + at
    Flash.write(this.flash, address, new Uint8Array(8))
    Flash.erasePage(this.flash, address)
  }
}

/** Throws what the flash throws. */
export const write = (flash: Flash.BoardFlash, name: string, value: Bytes): void =>
  FlashLog.append(new LogFile(flash, name, Storage.read(flash, name) ?? makeLog(flash, name)), value)
