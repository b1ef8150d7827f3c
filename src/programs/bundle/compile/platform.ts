/**
 * Uses what the platform has by its own name: `require(…)` for `platform.require(…)`. After a dot the interpreter
 * searches all names of the script twice, once for `platform` and once for the name after it, and then those that
 * objects inherit.
 *
 * Only where it is called or one of its fields is read: a missing name is undefined as a property, but an error as a
 * name. `eval` is called as a property of `globalThis`, because by its name it sees the names around it.
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

/** Nobody uses the object any more. terser would keep the name, because to read it could fail. */
const dropUnused = ({ scope }: NodePath): void => {
  scope.crawl()
  for (const { constant, path, references } of Object.values(scope.bindings)) {
    const isObject = path.isVariableDeclarator() && t.isIdentifier(path.node.init, { name: "globalThis" })
    if (constant && references === 0 && isObject) path.remove()
  }
}

export const platform = (): PluginObj => ({
  visitor: {
    Program: { exit: dropUnused },
    MemberExpression: (path) => {
      const { computed, property } = path.node
      if (computed || !t.isIdentifier(property) || !platformNames.has(property.name) || !isPlatform(path)) return
      // One use of the object is no reason for a name that the interpreter keeps.
      if (property.name === "eval") path.node.object = t.identifier("globalThis")
      else if (isUsed(path) && !path.scope.hasBinding(property.name, { noGlobals: true })) {
        path.replaceWith(t.identifier(property.name))
      }
    }
  }
})
