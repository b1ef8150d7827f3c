/**
 * The front of a slab: the bytes of texts that were written before, to be copied from there.
 *
 * Messages go to few topics, and copying bytes within the slab is five times as fast as encoding a text. So the first
 * texts keep a place each, until there are too many others. Only plain texts are here: at most 256 characters of ASCII,
 * without U+0000, `+` and `#`. Most texts and all usual Topic Names are so.
 */

/** Whose bytes are where. The memory belongs to a Writer, which writes no packet into its first `size` bytes. */
export interface Front {
  /** The text that was asked for last, and where its bytes are. */
  last: string
  lastAt: number
  readonly places: Map<string, number>
  /** Texts that found no place. */
  misses: number
}

const placeSize = 256
const placeCount = 16
/** Bytes. */
export const size = placeSize * placeCount
/** After so many the places are for other texts. */
const maximumMisses = 64
/** Below this number of characters a loop is faster than the platform's encoder. */
const shortText = 24

const encoder = new TextEncoder()

/** Without texts. */
export const make = (): Front => ({ last: "", lastAt: 0, places: new Map(), misses: 0 })

/** The memory is another one. */
export const forget = (front: Front): void => {
  front.last = ""
  front.places.clear()
  front.misses = 0
}

/** False: the text is not plain. */
const put = (bytes: Uint8Array, text: string, at: number): boolean => {
  const length = text.length
  if (length < shortText) {
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      // The mask matches + (0x2b) as well as # (0x23).
      if (unit > 0x7f || unit === 0 || (unit & 0xf7) === 0x23) return false
      bytes[at + i] = unit
    }
    return true
  }
  // All of it in as many bytes as characters: all are ASCII.
  const { read, written } = encoder.encodeInto(text, bytes.subarray(at, at + placeSize))
  return read === length && written === length && text.indexOf("\0") < 0 && text.indexOf("+") < 0 &&
    text.indexOf("#") < 0
}

/** Finds the bytes of a text in `bytes`, where they may be now. -1: it is not plain. */
export const find = (front: Front, bytes: Uint8Array, text: string): number => {
  if (text === front.last) return front.lastAt
  if (text.length > placeSize) return -1
  const { places } = front
  let at = places.get(text)
  if (at === undefined) {
    if (places.size === placeCount - 1 && ++front.misses > maximumMisses) forget(front)
    // The last place is for texts that find no other.
    at = placeSize * places.size
    front.last = ""
    if (!put(bytes, text, at)) return -1
    if (places.size < placeCount - 1) places.set(text, at)
  }
  front.last = text
  front.lastAt = at
  return at
}
