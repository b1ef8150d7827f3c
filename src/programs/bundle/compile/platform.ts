/**
 * Uses what the platform has by its own name: `require(…)` for `platform.require(…)`. After a dot the interpreter
 * searches all names of the script twice, once for `platform` and once for the name after it, and then those that
 * objects inherit.
 *
 * Only where it is called or one of its fields is read: a missing name is undefined as a property, but an error as a
 * name. And never `eval`, which sees the names around it if it is called by its name.
 */
import * as t from "@babel/types"
import type { NodePath, PluginObj } from "@babel/core"
import { platformNames } from "../dialect/platformNames.ts"

const isPlatform = ({ node, scope }: NodePath<t.MemberExpression>): boolean => {
  if (!t.isIdentifier(node.object)) return false
  const binding = scope.getBinding(node.object.name)
  const declared = binding?.path.node
  return binding?.constant === true && t.isVariableDeclarator(declared) &&
    t.isIdentifier(declared.init, { name: "globalThis" })
}

const isUsed = ({ node, parent }: NodePath<t.MemberExpression>): boolean =>
  t.isCallExpression(parent) && parent.callee === node || t.isMemberExpression(parent) && parent.object === node

export const platform = (): PluginObj => ({
  visitor: {
    MemberExpression: (path) => {
      const { computed, property } = path.node
      if (computed || !t.isIdentifier(property) || property.name === "eval" || !platformNames.has(property.name)) return
      if (isPlatform(path) && isUsed(path) && !path.scope.hasBinding(property.name, { noGlobals: true })) {
        path.replaceWith(t.identifier(property.name))
      }
    }
  }
})
