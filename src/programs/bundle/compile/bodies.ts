/**
 * Statements of a function whose value goes elsewhere: to the caller's own return, to a variable, or nowhere.
 */
import { types as t } from "@babel/core"
import { contains } from "./syntax.ts"

/** Where a value goes: `undefined` is nowhere. */
export type Goal = "return" | t.Identifier | t.MemberExpression | undefined

export type Statements = ReadonlyArray<t.Statement>

export const isIn = (node: t.Node | null | undefined, wanted: t.Node): boolean => {
  if (node === null || node === undefined) return false
  let found = false
  t.traverseFast(node, (each) => {
    if (each === wanted) found = true
  })
  return found
}

/** Whether there is a `return` of this function somewhere in `node`. */
export const returns = (node: t.Node): boolean => {
  if (t.isReturnStatement(node)) return true
  if (t.isFunction(node) || t.isExpression(node)) return false
  return (t.VISITOR_KEYS[node.type] ?? []).some((key) => {
    const child = (node as unknown as Readonly<Record<string, t.Node | ReadonlyArray<t.Node> | null | undefined>>)[key]
    return Array.isArray(child) ? child.some((each) => each !== null && returns(each as t.Node))
      : child !== null && child !== undefined && returns(child as t.Node)
  })
}

/** Whether a variable of this function is declared somewhere in `node`. */
export const declares = (node: t.Node): boolean =>
  contains(node, (inner) => t.isVariableDeclaration(inner) || t.isFunctionDeclaration(inner))

export const listOf = (node: t.Statement | null | undefined): Statements =>
  node === null || node === undefined ? [] : t.isBlockStatement(node) ? node.body : [node]

/** Whether nothing after these is reached. */
export const end = (statements: Statements): boolean => {
  const last = statements[statements.length - 1]
  if (t.isIfStatement(last)) return end(listOf(last.consequent)) && end(listOf(last.alternate))
  if (t.isTryStatement(last)) return end(last.block.body) && end(last.handler?.body.body ?? [])
  return t.isReturnStatement(last) || t.isThrowStatement(last) || t.isBlockStatement(last) && end(last.body)
}

export const nothing = () => t.unaryExpression("void", t.numericLiteral(0))

export const put = (value: t.Expression | null | undefined, goal: Goal): Statements => {
  if (goal === "return") return [t.returnStatement(value)]
  if (goal !== undefined) {
    return [t.expressionStatement(t.assignmentExpression("=", t.cloneNode(goal), value ?? nothing()))]
  }
  return value === null || value === undefined || t.isPureish(value) || t.isIdentifier(value) ? []
    : [t.expressionStatement(value)]
}

export const block = (statements: Statements) => t.blockStatement([...statements])

export const choice = (test: t.Expression, first: Statements, second: Statements): t.Statement =>
  first.length === 0 && second.length > 0
    ? t.ifStatement(t.unaryExpression("!", test), block(second))
    : t.ifStatement(test, block(first), second.length === 0 ? null : block(second))

/** A body with its values put elsewhere; undefined: it returns from a place where this is impossible. */
export const turned = (statements: Statements, goal: Goal): Statements | undefined => {
  const made: Array<t.Statement> = []
  for (const [index, statement] of statements.entries()) {
    const rest = statements.slice(index + 1)
    const last = (
      others: ReadonlyArray<Statements | undefined>,
      make: (...others: ReadonlyArray<Statements>) => t.Statement
    ) => others.includes(undefined) ? undefined : [...made, make(...others as ReadonlyArray<Statements>)]
    // A variable is the function's, also where its declaration is never reached.
    if (t.isReturnStatement(statement)) {
      return rest.some(declares) ? undefined : [...made, ...put(statement.argument, goal)]
    }
    if (!returns(statement)) {
      made.push(statement)
      if (t.isThrowStatement(statement)) return rest.some(declares) ? undefined : made
    } else if (t.isBlockStatement(statement)) {
      const inner = turned([...statement.body, ...rest], goal)
      return inner === undefined ? undefined : [...made, ...inner]
    } else if (t.isIfStatement(statement)) {
      const [first, second] = [listOf(statement.consequent), listOf(statement.alternate)]
      if (rest.length > 0 && !end(first) && !end(second)) return undefined
      return last([
        turned(end(first) ? first : [...first, ...rest], goal),
        turned(end(first) ? [...second, ...rest] : second, goal)
      ], (one = [], other = []) => choice(statement.test, one, other))
    } else if (t.isTryStatement(statement) && rest.length === 0 && statement.handler && !statement.finalizer) {
      const { block: tried, handler } = statement
      return last([turned(tried.body, goal), turned(handler.body.body, goal)], (one = [], other = []) =>
        t.tryStatement(block(one), t.catchClause(handler.param, block(other))))
    } else return undefined
  }
  return [...made, ...(goal === undefined ? [] : put(undefined, goal))]
}
