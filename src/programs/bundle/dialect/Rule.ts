/**
 * One thing that the board's interpreter does differently.
 */
import type { NodePath } from "@babel/core"

export interface Rule {
  /** What was found, to follow "line 1, column 5: ". */
  readonly name: string
  /** What to do instead. */
  readonly fix: string
  /** Whether the interpreter would fail at this node. Called for every node. */
  readonly trips: (path: NodePath) => boolean
}
