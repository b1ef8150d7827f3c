/**
 * A statement that calls a function, split so that the function's body can replace the call.
 *
 * What is evaluated before the call becomes separate statements, a condition with the call on one side becomes an `if`,
 * and where the body returns, its value goes where the call's value went: to the caller's own return, to a variable, or
 * nowhere.
 */
import type { NodePath } from "@babel/core"
import { types as t } from "@babel/core"
import { choice, end, type Goal, isIn, nothing, put, returns, type Statements, turned } from "./bodies.ts"

export interface CallSite {
  readonly call: NodePath<t.CallExpression>
  /** What comes before the body: the parameters. */
  readonly start: Statements
  readonly body: Statements
  /** A name that nothing has. */
  readonly fresh: () => t.Identifier
  /** Only to see whether it can be done: the call stays. */
  readonly isTrial: boolean
}

/** The body where all of the call's value goes to `goal`. */
const bodyFor = ({ body, start }: CallSite, goal: Goal): Statements | undefined => {
  if (goal === "return") return [...start, ...body, ...(end(body) ? [] : [t.returnStatement()])]
  const made = turned(body, goal)
  return made === undefined ? undefined : [...start, ...made]
}

/** What `node` is does not depend on whether the body has run. */
const isSteady = (node: t.Node | null | undefined, { call }: CallSite): boolean => {
  if (t.isIdentifier(node)) {
    const binding = call.scope.getBinding(node.name)
    if (binding === undefined || binding.constant) return true
    const inner = call.getFunctionParent()?.scope
    return binding.scope === inner &&
      binding.constantViolations.every((each) =>
        each.scope.getFunctionParent() === inner && !isIn(call.node, each.node)
      )
  }
  if (t.isMemberExpression(node)) return false
  if (t.isArrayExpression(node)) return node.elements.every((each) => isSteady(each, { call } as CallSite))
  if (t.isObjectExpression(node)) {
    return node.properties.every((each) =>
      t.isObjectProperty(each) && !each.computed && isSteady(each.value, { call } as CallSite)
    )
  }
  return t.isFunction(node) || t.isLiteral(node) && !t.isTemplateLiteral(node) ||
    t.isUnaryExpression(node) && t.isLiteral(node.argument)
}

/** Whether the call is always evaluated in the expression at `top`, and first of all that matters. */
const isFirst = (site: CallSite, top: t.Node): boolean => {
  let path: NodePath = site.call
  while (path.node !== top) {
    const parent: NodePath | null = path.parentPath
    if (parent === null) return false
    const { node } = parent
    const before = (nodes: ReadonlyArray<t.Node | null>) =>
      nodes.slice(0, nodes.indexOf(path.node)).every((each) =>
        isSteady(t.isObjectProperty(each) ? each.computed ? undefined : each.value : each, site)
      )
    if (t.isCallExpression(node) || t.isNewExpression(node)) {
      // Methods stay what they are, so that it does not matter when one is looked up.
      const callee = t.isMemberExpression(node.callee) && !node.callee.computed ? node.callee.object : node.callee
      if (path.key !== "callee" && !(isSteady(callee, site) && before(node.arguments))) return false
    } else if (t.isMemberExpression(node)) {
      if (path.key === "property" && !isSteady(node.object, site)) return false
    } else if (t.isBinaryExpression(node)) {
      if (path.key === "right" && !isSteady(node.left, site)) return false
    } else if (t.isLogicalExpression(node) || t.isConditionalExpression(node)) {
      if (path.key !== "left" && path.key !== "test") return false
    } else if (t.isAssignmentExpression(node)) {
      if (!t.isIdentifier(node.left) || !isSteady(node.left, site)) return false
    } else if (t.isObjectExpression(node)) {
      if (!before(node.properties)) return false
    } else if (t.isArrayExpression(node)) {
      if (!before(node.elements)) return false
    } else if (
      !(t.isObjectProperty(node) && path.key === "value" || t.isUnaryExpression(node) && node.operator !== "delete")
    ) return false
    path = parent
  }
  return true
}

/** The statements before the expression at `top`, in which the body's value then stands for the call. */
const before = (site: CallSite, top: t.Node): Statements | undefined => {
  const { body, call, start } = site
  if (!isFirst(site, top)) return undefined
  const last = body[body.length - 1]
  const others = t.isReturnStatement(last) ? body.slice(0, -1) : body
  if (!others.some(returns)) {
    if (!site.isTrial) call.replaceWith((t.isReturnStatement(last) ? last.argument : undefined) ?? nothing())
    return [...start, ...others]
  }
  const name = site.fresh()
  const made = bodyFor(site, name)
  if (made !== undefined && !site.isTrial) call.replaceWith(t.cloneNode(name))
  return made === undefined ? undefined : [t.variableDeclaration("var", [t.variableDeclarator(name)]), ...made]
}

