/** Functions are known by their names (`plainly`), so within a module nothing else that is called may have the name of one that makes effects. */
import { types as t } from "@babel/core"
import type * as Immediate from "./Immediate.ts"
import { Unsupported } from "./Unsupported.ts"

const inner = "is also the name of this module's function that makes an effect; give one of them another name"

/** Throws Unsupported at the first call that may mean either of two functions. */
export const refuse = (program: t.Program, { functions }: Immediate.Known): void => {
  const called = (scope: t.Node, bound: t.Node) => {
    const names = Object.keys(t.getBindingIdentifiers(bound)).filter((name) => functions.has(name))
    if (names.length === 0) return
    t.traverseFast(scope, (node) => {
      if (t.isCallExpression(node) && t.isIdentifier(node.callee) && names.includes(node.callee.name)) {
        throw new Unsupported(node, `"${node.callee.name}" ${inner}`)
      }
    })
  }
  t.traverseFast(program, (node) => {
    if (!t.isFunction(node)) return
    for (const param of node.params) called(node, param)
    t.traverseFast(node.body, (within) => {
      if (t.isVariableDeclarator(within)) called(node, within.id)
    })
  })
}
