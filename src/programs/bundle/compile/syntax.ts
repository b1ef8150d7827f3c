/**
 * Small questions about syntax trees, and small makers of them, that the compile passes share.
 */
import { types as t } from "@babel/core"

/** The nodes directly below `node`, in the order in which they are evaluated. */
export const children = (node: t.Node): Array<t.Node> => {
  const found: Array<t.Node> = []
  for (const key of t.VISITOR_KEYS[node.type] ?? []) {
    const value: unknown = node[key as keyof t.Node]
    for (const child of Array.isArray(value) ? value : [value]) if (child) found.push(child as t.Node)
  }
  return found
}

/** Whether `test` holds for `node` or for a node below it that belongs to the same function. */
export const contains = (node: t.Node, test: (node: t.Node) => boolean): boolean =>
  test(node) || (!t.isFunction(node) && children(node).some((child) => contains(child, test)))

export const hasYield = (node: t.Node): boolean => contains(node, (inner) => t.isYieldExpression(inner))

/** Whether evaluating `node` may change something; what a getter does is not considered. */
export const acts = (node: t.Node): boolean =>
  contains(node, (inner) =>
    t.isCallExpression(inner) || t.isOptionalCallExpression(inner) || t.isNewExpression(inner) ||
    t.isAssignmentExpression(inner) || t.isUpdateExpression(inner) ||
    t.isTaggedTemplateExpression(inner) || t.isYieldExpression(inner) || t.isAwaitExpression(inner) ||
    t.isUnaryExpression(inner, { operator: "delete" }))

/** What remains of an expression without its types. */
export const untyped = (node: t.Node): t.Node =>
  t.isTSAsExpression(node) || t.isTSNonNullExpression(node) || t.isTSSatisfiesExpression(node) ||
    t.isTSTypeAssertion(node) ||
    t.isTSInstantiationExpression(node)
    ? untyped(node.expression)
    : node

/** A copy without places, so that comments are not printed twice. */
export const copy = <T extends t.Node>(node: T): T => t.cloneNode(node, true)

export const statements = (node: t.Statement): Array<t.Statement> => t.isBlockStatement(node) ? node.body : [node]

export const block = (body: Array<t.Statement>): t.Statement =>
  body.length === 1 && !t.isVariableDeclaration(body[0]) && !t.isIfStatement(body[0]) ? body[0] as t.Statement
    : t.blockStatement(body)

export const constant = (id: t.LVal, init: t.Expression): t.VariableDeclaration =>
  t.variableDeclaration("const", [t.variableDeclarator(id as t.Identifier, init)])

/** The expression that `body` returns, if it does nothing else. */
export const onlyReturn = (body: ReadonlyArray<t.Statement>): t.Expression | undefined => {
  const first = body[0]
  return body.length === 1 && t.isReturnStatement(first) && first.argument ? first.argument : undefined
}

export const arrow = (params: Array<t.Identifier | t.Pattern>, body: Array<t.Statement>): t.ArrowFunctionExpression =>
  t.arrowFunctionExpression(params, onlyReturn(body) ?? t.blockStatement(body))

/** `namespace.name` where `namespace` is an identifier: its two names. */
export const member = (node: t.Node): readonly [namespace: string, name: string] | undefined =>
  t.isMemberExpression(node) && !node.computed && t.isIdentifier(node.object) && t.isIdentifier(node.property)
    ? [node.object.name, node.property.name]
    : undefined

/** Whether control never reaches what follows the statement. */
export const isAbrupt = (node: t.Statement): boolean => {
  if (
    t.isReturnStatement(node) || t.isThrowStatement(node) || t.isBreakStatement(node) || t.isContinueStatement(node)
  ) return true
  if (t.isBlockStatement(node)) return node.body.some(isAbrupt)
  if (t.isIfStatement(node)) return !!node.alternate && isAbrupt(node.consequent) && isAbrupt(node.alternate)
  return false
}

/** Whether a `break` (or `continue`) below `node` leaves the loop that `node` is the body of. */
export const leaves = (node: t.Node, kind: "BreakStatement" | "ContinueStatement"): boolean => {
  if (node.type === kind) return true
  if (t.isFunction(node) || t.isLoop(node)) return false
  if (kind === "BreakStatement" && t.isSwitchStatement(node)) return false
  return children(node).some((child) => leaves(child, kind))
}
