/**
 * The twin of domain/config/Contents.ts for a board: what was read already (`look`) is not read again, and the reader
 * is not in memory beside the judge.
 */
import type * as Original from "../../../domain/config/Contents.ts"

export { contentsOf as read, parse, versionIn, versionOf } from "../../../domain/config/Contents.ts"

export const contentsOf: typeof Original.contentsOf = ({ contents }) =>
  contents ?? { announced: undefined, document: undefined }
