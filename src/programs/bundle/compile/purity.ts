/**
 * Marks what a module makes at its top level as free of side effects, as all of it is in this project, so that what nobody
 * uses can be left out.
 */
import type { PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

const mark = (node: t.Node | null | undefined): void => {
  if ((t.isCallExpression(node) || t.isNewExpression(node)) && !node.leadingComments) t.addComment(node, "leading", "@__PURE__")
  else if (t.isTSAsExpression(node)) mark(node.expression)
}

export const purity = (): PluginObj => ({
  visitor: {
    Program: {
      exit: (path) => {
        for (const statement of path.node.body) {
          const declaration = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
          if (!t.isVariableDeclaration(declaration)) continue
          for (const { init } of declaration.declarations) mark(init)
        }
      }
    }
  }
})
