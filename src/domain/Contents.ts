/**
 * What the messages of an update hold, once they are read. A board has a twin, for it reads them before it has the code in memory
 * that judges them.
 */
import type { ConfigUpdate } from "./ConfigUpdate.ts"
import * as Json from "./Json.ts"
import * as Signature from "./Signature.ts"

/** Each is undefined where nothing has come, or no JSON. */
export interface Contents {
  readonly announced: unknown
  readonly document: unknown
}

/** More tables and lists than this are in no configuration; to read them one in another would take more stack than there is. */
export const mostTables = 100

const opens = (text: string, bracket: string): number => {
  let count = 0
  for (let at = text.indexOf(bracket); at >= 0 && count <= mostTables; at = text.indexOf(bracket, at + 1)) count++
  return count
}

/** A text with fewer characters need not be searched. */
export const isShallow = (text: string): boolean => text.length <= mostTables || opens(text, "{") + opens(text, "[") <= mostTables

/** What a document holds; undefined for what is no JSON, or holds too many tables. */
export const parse = (text: string | undefined): unknown => text === undefined || !isShallow(text) ? undefined : Json.read(text)

const parsePayload = (payload: string | undefined): unknown => payload === undefined ? undefined : parse(Signature.document(payload))

/** The version in what a document holds; undefined when there is none to be read. */
export const versionOf = (document: unknown): unknown =>
  typeof document === "object" && document !== null ? (document as { readonly version?: unknown }).version : undefined

/** The version that a payload bears. */
export const versionIn = (payload: string | undefined): unknown => versionOf(parsePayload(payload))

export const contentsOf = ({ announced, document }: ConfigUpdate): Contents => ({ announced: parse(announced), document: parsePayload(document) })
