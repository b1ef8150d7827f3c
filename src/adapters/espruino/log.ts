/**
 * What a log in flash seldom needs: making its file, erasing its pages, writing a large value piece by piece.
 *
 * Espruino's Storage begins at the same address on every ESP32, and its files follow each other. A page is erased only
 * if the header of the log's file was found before it.
 */
import * as FlashLog from "../../domain/state/FlashLog.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { isName } from "../../ports/Storage.ts"
import { platform } from "./platform/platform.ts"

/** Espruino's boards/ESP32.py, ESP32C3_IDF4.py and ESP32S3_IDF4.py: `saved_code`, 224 pages. */
const storageStart = 0x320000
const storageEnd = 0x400000

/** Bytes written at once: a piece takes memory, of which a full Outbox leaves little. */
const piece = 128

const word = (number: number): string =>
  String.fromCharCode(number & 255, (number >> 8) & 255, (number >> 16) & 255, (number >> 24) & 255)

const headerAt = (address: number): string =>
  platform.E.toString(platform.require("Flash").read(FlashLog.headerBytes, address))

/** Size, flags and name, as Espruino writes them before a file. */
const headerOf = (name: string, size: number): string => {
  let header = word(size) + name
  while (header.length < FlashLog.headerBytes) header += "\0"
  return header
}

/** The address of a log's data; undefined: its file does not begin on a page. */
const addressOf = (name: string, bytes: Bytes.Bytes): number | undefined => {
  const header = headerOf(name, Bytes.length(bytes))
  const noted = FlashLog.pageNoted(bytes) * FlashLog.pageBytes + storageStart
  if (noted < storageEnd && headerAt(noted) === header) return noted + FlashLog.headerBytes
  for (let page = storageStart; page < storageEnd; page += FlashLog.pageBytes) {
    if (headerAt(page) === header) return page + FlashLog.headerBytes
  }
  return undefined
}

/** Access to a file that begins on a page. */
export const fileOf = (name: string, bytes: Bytes.Bytes): FlashLog.File => {
  // Searched here, because where it is needed the C stack is deep.
  const address = addressOf(name, bytes)
  return {
    bytes,
    write: (value, at) => {
      const size = Bytes.length(value)
      for (let done = 0; done < size; done += piece) {
        platform.require("Storage").write(name, Bytes.slice(value, done, Math.min(done + piece, size)), at + done)
      }
    },
    erasePage: (at) => {
      if (address === undefined) throw new Error("does not begin on a page of the flash; flash the board again")
      // What was read as a text is not an integer to Espruino.
      const page = (address + at) | 0
      const flash = platform.require("Flash")
      // First the page is marked as invalid: an erasure that a power cut ends may leave any bits.
      flash.write("\0\0\0\0\0\0\0\0", page)
      flash.erasePage(page)
    }
  }
}

/** Where the last of the files in Storage ends. */
const endOfFiles = (): number => {
  let end = storageStart
  while (end < storageEnd) {
    const header = headerAt(end)
    const size = header.charCodeAt(0) + (header.charCodeAt(1) << 8) + (header.charCodeAt(2) << 16)
    if (size === 0xffffff || size === 0) break
    end += FlashLog.headerBytes + ((size + 3) & ~3)
  }
  return end
}

/**
 * Makes a file of `size` bytes that begins on a page, and with these texts (FlashLog.beginnings). `flash` has made those
 * of the usual names.
 */
export const makeFile = (
  name: string,
  size: number,
  beginnings: (page: number, size: number) => ReadonlyArray<readonly [text: string, at: number]>
): Bytes.Bytes => {
  const files = platform.require("Storage")
  const end = endOfFiles()
  let gap = -end & (FlashLog.pageBytes - 1)
  if (gap > 0) {
    if (gap <= FlashLog.headerBytes) gap += FlashLog.pageBytes
  }
  // Espruino would compact its Storage, and a power cut at that time costs the program and all that is stored.
  if (end + gap + FlashLog.headerBytes + size > storageEnd) throw new Error("no room in flash; flash the board again")
  if (gap > 0) {
    files.write(".gap" + end, " ", 0, gap - FlashLog.headerBytes)
  }
  for (const [text, at] of beginnings((end + gap - storageStart) / FlashLog.pageBytes, size)) {
    files.write(name, text, at, size)
  }
  return files.read(name) as Bytes.Bytes
}

const make = (name: string): Bytes.Bytes => makeFile(name, FlashLog.sizeOf(FlashLog.pagesOf(name)), FlashLog.beginnings)

/** Writes to the log of this file, whatever that takes. Throws what the flash throws. */
export const append = (file: string, value: Bytes.Bytes): void =>
  FlashLog.append(fileOf(file, platform.require("Storage").read(file) ?? make(file)), value)

/** The same for a value that the program has named. */
export const writeRarely = (name: string, value: Bytes.Bytes): void => {
  if (!isName(name)) throw new Error("is no name")
  append(name, value)
}
