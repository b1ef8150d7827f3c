/**
 * Copies what was read out of the buffer that it was read into.
 */

/** Memory for small reads: as long as one of its bytes is kept, all of it is kept. */
const slabBytes = 8 * 1024

/** Small reads are copied one after another: memory of its own for a few bytes costs more than copying them. */
export const make = () => {
  let slab = new Uint8Array(slabBytes)
  let used = 0
  return (bytes: Uint8Array, length: number): Uint8Array => {
    if (length > slabBytes / 4) return bytes.slice(0, length)
    if (used + length > slabBytes) {
      slab = new Uint8Array(slabBytes)
      used = 0
    }
    const copy = slab.subarray(used, used + length)
    used += length
    copy.set(length === bytes.length ? bytes : bytes.subarray(0, length))
    return copy
  }
}
