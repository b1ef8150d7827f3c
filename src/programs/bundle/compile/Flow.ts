/**
 * Where control goes from a place in a generator, and the calls of Effect's functions that take it there.
 *
 * A statement list is compiled with the Exit that follows its end. Going back to the head of a loop is a plain call if
 * the caller is a callback of `flatMap`, which the runtime has called with an empty stack; elsewhere it is suspended,
 * so that a loop which does not wait costs no stack.
 */
import { types as t } from "@babel/core"
import { arrow, copy, onlyReturn } from "./syntax.ts"

/** What follows the end of a statement list. */
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
  /** This code is in a callback that ran since the head of the innermost loop. */
  readonly waited: boolean
  /** A name that is not yet in use. */
  readonly fresh: (hint: string) => t.Identifier
  /** Whether a name means the same before and after a wait. */
  readonly isSteady: (name: string) => boolean
  /** Whether a name is that of a module, so that its fields never change. */
  readonly isModule: (name: string) => boolean
  /** For the device's runtime, whose effects are functions: what does an effect. */
  readonly run: ((effect: t.Expression) => t.Expression) | undefined
}

export const own = (flow: Flow, name: string): t.MemberExpression =>
  t.memberExpression(t.identifier(flow.effect), t.identifier(name))

export const invoke = (flow: Flow, name: string, args: Array<t.Expression>): t.CallExpression =>
  t.callExpression(own(flow, name), args)

export const succeed = (flow: Flow, value: t.Expression | null | undefined): t.Expression =>
  value === null || value === undefined || t.isIdentifier(value, { name: "undefined" }) ? own(flow, "void")
    : invoke(flow, "succeed", [value])

/** A return of `value` as the generator's value. */
export const returned = (flow: Flow, value: t.Expression | null | undefined): t.ReturnStatement =>
  t.returnStatement(flow.run ? value : succeed(flow, value))

/** A return of what `effect` gives. */
export const followed = (flow: Flow, effect: t.Expression): t.ReturnStatement =>
  t.returnStatement(flow.run ? flow.run(effect) : effect)

/** An effect of these statements, as they stand in a generator that is compiled. */
export const effectOf = (flow: Flow, body: Array<t.Statement>): t.Expression =>
  flow.run ? arrow([], body) : onlyReturn(body) ?? invoke(flow, "suspend", [arrow([], body)])

/** On the device's stack, to go on with the value that comes. */
const push = (flow: Flow, next: t.Expression): t.Statement => t.expressionStatement(invoke(flow, "push", [next]))

/** The statements that take an exit. */
export const leave = (flow: Flow, exit: Exit): Array<t.Statement> => {
  if (exit._tag === "End") return [returned(flow, undefined)]
  const to = t.identifier(exit.to)
  if (exit._tag === "Go") return [t.returnStatement(t.callExpression(to, []))]
  const update = exit.update === undefined ? [] : [t.expressionStatement(copy(exit.update))]
  if (flow.waited) return [...update, t.returnStatement(t.callExpression(to, []))]
  return [...update,
    ...(flow.run ? [push(flow, to), t.returnStatement()] : [t.returnStatement(invoke(flow, "suspend", [to]))])]
}

const isOwnCall = (flow: Flow, node: t.Node, name: string): node is t.CallExpression =>
  t.isCallExpression(node) && t.isMemberExpression(node.callee) && !node.callee.computed &&
  t.isIdentifier(node.callee.object, { name: flow.effect }) && t.isIdentifier(node.callee.property, { name })

/** The function that `next` only calls, if it does nothing else. */
const onlyCalled = (only: t.Expression | undefined): t.Identifier | undefined =>
  t.isCallExpression(only) && only.arguments.length === 0 && t.isIdentifier(only.callee) ? only.callee : undefined

/** The same on the device: what follows goes on the stack, then the effect is run. */
const directly = (
  flow: Flow,
  effect: t.Expression,
  param: t.Identifier | t.Pattern | undefined,
  body: Array<t.Statement>
): Array<t.Statement> => {
  const only = onlyReturn(body)
  const isSame = only !== undefined && t.isIdentifier(param) && t.isIdentifier(only, { name: param.name })
  if (isSame) return [followed(flow, effect)]
  const next = param === undefined ? onlyCalled(only) : undefined
  return [push(flow, next ?? arrow(param === undefined ? [] : [param], body)), followed(flow, effect)]
}

/** `effect`, then `body` with its value in `param`. */
export const bind = (
  flow: Flow,
  effect: t.Expression,
  param: t.Identifier | t.Pattern | undefined,
  body: Array<t.Statement>
): Array<t.Statement> => {
  if (flow.run) return directly(flow, effect, param, body)
  const only = onlyReturn(body)
  const params = param === undefined ? [] : [param]
  const next = param === undefined ? onlyCalled(only) : undefined
  if (next) return [t.returnStatement(invoke(flow, "flatMap", [effect, next]))]
  if (only !== undefined) {
    if (isOwnCall(flow, only, "succeed")) {
      const value = only.arguments[0] as t.Expression
      if (t.isIdentifier(param) && t.isIdentifier(value, { name: param.name })) return [t.returnStatement(effect)]
      return [t.returnStatement(invoke(flow, "map", [effect, t.arrowFunctionExpression(params, value)]))]
    }
  }
  return [t.returnStatement(invoke(flow, "flatMap", [effect, arrow(params, body)]))]
}