const isPlace = (node: t.Node, site: CallSite): node is t.Identifier | t.MemberExpression =>
  t.isIdentifier(node) ||
  t.isMemberExpression(node) && !node.computed && t.isIdentifier(node.object) && isSteady(node.object, site)

/** Statements for `expression`, which holds the call, with its value put to `goal`. */
const inlined = (expression: t.Expression, site: CallSite, goal: Goal): Statements | undefined => {
  const call = site.call.node
  const and = (first: Statements, then: Statements | undefined, last: Statements = []) =>
    then === undefined ? undefined : [...first, ...then, ...last]
  if (expression === call) return bodyFor(site, goal)
  if (t.isSequenceExpression(expression)) {
    const at = expression.expressions.findIndex((each) => isIn(each, call))
    const first = expression.expressions.slice(0, at).flatMap((each) => put(each, undefined))
    const then = expression.expressions.slice(at + 1)
    const last = then.flatMap((each, index) => put(each, index === then.length - 1 ? goal : undefined))
    return and(first, inlined(expression.expressions[at] as t.Expression, site, then.length === 0 ? goal : undefined),
      last)
  }
  if (t.isConditionalExpression(expression) && !isIn(expression.test, call)) {
    const { alternate, consequent, test } = expression
    const isConsequent = isIn(consequent, call)
    const inner = inlined(isConsequent ? consequent : alternate, site, goal)
    const other = put(isConsequent ? alternate : consequent, goal)
    return inner === undefined ? undefined : [isConsequent ? choice(test, inner, other) : choice(test, other, inner)]
  }
  if (
    t.isLogicalExpression(expression) && goal === undefined && isIn(expression.right, call) &&
    expression.operator !== "??"
  ) {
    const inner = inlined(expression.right, site, goal)
    return inner === undefined ? undefined
      : [expression.operator === "&&" ? choice(expression.left, inner, []) : choice(expression.left, [], inner)]
  }
  if (t.isAssignmentExpression(expression) && expression.operator === "=" && isPlace(expression.left, site)) {
    if (goal === undefined) return inlined(expression.right, site, expression.left)
    if (t.isIdentifier(expression.left)) {
      return and([], inlined(expression.right, site, expression.left), put(expression.left, goal))
    }
  }
  return and([], before(site, expression),
    site.isTrial ? [] : put(site.call.node === expression ? call : expression, goal))
}

/** `var a = 1, b = f(), c = 2` in three parts, of which the middle one is inlined. */
const declared = (node: t.VariableDeclaration, site: CallSite): Statements | undefined => {
  const at = node.declarations.findIndex((each) => isIn(each.init, site.call.node))
  const { id, init } = node.declarations[at] ?? {}
  if (!t.isIdentifier(id) || !init) return undefined
  const inner = inlined(init, site, id)
  if (inner === undefined) return undefined
  const part = (declarations: ReadonlyArray<t.VariableDeclarator>) =>
    declarations.length === 0 ? [] : [t.variableDeclaration("var", [...declarations])]
  const last = inner[inner.length - 1]
  const set = t.isExpressionStatement(last) && t.isAssignmentExpression(last.expression, { operator: "=" }) &&
      t.isIdentifier(last.expression.left, { name: id.name }) ? last.expression : undefined
  return [
    ...part(node.declarations.slice(0, at)),
    ...(set === undefined ? [...part([t.variableDeclarator(id)]), ...inner]
      : [...inner.slice(0, -1), ...part([t.variableDeclarator(id, set.right)])]),
    ...part(node.declarations.slice(at + 1))
  ]
}

/** What replaces the statement with the call once the body is in it; undefined: this is impossible. */
export const inlineStatement = (node: t.Statement, site: CallSite): Statements | undefined => {
  const call = site.call.node
  if (t.isReturnStatement(node) && node.argument) return inlined(node.argument, site, "return")
  if (t.isExpressionStatement(node)) return inlined(node.expression, site, undefined)
  if (t.isVariableDeclaration(node) && node.kind === "var") return declared(node, site)
  const top = t.isIfStatement(node) ? node.test
    : t.isSwitchStatement(node) ? node.discriminant : t.isForOfStatement(node) ? node.right : undefined
  if (!isIn(top, call)) return undefined
  const first = before(site, top as t.Expression)
  return first === undefined ? undefined : [...first, node]
}

/** The same for the expression that an arrow function returns. */
export const inlineExpression = (node: t.Expression, site: CallSite): Statements | undefined =>
  inlined(node, site, "return")
