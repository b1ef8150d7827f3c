/**
 * Where control goes from a place in a generator, and the calls of Effect's functions that take it there.
 *
 * A statement list is compiled with the Exit that stands behind its end. Going back to the head of a loop is a plain call
 * when the caller is a callback of `flatMap`, which the runtime has called with an empty stack; elsewhere it is suspended,
 * so that a loop which does not wait costs no stack.
 */
import { types as t } from "@babel/core"
import { arrow, copy, onlyReturn } from "./syntax.ts"

/** What stands behind the end of a statement list. */
export type Exit =
  /** The end of the generator without a value. */
  | { readonly _tag: "End" }
  /** A function of no parameters that returns the rest. */
  | { readonly _tag: "Go"; readonly to: string }
  /** Back to the head of a loop, after `update`. */
  | { readonly _tag: "Again"; readonly to: string; readonly update: t.Expression | undefined }

export interface Flow {
  /** The local name of effect/Effect. */
  readonly effect: string
  readonly exit: Exit
  readonly onBreak: Exit | undefined
  readonly onContinue: Exit | undefined
  /** We are in a callback that ran since the head of the innermost loop. */
  readonly waited: boolean
  /** A name that is not yet in use. */
  readonly fresh: (hint: string) => t.Identifier
  /** Whether a name means the same before and after a wait. */
  readonly isSteady: (name: string) => boolean
  /** Whether an expression is known to be an effect of nothing. */
  readonly isVoid: (effect: t.Expression) => boolean
  /** For the device's runtime, which has a step for `flatMap(result(effect), f)`. */
  readonly isDevice: boolean
}

export const own = (flow: Flow, name: string): t.MemberExpression =>
  t.memberExpression(t.identifier(flow.effect), t.identifier(name))

export const invoke = (flow: Flow, name: string, args: Array<t.Expression>): t.CallExpression =>
  t.callExpression(own(flow, name), args)

export const succeed = (flow: Flow, value: t.Expression | null | undefined): t.Expression =>
  value === null || value === undefined || t.isIdentifier(value, { name: "undefined" }) ? own(flow, "void") : invoke(flow, "succeed", [value])

/** The statements that take an exit. */
export const leave = (flow: Flow, exit: Exit): Array<t.Statement> => {
  if (exit._tag === "End") return [t.returnStatement(own(flow, "void"))]
  const to = t.identifier(exit.to)
  if (exit._tag === "Go") return [t.returnStatement(t.callExpression(to, []))]
  const back = t.returnStatement(flow.waited ? t.callExpression(to, []) : invoke(flow, "suspend", [to]))
  return exit.update === undefined ? [back] : [t.expressionStatement(copy(exit.update)), back]
}

const isOwnCall = (flow: Flow, node: t.Node, name: string): node is t.CallExpression =>
  t.isCallExpression(node) && t.isMemberExpression(node.callee) && !node.callee.computed &&
  t.isIdentifier(node.callee.object, { name: flow.effect }) && t.isIdentifier(node.callee.property, { name })

/** `effect`, then `body` with its value in `param`. */
export const bind = (
  flow: Flow,
  effect: t.Expression,
  param: t.Identifier | t.Pattern | undefined,
  body: Array<t.Statement>
): t.ReturnStatement => {
  const only = onlyReturn(body)
  const params = param === undefined ? [] : [param]
  if (only !== undefined) {
    if (t.isCallExpression(only) && only.arguments.length === 0 && t.isIdentifier(only.callee) && params.length === 0) {
      return t.returnStatement(invoke(flow, "flatMap", [effect, only.callee]))
    }
    const isVoidEnd = t.isMemberExpression(only) && t.isIdentifier(only.object, { name: flow.effect }) &&
      t.isIdentifier(only.property, { name: "void" })
    if (isVoidEnd && flow.isVoid(effect)) return t.returnStatement(effect)
    if (isOwnCall(flow, only, "succeed")) {
      const value = only.arguments[0] as t.Expression
      if (t.isIdentifier(param) && t.isIdentifier(value, { name: param.name })) return t.returnStatement(effect)
      return t.returnStatement(invoke(flow, "map", [effect, t.arrowFunctionExpression(params, value)]))
    }
  }
  if (flow.isDevice && isOwnCall(flow, effect, "result")) {
    return t.returnStatement(invoke(flow, "flatMapResult", [effect.arguments[0] as t.Expression, arrow(params, body)]))
  }
  return t.returnStatement(invoke(flow, "flatMap", [effect, arrow(params, body)]))
}
