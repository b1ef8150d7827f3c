/**
 * A form of source code that the bundle cannot translate for the board, and where it is.
 */
import type { types } from "@babel/core"

/** `reason` says what to write instead; `line` counts from 1, `column` from 0. */
export class Unsupported extends Error {
  /** The message, which Babel puts a path before. */
  readonly reason: string
  readonly line: number
  readonly column: number

  constructor(node: types.Node, reason: string) {
    super(reason)
    this.reason = reason
    this.line = node.loc?.start.line ?? 1
    this.column = node.loc?.start.column ?? 0
  }
}
