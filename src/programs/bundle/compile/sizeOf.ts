/** How large a part of a script is. */
import { types as t } from "@babel/core"

/** In nodes of its tree. */
export const sizeOf = (node: t.Node): number => {
  let nodes = 0
  t.traverseFast(node, () => {
    nodes++
  })
  return nodes
}
