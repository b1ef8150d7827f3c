/**
 * The one reader of documents: configuration updates over MQTT and JSON files alike.
 *
 * A document is UTF-8, without a byte order mark or with one at its beginning, and JSON (RFC 8259) from there to its
 * end. Of a key that is given twice the last value counts. The key `__proto__` is left out: it names no setting, and on
 * an object it means something else. A board has a reader of its own; a test holds both to the same verdict for any
 * bytes.
 */
import * as Bytes from "./Bytes.ts"

/** Takes a byte order mark off. */
const decoder = new TextDecoder("utf-8", { fatal: true })

/** The text of a document; undefined when its bytes are not UTF-8. */
export const decode = (bytes: Bytes.Bytes): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** What a JSON text holds. Throws a SyntaxError. */
export const parse = (text: string): unknown =>
  // Whether the key is there can only be seen without its escapes.
  /__proto__|\\u/.test(text) ? JSON.parse(text, (key, value: unknown) => key === "__proto__" ? undefined : value)
    : JSON.parse(text)

/** What a document holds, given as a character for each of its bytes; undefined when it is not JSON. */
export const read = (document: string): unknown => {
  const text = decode(Bytes.fromBinary(document))
  try {
    return text === undefined ? undefined : parse(text)
  } catch {
    return undefined
  }
}
