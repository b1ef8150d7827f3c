/**
 * Espruino's Storage on a board's flash, by the rules of jsflash.c (source c5ff787b1): files follow each other, each
 * after a header; an erased one keeps its place; if there is no room at the end, everything is compacted.
 */
import { headerBytes, pageBytes } from "../../../domain/state/FlashLog.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as Flash from "./BoardFlash.ts"

export interface File {
  /** The address of its header. */
  readonly at: number
  readonly size: number
  /** Empty: it is erased. */
  readonly name: string
}

const nextWord = (bytes: number): number => (bytes + 3) & ~3

const sizeWord = (flash: Flash.BoardFlash, at: number): number => {
  const [a, b, c, d] = Flash.read(flash, at, 4) as unknown as [number, number, number, number]
  return (a | b << 8 | c << 16 | d << 24) >>> 0
}

const nameOf = (flash: Flash.BoardFlash, at: number): string => {
  let name = ""
  for (const byte of Flash.read(flash, at + 4, headerBytes - 4)) {
    if (byte === 0) return name
    name += String.fromCharCode(byte)
  }
  return name
}

/** jsfGetFileHeader. Flags are in the top byte of the size. */
const fileAt = (flash: Flash.BoardFlash, at: number): File | undefined => {
  if (at === 0 || at + headerBytes > Flash.end) return undefined
  const word = sizeWord(flash, at)
  const size = word & 0xffffff
  return word === 0xffffffff || word === 0 || at + headerBytes + size > Flash.end ? undefined
    : { at, size, name: nameOf(flash, at) }
}

/** jsfGetAddressOfNextPage; 0: there is none. */
const nextPage = (at: number): number => {
  const page = (at & -pageBytes) + pageBytes
  return page < Flash.end ? page : 0
}

/** Where the file after this one would begin; 0: there is no room for one. */
const behind = ({ at, size }: File): number => {
  const next = nextWord(at + headerBytes + size)
  return next + headerBytes > Flash.end ? 0 : next
}

/** jsfGetNextFileHeader with GNFH_GET_ALL: also the place at which it ends. */
const next = (flash: Flash.BoardFlash, file: File): { readonly at: number; readonly file: File | undefined } => {
  const at = behind(file)
  const found = fileAt(flash, at)
  if (found !== undefined || at === 0) return { at, file: found }
  const page = nextPage(at)
  return { at: page, file: fileAt(flash, page) }
}

/** All files in their order, including the erased ones. */
export const files = (flash: Flash.BoardFlash): ReadonlyArray<File> => {
  const all: Array<File> = []
  for (let file = fileAt(flash, Flash.start); file !== undefined; file = next(flash, file).file) all.push(file)
  return all
}

/** The one that counts: the first. */
export const find = (flash: Flash.BoardFlash, name: string): File | undefined => {
  const known = flash.known.get(name)
  if (known !== undefined) return { at: known, size: sizeWord(flash, known) & 0xffffff, name }
  const file = files(flash).find((each) => each.name === name)
  if (file !== undefined) flash.known.set(name, file.at)
  return file
}

/** A view of a file's content. */
export const read = (flash: Flash.BoardFlash, name: string): Bytes | undefined => {
  const file = find(flash, name)
  return file && Flash.read(flash, file.at + headerBytes, file.size)
}

const eraseFile = (flash: Flash.BoardFlash, { at, name }: File): void => {
  flash.known.delete(name)
  Flash.write(flash, at + 4, new Uint8Array(4))
}

export const erase = (flash: Flash.BoardFlash, name: string): void => {
  const file = find(flash, name)
  if (file !== undefined) eraseFile(flash, file)
}

/** jsfCompactInternal: what is used is copied to the front, page by page, through a page's worth of memory. */
const copyForward = (flash: Flash.BoardFlash, from: number, used: ReadonlyArray<File>, last: number): void => {
  const room = pageBytes + headerBytes
  let buffer: Array<number> = []
  let to = from
  const flush = (readAt: number): void => {
    while (buffer.length > 0) {
      const page = nextPage(to) || Flash.end
      if (readAt < page) return
      if ((to & (pageBytes - 1)) === 0) Flash.erasePage(flash, to)
      const some = buffer.slice(0, page - to)
      Flash.write(flash, to, Uint8Array.from(some))
      to += some.length
      buffer = buffer.slice(some.length)
    }
  }
  for (const { at, size } of used) {
    const end = at + headerBytes + nextWord(size)
    for (let reading = at; reading < end;) {
      const some = Math.min(reading === at ? headerBytes : room - buffer.length, end - reading)
      if (some <= 0) throw new Error("no memory to compact")
      buffer.push(...Flash.read(flash, reading, some))
      reading += some
      flush(reading)
    }
  }
  flush(Flash.end)
  const rest = to === from ? to : nextPage(to - 1)
  for (let page = rest; page !== 0 && page < last; page = nextPage(page)) Flash.erasePage(flash, page)
}

