/**
 * What the messages of an update hold, once they are read. A board has a twin, for it reads them before it has the code
 * in memory that judges them.
 */
import type { ConfigUpdate, Contents } from "./ConfigUpdateFields.ts"
import * as Json from "../bytes/Json.ts"
import * as Signature from "./Signature.ts"
import * as UpdateLimits from "./UpdateLimits.ts"

export type { Contents } from "./ConfigUpdateFields.ts"

/** What a document holds; undefined for what is no JSON, or holds too much. */
export const parse = (text: string | undefined): unknown =>
  text === undefined || !UpdateLimits.isSmall(text) ? undefined : Json.read(text)

const parsePayload = (payload: string | undefined): unknown =>
  payload === undefined ? undefined : parse(Signature.document(payload))

/** The version in what a document holds; undefined when there is none to be read. */
export const versionOf = (document: unknown): unknown =>
  typeof document === "object" && document !== null ? (document as { readonly [key: string]: unknown })["version"]
    : undefined

/** The version that a payload bears. */
export const versionIn = (payload: string | undefined): unknown => versionOf(parsePayload(payload))

export const contentsOf = ({ announced, document }: ConfigUpdate): Contents => ({
  announced: parse(announced),
  document: parsePayload(document)
})
