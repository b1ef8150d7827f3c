/**
 * Payloads that say which message they are: its number in decimal and a semicolon, then zeros up to their size.
 */
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"

export const make = (number: number, bytes: number): Bytes.Bytes => {
  const head = Bytes.fromText(number + ";")
  const payload = new Uint8Array(Math.max(bytes, head.length))
  payload.set(head)
  return payload
}

/** The number of the message; -1: it has none. */
export const number = (payload: Bytes.Bytes): number => {
  let value = 0
  for (let i = 0; i < payload.length && i < 9; i++) {
    const digit = (payload[i] as number) - 48
    if (digit === 11 && i > 0) return value
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return -1
}
