/**
 * The flash of a board, byte for byte: bits change from 1 to 0 one byte after another, and back only in whole pages.
 * The power may fail between any two of these steps and in the middle of an erasure.
 *
 * Storage is where Espruino has it on every ESP32: 224 pages at 0x320000 (boards/ESP32.py, `saved_code`).
 */
import { pageBytes } from "../../../domain/state/FlashLog.ts"

export const start = 0x320000
export const end = start + 224 * pageBytes

/** The power has failed: nothing can be done until it is back. */
export class PowerFailed extends Error {}

export interface BoardFlash {
  readonly bytes: Uint8Array
  /** Steps until the power fails: a byte written, or a page erased. */
  left: number
  /** Bytes written so far, and how often each page was erased, which wears it out. */
  written: number
  readonly erasures: Uint32Array
  /** Where files were found (BoardStorage): addresses of their headers, by name. */
  readonly known: Map<string, number>
  /** Called when Espruino's Storage begins to compact. */
  onCompact: () => void
}

export const make = (): BoardFlash => ({
  bytes: new Uint8Array(end - start).fill(0xff),
  left: Infinity,
  written: 0,
  erasures: new Uint32Array((end - start) / pageBytes),
  known: new Map(),
  onCompact: () => {}
})

/** A view: what is written or erased later is visible in it. */
export const read = (flash: BoardFlash, address: number, length: number): Uint8Array =>
  flash.bytes.subarray(address - start, address - start + length)

export const isErased = (flash: BoardFlash, address: number, length: number): boolean => {
  const { bytes } = flash
  const to = address - start + length
  for (let at = address - start; at < to; at++) if (bytes[at] !== 0xff) return false
  return true
}

/** Throws PowerFailed if the power fails meanwhile: the bytes before are written, the others are not. */
export const write = (flash: BoardFlash, address: number, data: Uint8Array): void => {
  const isCut = flash.left < data.length
  const length = isCut ? Math.max(0, flash.left) : data.length
  const at = address - start
  for (let i = 0; i < length; i++) flash.bytes[at + i] = (flash.bytes[at + i] as number) & (data[i] as number)
  flash.written += length
  flash.left -= data.length
  if (isCut) throw new PowerFailed("the power failed")
}

/** Throws PowerFailed if the power fails meanwhile: the first half of the page is erased. */
export const erasePage = (flash: BoardFlash, address: number): void => {
  if (flash.left < 0) throw new PowerFailed("the power failed")
  const at = (address - start) & -pageBytes
  const isCut = flash.left-- < 1
  flash.erasures[at / pageBytes] = (flash.erasures[at / pageBytes] as number) + 1
  flash.bytes.fill(0xff, at, at + (isCut ? pageBytes / 2 : pageBytes))
  if (!isCut) return
  flash.left = -1
  throw new PowerFailed("the power failed")
}
