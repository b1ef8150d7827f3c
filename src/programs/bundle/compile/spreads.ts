/**
 * `{ ...a, b }` compiled to `assign({}, a, { b })`: one call, by a short name.
 */
import type { PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

export const spreads = (): PluginObj => {
  let used = false
  return {
    visitor: {
      Program: {
        enter: () => {
          used = false
        },
        exit: (path) => {
          if (!used) return
          const assign = t.memberExpression(t.identifier("Object"), t.identifier("assign"))
          path.node.body.unshift(t.variableDeclaration("var", [t.variableDeclarator(t.identifier("$assign"), assign)]))
        }
      },
      ObjectExpression: {
        // On the way in: Babel's own plugin would be first on the way out.
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
          const own = t.isObjectExpression(parts[0]) ? parts : [t.objectExpression([]), ...parts]
          used = true
          path.replaceWith(t.callExpression(t.identifier("$assign"), own))
        }
      }
    }
  }
}
