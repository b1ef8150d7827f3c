/**
 * A shape of source code that the bundle cannot carry to the board, and where it stands.
 */
import type { types } from "@babel/core"

/** `message` says what to write instead; `line` counts from 1, `column` from 0. */
export class Unsupported extends Error {
  readonly line: number
  readonly column: number

  constructor(node: types.Node, message: string) {
    super(message)
    this.line = node.loc?.start.line ?? 1
    this.column = node.loc?.start.column ?? 0
  }
}
