/**
 * `class X extends Data.TaggedError("X") {}` compiled to `const X = Data.TaggedError("X")`: the board's interpreter takes
 * no call behind `extends` and does not hand statics down, and such a class adds nothing but a type.
 */
import type { PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { Unsupported } from "./Unsupported.ts"

export const classes = (): PluginObj => ({
  visitor: {
    ClassDeclaration: (path) => {
      const { body, id, superClass } = path.node
      if (!t.isCallExpression(superClass) || !id) return
      if (body.body.length > 0) throw new Unsupported(path.node, "a class that extends a call must have an empty body")
      // Whoever does not need it need not carry it.
      t.addComment(superClass, "leading", "@__PURE__")
      path.replaceWith(t.variableDeclaration("const", [t.variableDeclarator(t.identifier(id.name), superClass)]))
    }
  }
})