/** jsfBankCompact: from the last page before an erased file that begins with a header. False: nothing is erased. */
export const compact = (flash: Flash.BoardFlash): boolean => {
  const all = files(flash)
  const erased = all.findIndex(({ name }) => name === "")
  if (erased < 0) return false
  flash.onCompact()
  flash.known.clear()
  const before = all.slice(0, erased + 1).filter(({ at }) => (at & (pageBytes - 1)) === 0)
  const from = before.at(-1)?.at ?? Flash.start
  const lastOne = all.at(-1) as File
  copyForward(flash, from, all.filter(({ at, name }) => at >= from && name !== ""),
    next(flash, lastOne).at || Flash.end)
  return true
}

/** jsfGetSpaceLeftInPage */
const spaceAt = (flash: Flash.BoardFlash, at: number): number => {
  const page = nextPage(at) || Flash.end
  return (page < Flash.end && fileAt(flash, page) !== undefined ? page : Flash.end) - at
}

/** The first place with so much room, and the free room in total. */
const search = (flash: Flash.BoardFlash, required: number): { readonly at: number; readonly free: number } => {
  let free = 0
  let at = Flash.start
  while (at !== 0) {
    for (let file = fileAt(flash, at); file !== undefined; file = fileAt(flash, at)) at = behind(file)
    if (at === 0) break
    const space = spaceAt(flash, at)
    free += space
    if (space >= required) return { at, free }
    at = nextPage(at)
  }
  return { at: 0, free }
}

/** _jsfCreateFile. Throws where there is no room. */
const create = (flash: Flash.BoardFlash, name: string, size: number): File => {
  const required = nextWord(size) + headerBytes
  let { at, free } = search(flash, required)
  if (at === 0) {
    const trash = files(flash).reduce((sum, file) => file.name === "" ? sum + file.size : sum, 0)
    if (required < free + trash && compact(flash)) at = search(flash, required).at
  }
  if (at === 0) throw new Error("Unable to find or create file")
  const header = new Uint8Array(headerBytes)
  header.set([size & 255, size >> 8 & 255, size >> 16 & 255])
  for (let i = 0; i < name.length; i++) header[4 + i] = name.charCodeAt(i)
  Flash.write(flash, at, header)
  return { at, size, name }
}

/**
 * jsfWriteFile: at offset 0 a file of that name is erased, unless nothing is written in it yet, and one of `size` bytes
 * is made.
 */
export const write = (flash: Flash.BoardFlash, name: string, data: Uint8Array, offset = 0, size = 0): void => {
  const length = size === 0 ? data.length : size
  if (length === 0) throw new Error("Can't create zero length file")
  let file = find(flash, name)
  if (
    offset === 0 &&
    (file === undefined || file.size !== length || !Flash.isErased(flash, file.at + headerBytes, length))
  ) {
    if (file !== undefined) eraseFile(flash, file)
    file = create(flash, name, length)
  }
  if (file === undefined) throw new Error("Unable to find or create file")
  if (offset + data.length > file.size) throw new Error("Too much data for file size")
  if (!Flash.isErased(flash, file.at + headerBytes + offset, data.length)) {
    throw new Error("File already written with different data")
  }
  Flash.write(flash, file.at + headerBytes + offset, data)
}

/** jsfIsBankStorageValid: without it Espruino erases all of Storage when it starts. */
export const isValid = (flash: Flash.BoardFlash): boolean => {
  const lastOne = files(flash).at(-1)
  const at = lastOne === undefined ? Flash.start : next(flash, lastOne).at
  if (at === 0) return true
  return Flash.isErased(flash, at, Math.min(headerBytes, Flash.end - at)) &&
    (lastOne !== undefined || Flash.isErased(flash, at, Flash.end - at))
}
