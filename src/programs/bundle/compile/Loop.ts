/**
 * Every loop that may wait, in one shape: what comes before, the test, the update, and what the body begins with.
 */
import { types as t } from "@babel/core"
import type * as Flow from "./Flow.ts"
import { constant, copy } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

export interface Loop {
  readonly before: Array<t.Statement>
  readonly test: t.Expression | undefined
  readonly update: t.Expression | undefined
  readonly first: Array<t.Statement>
  readonly body: t.Statement
  readonly testLast: boolean
}

/** Throws Unsupported for a loop that cannot wait. */
export const of = (flow: Flow.Flow, node: t.Statement): Loop => {
  const plain = { before: [], update: undefined, first: [], testLast: false }
  if (t.isWhileStatement(node)) return { ...plain, test: node.test, body: node.body }
  if (t.isDoWhileStatement(node)) return { ...plain, test: node.test, body: node.body, testLast: true }
  if (t.isForStatement(node)) {
    const init = node.init
    const before = !init ? [] : [t.isVariableDeclaration(init) ? init : t.expressionStatement(init)]
    return { ...plain, before, test: node.test ?? undefined, update: node.update ?? undefined, body: node.body }
  }
  if (!t.isForOfStatement(node) || !t.isVariableDeclaration(node.left)) {
    throw new Unsupported(node, "cannot wait inside this loop; use for, while or for (const x of array)")
  }
  const list = flow.fresh("list")
  const index = flow.fresh("index")
  const item = t.memberExpression(list, t.updateExpression("++", index), true)
  const id = (node.left.declarations[0] as t.VariableDeclarator).id
  return {
    ...plain,
    before: [constant(list, node.right),
      t.variableDeclaration("let", [t.variableDeclarator(copy(index), t.numericLiteral(0))])],
    test: t.binaryExpression("<", copy(index), t.memberExpression(copy(list), t.identifier("length"))),
    first: [t.variableDeclaration(node.left.kind, [t.variableDeclarator(id, item)])],
    body: node.body
  }
}
