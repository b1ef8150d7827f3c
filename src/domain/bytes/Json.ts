/**
 * The one reader of documents: configuration updates over MQTT and JSON files alike.
 *
 * A document is UTF-8, with or without a byte order mark at its beginning, and JSON (RFC 8259) from there to its end.
 * If a key is given twice, the last value counts. The key `__proto__` is left out: it names no setting, and on an
 * object it has another meaning. A board has its own reader; a test checks that both accept the same documents, for any
 * bytes.
 */
import * as Bytes from "./Bytes.ts"

/** Removes a byte order mark. */
const decoder = new TextDecoder("utf-8", { fatal: true })

/** The text of a document; undefined if its bytes are not UTF-8. */
export const decode = (bytes: Bytes.Bytes): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** The value of a JSON text. Throws a SyntaxError. */
export const parse = (text: string): unknown =>
  // An escape may hide the key, so the text is searched without its escapes.
  /__proto__|\\u/.test(text) ? JSON.parse(text, (key, value: unknown) => key === "__proto__" ? undefined : value)
    : JSON.parse(text)

/** The value of a document, which is given as one character for each byte; undefined if it is not JSON. */
export const read = (document: string): unknown => {
  const text = decode(Bytes.fromBinary(document))
  try {
    return text === undefined ? undefined : parse(text)
  } catch {
    return undefined
  }
}
