/**
 * The twin of domain/bytes/Bytes.ts for a board: a run of bytes is a string with one character for each.
 *
 * So is a text: what Espruino reads from source, JSON and the network is UTF-8, one character for each byte, and
 * neither Espruino nor this program ever looks inside. Text and bytes are the same thing here, and most functions of
 * the original do nothing.
 */
import type * as Original from "../../../domain/bytes/Bytes.ts"

export type Bytes = Original.Bytes

const same = (bytes: string): string => bytes

export const empty = "" as unknown as typeof Original.empty
export const length = ((bytes: string) => bytes.length) as unknown as typeof Original.length
export const at = ((bytes: string, index: number) => bytes.charCodeAt(index)) as unknown as typeof Original.at
export const isErased =
  ((bytes: string, index: number) => bytes[index] === "\xff") as unknown as typeof Original.isErased
export const erased: typeof Original.erased = 255
export const indexOf =
  ((bytes: string, byte: number, from: number) =>
    bytes.indexOf(String.fromCharCode(byte), from)) as unknown as typeof Original.indexOf
export const slice =
  ((bytes: string, start: number, end?: number) => bytes.substring(start, end)) as unknown as typeof Original.slice
export const concat = ((parts: ReadonlyArray<string>) => parts.join("")) as unknown as typeof Original.concat
export const equals = ((a: string, b: string) => a === b) as unknown as typeof Original.equals
export const fromText = same as unknown as typeof Original.fromText
export const toText = same as unknown as typeof Original.toText
export const toBinary = same as unknown as typeof Original.toBinary
export const fromBinary = same as unknown as typeof Original.fromBinary
