/**
 * The signature of a configuration update, where a device has a secret: a first line `sha256=<HMAC-SHA256 in hexadecimal>`, and
 * behind it the document, to the byte as it was signed.
 *
 * It says who wrote a document, not when: that an old one cannot be played back is for its version, which is inside it.
 */
import * as Hmac from "./Hmac.ts"
import * as Bytes from "./packet/Bytes.ts"

const start = "sha256="
const lineLength = start.length + 64

const isSigned = (text: string): boolean => text.slice(0, start.length) === start

/** The document in a payload, with or without a signature before it. */
export const document = (text: string): string => isSigned(text) ? text.slice(lineLength + 1) : text

/** The first line for `text`, a document. */
const lineFor = (secret: string, text: string): string => start + Hmac.hex(Bytes.fromText(secret), Bytes.fromText(text))

/** The payload that a device with this secret takes. */
export const sign = (secret: string, text: string): string => lineFor(secret, text) + "\n" + text

/** Takes the same time for any two texts of one length, so that nobody can guess one character after another. */
const isSame = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

/** Why a payload is not signed as the secret demands; undefined when it is, or when no secret (`""`) does. */
export const fault = (secret: string, text: string): string | undefined => {
  if (secret === "") return undefined
  if (!isSigned(text)) return "the update must be signed with mqtt.config_secret, but is not"
  const line = lineFor(secret, document(text))
  return isSame(text.slice(0, lineLength), line) && text.charAt(lineLength) === "\n"
    ? undefined
    : "the update must be signed with this device's mqtt.config_secret, but its signature does not match"
}
