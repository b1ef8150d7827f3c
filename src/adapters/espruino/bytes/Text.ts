/**
 * The twin of domain/bytes/Text.ts for a board: a text is its UTF-8 bytes, one character for each. A lone surrogate,
 * which only an escape in JSON can make (bytes/Json), is the three bytes that UTF-8 would have for it.
 */
import type * as Original from "../../../domain/bytes/Text.ts"

/** The second byte of a surrogate is above it. */
const beforeSurrogates = 0x9f

export const utf8Length: typeof Original.utf8Length = (text) => {
  // Matches nearly every text, in one native step.
  if (/^[\t\n\r -~]*$/.test(text)) return text.length
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i)
    if (byte === 0 || byte === 0xed && text.charCodeAt(i + 1) > beforeSurrogates) return -1
  }
  return text.length
}

export const shorten: typeof Original.shorten = (text, most) => {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    // Every byte except the second and later ones of a character.
    if ((text.charCodeAt(i) & 0xc0) !== 0x80 && count++ === most) return text.substring(0, i) + "..."
  }
  return text
}

const hex = (unit: number): string => "\\u" + ("000" + unit.toString(16)).slice(-4)

/** JSON.stringify of Espruino escapes each byte above 0x7e as if it were a character. */
export const quote: typeof Original.quote = (text) => {
  if (/^[ !#-Z^-~]*$/.test(text)) return "\"" + text + "\""
  let quoted = "\""
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i)
    const character = text.charAt(i)
    const short = "\b\t\n\f\r\"\\".indexOf(character)
    const second = text.charCodeAt(i + 1)
    if (short >= 0) quoted += "\\" + "btnfr\"\\".charAt(short)
    else if (byte < 32) quoted += hex(byte)
    else if (byte === 0xed && second > beforeSurrogates) {
      quoted += hex(0xd000 | (second & 63) << 6 | text.charCodeAt(i + 2) & 63)
      i += 2
    } else quoted += character
  }
  return quoted + "\""
}
