/** What is large is written to flash piece by piece: Espruino copies what it writes into memory that lies in one piece. */
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { BoardStorage } from "./platform.ts"

/** Bytes written at once, a whole number of the flash's words. */
const piece = 1024

/** Writes `value` at the beginning of a new file, which has room for a mark behind it. Throws what the flash does. */
export const writeLarge = (files: BoardStorage, name: string, value: Bytes.Bytes): void => {
  const size = Bytes.length(value)
  for (let at = 0; at < size; at += piece) {
    files.write(name, Bytes.slice(value, at, Math.min(at + piece, size)), at, size + 1)
  }
}
