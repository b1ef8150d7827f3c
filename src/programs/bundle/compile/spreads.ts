/**
 * `{ ...a, b }` compiled to `assign({}, a, { b })`: one call, by a short name. Two where the value of a field may
 * change what was spread before it.
 */
import type { PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { acts } from "./syntax.ts"

export const spreads = (): PluginObj => {
  let used = false
  let name = "$assign"
  return {
    visitor: {
      Program: {
        enter: ({ scope }) => {
          used = false
          name = scope.hasGlobal(name) || scope.hasBinding(name) || scope.hasReference(name)
            ? scope.generateUid("assign") : "$assign"
        },
        exit: (path) => {
          if (!used) return
          const assign = t.memberExpression(t.identifier("Object"), t.identifier("assign"))
          path.node.body.unshift(t.variableDeclaration("var", [t.variableDeclarator(t.identifier(name), assign)]))
        }
      },
      ObjectExpression: {
        // On the way in, because Babel's own plugin would be first on the way out.
        enter: (path) => {
          if (!path.node.properties.some((property) => t.isSpreadElement(property))) return
          const parts: Array<t.Expression> = []
          let run: Array<t.ObjectProperty | t.ObjectMethod> = []
          const flush = () => {
            if (run.length > 0) parts.push(t.objectExpression(run))
            run = []
          }
          for (const property of path.node.properties) {
            if (t.isSpreadElement(property)) {
              flush()
              parts.push(property.argument)
            } else {
              run.push(property)
            }
          }
          flush()
          // What comes first is made here, and may be filled.
          let [made, ...others] = t.isObjectExpression(parts[0]) ? parts as [t.Expression, ...Array<t.Expression>]
            : [t.objectExpression([]) as t.Expression, ...parts]
          // What is spread is copied before what comes after it may change it.
          while (others.length > 0) {
            const at = others.findIndex((each, index) => index > 0 && acts(each))
            made = t.callExpression(t.identifier(name), [made, ...others.splice(0, at < 0 ? others.length : at)])
          }
          used = true
          path.replaceWith(made)
        }
      }
    }
  }
}
