/**
 * The twin of domain/bytes/Hmac.ts for a board: RFC 2104 over the SHA-256 of Espruino's crypto library.
 */
import type * as Original from "../../../domain/bytes/Hmac.ts"
import { platform } from "../platform/platform.ts"

/** Block size of SHA-256 in bytes. */
const blockSize = 64

const sha256 = (bytes: string): string => platform.E.toString(platform.require("crypto").SHA256(bytes))

/** A block of the key, each byte XORed with `pad`. */
const padded = (key: string, pad: number): string => {
  let block = ""
  for (let i = 0; i < blockSize; i++) block += String.fromCharCode((i < key.length ? key.charCodeAt(i) : 0) ^ pad)
  return block
}

export const hex = ((given: string, message: string): string => {
  const key = given.length > blockSize ? sha256(given) : given
  const digest = sha256(padded(key, 0x5c) + sha256(padded(key, 0x36) + message))
  let text = ""
  for (let i = 0; i < digest.length; i++) text += ("0" + digest.charCodeAt(i).toString(16)).slice(-2)
  return text
}) as unknown as typeof Original.hex
