/**
 * The content of an update's messages, once they are read. A board has a twin: it reads them before it loads the code
 * that judges them.
 */
import type { ConfigUpdate, Contents } from "./ConfigUpdateFields.ts"
import * as Json from "../bytes/Json.ts"
import * as Signature from "./Signature.ts"
import * as UpdateLimits from "./UpdateLimits.ts"

export type { Contents } from "./ConfigUpdateFields.ts"

/** The content of a document; undefined if it is not JSON, or is too large. */
export const parse = (text: string | undefined): unknown =>
  text === undefined || !UpdateLimits.isSmall(text) ? undefined : Json.read(text)

const parsePayload = (payload: string | undefined): unknown =>
  payload === undefined ? undefined : parse(Signature.document(payload))

/** The version in the content of a document; undefined if it has none. */
export const versionOf = (document: unknown): unknown =>
  typeof document === "object" && document !== null ? (document as { readonly [key: string]: unknown })["version"]
    : undefined

/** The version in a payload. */
export const versionIn = (payload: string | undefined): unknown => versionOf(parsePayload(payload))

export const contentsOf = ({ announced, document }: ConfigUpdate): Contents => ({
  announced: parse(announced),
  document: parsePayload(document)
})
