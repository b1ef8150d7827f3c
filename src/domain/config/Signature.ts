/**
 * The signature of a configuration update, where a device has a secret: a first line
 * `sha256=<HMAC-SHA256 in hexadecimal>`, and behind it the document, to the byte as it was signed. Payloads and
 * documents are given as a character for each of their bytes (`Bytes.toBinary`), for it is the bytes that are signed,
 * whatever text they are; a secret is a text.
 *
 * It says who wrote a document, not when: that an old one cannot be played back is for its version, which is inside it.
 */
import * as Hmac from "../bytes/Hmac.ts"
import * as Bytes from "../bytes/Bytes.ts"

const start = "sha256="
const lineLength = start.length + 64

const isSigned = (payload: string): boolean => payload.slice(0, start.length) === start

/** The document in a payload, with or without a signature before it. */
export const document = (payload: string): string => isSigned(payload) ? payload.slice(lineLength + 1) : payload

/** The first line for a document. */
const lineFor = (secret: string, given: string): string =>
  start + Hmac.hex(Bytes.fromText(secret), Bytes.fromBinary(given))

/** The payload that a device with this secret takes, of the bytes of a document. */
export const sign = (secret: string, bytes: Bytes.Bytes): Bytes.Bytes =>
  Bytes.concat([Bytes.fromText(lineFor(secret, Bytes.toBinary(bytes)) + "\n"), bytes])

/** Takes the same time for any two texts of one length, so that nobody can guess one character after another. */
const isSame = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

/** Why a payload is not signed as the secret demands; undefined when it is, or when no secret (`""`) does. */
export const fault = (secret: string, payload: string): string | undefined => {
  if (secret === "") return undefined
  if (!isSigned(payload)) return "the update must be signed with mqtt.config_secret, but is not"
  const line = lineFor(secret, document(payload))
  return isSame(payload.slice(0, lineLength), line) && payload.charAt(lineLength) === "\n"
    ? undefined
    : "the update must be signed with this device's mqtt.config_secret, but its signature does not match"
}
