/**
 * A read-only run of bytes.
 *
 * The one place that knows what a run of bytes is: everything else in the domain goes through these functions, so a
 * platform whose byte container is not `Uint8Array` can bring its own twin of this file. Slices are views, not copies.
 */

/** Treat as immutable: slices share their memory with the run they were taken from. */
export type Bytes = Uint8Array

export const empty: Bytes = new Uint8Array(0)

export const length = (bytes: Bytes): number => bytes.length

/** The byte at `index`, which must be in range. */
export const at = (bytes: Bytes, index: number): number => bytes[index] as number

/** The byte of flash that is not yet written. */
export const erased = 255

/** Whether the byte at `index` is as flash leaves it after an erasure. */
export const isErased = (bytes: Bytes, index: number): boolean => bytes[index] === 255

/** Where a byte is found first from `from` on; -1: it is not. */
export const indexOf = (bytes: Bytes, byte: number, from: number): number => bytes.indexOf(byte, from)

/** The bytes from `start` up to `end` (exclusive; undefined: all), without copying. */
export const slice = (bytes: Bytes, start: number, end?: number): Bytes => bytes.subarray(start, end)

export const concat = (parts: ReadonlyArray<Bytes>): Bytes => {
  if (parts.length === 1) return parts[0] as Bytes
  let size = 0
  for (const part of parts) size += part.length
  const all = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

export const equals = (a: Bytes, b: Bytes): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** The UTF-8 bytes of a text. A lone surrogate becomes U+FFFD. */
export const fromText = (text: string): Bytes => encoder.encode(text)

/** The text of UTF-8 bytes, for people and for JSON: what is not UTF-8 becomes U+FFFD. */
export const toText = (bytes: Bytes): string => decoder.decode(bytes)

/** One character, U+0000 to U+00FF, for each byte. JSON can carry any bytes in this form. */
export const toBinary = (bytes: Bytes): string => {
  let text = ""
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number)
  return text
}

/** The inverse of `toBinary`. */
export const fromBinary = (text: string): Bytes => {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
