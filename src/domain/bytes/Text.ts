/**
 * Functions on a text itself: its length on the wire, its beginning, its form in JSON.
 *
 * A text is UTF-16 here. On a board it is its UTF-8 bytes, one character for each, so a board has a twin of this file.
 * A test checks that both give the same answers for all of Unicode.
 */

/**
 * Length in UTF-8 bytes, or -1 for text that MQTT refuses: U+0000 (MQTT-1.5.3-2) or a lone surrogate (MQTT-1.5.3-1).
 */
export const utf8Length = (text: string): number => {
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0) return -1
    if (unit < 0x80) size += 1
    else if (unit < 0x800) size += 2
    else if (unit < 0xd800 || unit > 0xdfff) size += 3
    else {
      const low = unit < 0xdc00 ? text.charCodeAt(++i) : 0
      if (!(low >= 0xdc00 && low <= 0xdfff)) return -1
      size += 4
    }
  }
  return size
}

/** At most the first `most` characters, followed by `...` if there are more. A character is a code point. */
export const shorten = (text: string, most: number): string => {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    if (count++ === most) return text.slice(0, i) + "..."
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
  }
  return text
}

/** The text as a JSON string, in double quotes. A lone surrogate is escaped, so the result is always valid Unicode. */
export const quote = (text: string): string => JSON.stringify(text)
