/** Whether bytes are UTF-8 without overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629). */
export const isText = (text: string): boolean => {
  let left = 0
  let least = 0x80
  let most = 0xbf
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i)
    if (left > 0) {
      if (byte < least || byte > most) return false
      left--
      least = 0x80
      most = 0xbf
    } else if (byte > 0x7f) {
      if (byte < 0xc2 || byte > 0xf4) return false
      left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
      if (byte === 0xe0) least = 0xa0
      if (byte === 0xf0) least = 0x90
      if (byte === 0xed) most = 0x9f
      if (byte === 0xf4) most = 0x8f
    }
  }
  return left === 0
}
