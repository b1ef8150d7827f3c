/**
 * CRC-32 (ISO-HDLC, the one of zip and Ethernet): detects a snapshot that is damaged or was written only in part.
 */
import * as Bytes from "./Bytes.ts"

/** Of whole numbers with a sign: a plain array would hold some of them as fractions, which is three times as slow. */
const table = new Int32Array(256)
for (let n = 0; n < 256; n++) {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  table[n] = c
}

/** An unsigned 32-bit number. */
export const crc32 = (bytes: Bytes.Bytes): number => {
  let c = -1
  for (let i = 0; i < Bytes.length(bytes); i++) {
    c = (table[(c ^ Bytes.at(bytes, i)) & 0xff] as number) ^ (c >>> 8)
  }
  return (c ^ -1) >>> 0
}
