/**
 * The signature of a configuration update, for a device with a secret: a first line `sha256=<HMAC-SHA256 in
 * hexadecimal>`, and after it the document, byte for byte as it was signed. Payloads and documents are given as one
 * character for each of their bytes (`Bytes.toBinary`), because the signature is about bytes, whatever text they are. A
 * secret is a text.
 *
 * A signature says who wrote a document, and not when. The version inside the document makes sure that nobody can send
 * an old one again.
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

/**
 * Takes the same time for any two texts of one length, so that nobody can guess the signature one character after
 * another.
 */
const isSame = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

/**
 * Why the signature of a payload is not valid for the secret; undefined if it is valid, or if there is no secret
 * (`""`).
 */
export const fault = (secret: string, payload: string): string | undefined => {
  if (secret === "") return undefined
  if (!isSigned(payload)) return "the update must be signed with mqtt.config_secret, but is not"
  const line = lineFor(secret, document(payload))
  return isSame(payload.slice(0, lineLength), line) && payload.charAt(lineLength) === "\n"
    ? undefined
    : "the update must be signed with this device's mqtt.config_secret, but its signature does not match"
}
