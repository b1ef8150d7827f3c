/**
 * The statements of a generator as functions that pass the rest to each other: `const a = yield* e; rest` becomes
 * `return flatMap(e, (a) => { rest })`.
 *
 * A loop that waits becomes a function that returns itself; where two ways join, the rest becomes a separate function.
 * What does not wait stays as it is, except its `return`, which must return an effect, and jumps out of it.
 */
import { types as t } from "@babel/core"
import { linearise, play, type Step } from "./Expressions.ts"
import * as Flow from "./Flow.ts"
import * as Loop from "./Loop.ts"
import { arrow, block, constant, copy, hasYield, isAbrupt, leaves, statements, untyped } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

type Rest = ReadonlyArray<t.Statement>

/** Returns and jumps of statements that do not wait. */
const withJumps = (flow: Flow.Flow, node: t.Statement): Array<t.Statement> => {
  if (t.isReturnStatement(node)) return [Flow.returned(flow, node.argument)]
  if (t.isBreakStatement(node) || t.isContinueStatement(node)) {
    const exit = t.isBreakStatement(node) ? flow.onBreak : flow.onContinue
    if (node.label) throw new Unsupported(node, "the board does not support labels; use a function or a flag")
    return exit === undefined ? [node] : Flow.leave(flow, exit)
  }
  const inside: Flow.Flow = t.isLoop(node)
    ? { ...flow, onBreak: undefined, onContinue: undefined }
    : t.isSwitchStatement(node)
    ? { ...flow, onBreak: undefined }
    : flow
  const walk = (owner: t.Node): void => {
    if (t.isFunction(owner) || t.isExpression(owner)) return
    const record = owner as unknown as { [key: string]: unknown }
    for (const key of t.VISITOR_KEYS[owner.type] ?? []) {
      const value = record[key]
      if (Array.isArray(value)) {
        const done: Array<t.Node> = []
        for (const child of value as Array<t.Node>) {
          if (t.isStatement(child)) done.push(...withJumps(inside, child))
          else {
            walk(child)
            done.push(child)
          }
        }
        record[key] = done
      } else if (value && t.isStatement(value as t.Node)) {
        const done = withJumps(inside, value as t.Statement)
        record[key] = done.length === 1 ? done[0] : t.blockStatement(done)
      } else if (value) {
        walk(value as t.Node)
      }
    }
  }
  walk(node)
  return [node]
}

const returned = (flow: Flow.Flow, node: t.ReturnStatement): Array<t.Statement> => {
  const argument = node.argument as t.Expression
  const steps: Array<Step> = []
  const inner = untyped(argument)
  const waits = t.isYieldExpression(inner) && inner.delegate
  const value = linearise(flow, waits ? inner.argument as t.Expression : argument, steps)
  return play(flow, steps, [waits ? Flow.followed(flow, value) : Flow.returned(flow, value)])
}

/** A wait whose value goes to `param`; then the rest. */
const wait = (
  flow: Flow.Flow,
  node: t.YieldExpression,
  param: t.Identifier | t.Pattern | undefined,
  rest: Rest
): Array<t.Statement> => {
  if (!node.delegate) throw new Unsupported(node, "yield without * has no meaning in an Effect")
  const steps: Array<Step> = []
  const effect = linearise(flow, node.argument as t.Expression, steps)
  return play(flow, steps, Flow.bind(flow, effect, param, compile({ ...flow, waited: true }, rest)))
}

const declared = (flow: Flow.Flow, node: t.VariableDeclaration, rest: Rest): Array<t.Statement> => {
  const [first, ...others] = node.declarations
  const declarator = first as t.VariableDeclarator
  const following = others.length === 0 ? rest : [t.variableDeclaration(node.kind, others), ...rest]
  const init = declarator.init
  if (!init || !hasYield(init)) return [t.variableDeclaration(node.kind, [declarator]), ...compile(flow, following)]
  const inner = untyped(init)
  if (t.isYieldExpression(inner)) return wait(flow, inner, declarator.id as t.Identifier | t.Pattern, following)
  const steps: Array<Step> = []
  const value = linearise(flow, init, steps)
  const now = t.variableDeclaration(node.kind, [t.variableDeclarator(declarator.id, value)])
  return play(flow, steps, [now, ...compile({ ...flow, waited: true }, following)])
}

const evaluated = (flow: Flow.Flow, node: t.ExpressionStatement, rest: Rest): Array<t.Statement> => {
  const inner = untyped(node.expression)
  if (t.isYieldExpression(inner)) return wait(flow, inner, undefined, rest)
  if (t.isLogicalExpression(inner) && !hasYield(inner.left) && inner.operator !== "??") {
    const test = inner.operator === "&&" ? inner.left : t.unaryExpression("!", inner.left)
    return branch(flow, t.ifStatement(test, t.expressionStatement(inner.right)), rest)
  }
  const steps: Array<Step> = []
  const value = linearise(flow, node.expression, steps)
  const after = compile({ ...flow, waited: true }, rest)
  return play(flow, steps, t.isIdentifier(value) ? after : [t.expressionStatement(value), ...after])
}

/** Names the rest, so that it can be reached from two places. Nothing is named when there is nothing to do. */
const named = (flow: Flow.Flow, rest: Rest): readonly [Array<t.Statement>, Flow.Exit] => {
  if (rest.length === 0) return [[], flow.exit]
  const name = flow.fresh("rest")
  return [[constant(name, arrow([], compile(flow, rest)))], { _tag: "Go", to: name.name }]
}

/** The one effect that a branch runs, if it does nothing else. */
const soleEffect = (node: t.Statement | null | undefined): t.Expression | undefined => {
  if (!node) return undefined
  const [first, ...others] = statements(node)
  if (others.length > 0 || !t.isExpressionStatement(first)) return undefined
  const inner = untyped(first.expression)
  return t.isYieldExpression(inner) && inner.delegate && !hasYield(inner.argument as t.Node)
    ? inner.argument as t.Expression : undefined
}

const isBareJump = (node: t.Statement): boolean => {
  const [first, ...others] = statements(node)
  return others.length === 0 && first !== undefined && isAbrupt(first) && !t.isIfStatement(first) &&
    !(t.isReturnStatement(first) && first.argument && !t.isLiteral(first.argument))
}

const branch = (flow: Flow.Flow, node: t.IfStatement, rest: Rest): Array<t.Statement> => {
  const either = node.test
  if (
    t.isLogicalExpression(either, { operator: "||" }) && !hasYield(either.left) && hasYield(either.right) &&
    !node.alternate && isBareJump(node.consequent)
  ) {
    return compile(flow, [t.ifStatement(either.left, node.consequent),
      t.ifStatement(either.right, copy(node.consequent)), ...rest])
  }
  const steps: Array<Step> = []
  const test = linearise(flow, node.test, steps)
  const inner = steps.some((step) => step._tag === "Wait") ? { ...flow, waited: true } : flow
  const { alternate, consequent } = node
  if (!hasYield(consequent) && (!alternate || !hasYield(alternate))) {
    return play(flow, steps, [...withJumps(inner, t.ifStatement(test, consequent, alternate)), ...compile(inner, rest)])
  }
  if (isAbrupt(consequent)) {
    const taken = block(compile(inner, statements(consequent)))
    const others: Rest = alternate ? [alternate, ...rest] : rest
    return play(flow, steps, [t.ifStatement(test, taken), ...compile(inner, others)])
  }
  const [yes, no] = [soleEffect(consequent), soleEffect(alternate)]
  if (rest.length > 0 && yes !== undefined && (!alternate || no !== undefined)) {
    const effect = t.conditionalExpression(test, yes, no ?? Flow.own(flow, "void"))
    return play(flow, steps, Flow.bind(flow, effect, undefined, compile({ ...inner, waited: true }, rest)))
  }
  const [naming, exit] = named(inner, rest)
  const taken = compile({ ...inner, exit }, statements(consequent))
  const other = compile({ ...inner, exit }, alternate ? statements(alternate) : [])
  // An else that declares something has its own scope.
  const body = [...naming, t.ifStatement(test, block(taken)),
    ...(alternate && other.some((s) => t.isDeclaration(s)) ? [t.blockStatement(other)] : other)]
  return play(flow, steps, body)
}

const isTrue = (test: t.Expression | undefined): boolean =>
  test === undefined || t.isBooleanLiteral(test, { value: true })

const loop = (flow: Flow.Flow, node: t.Statement, rest: Rest): Array<t.Statement> => {
  const { before, body, first, test, testLast, update } = Loop.of(flow, node)
  if (before.some(hasYield)) return compile(flow, [...before, t.forStatement(undefined, test, update, body), ...rest])
  const name = flow.fresh("loop")
  const again: Flow.Exit = { _tag: "Again", to: name.name, update }
  const breaks = leaves(body, "BreakStatement")
  const [naming, after] = breaks || testLast ? named(flow, rest) : [[], flow.exit]
  const inner: Flow.Flow = { ...flow, waited: false, onBreak: after, onContinue: again }
  const end = (waited: boolean): Array<t.Statement> =>
    breaks || testLast ? Flow.leave({ ...flow, waited: flow.waited && waited }, after)
      : compile({ ...flow, waited: flow.waited }, rest)
  const steps: Array<Step> = []
  let turn: Array<t.Statement>
  if (testLast) {
    if (leaves(body, "ContinueStatement")) {
      throw new Unsupported(node, "cannot wait inside do ... while with continue; use while")
    }
    const back = t.ifStatement(test as t.Expression, t.continueStatement())
    turn = compile({ ...inner, exit: after }, [body, back])
  } else {
    const value = linearise(inner, test ?? t.booleanLiteral(true), steps)
    const within = { ...inner, exit: again, waited: steps.some((step) => step._tag === "Wait") }
    const taken = compile(within, [...first, ...statements(body)])
    turn = play(inner, steps, isTrue(test) ? taken : [t.ifStatement(value, t.blockStatement(taken)), ...end(true)])
  }
  return [...before, ...naming, constant(name, arrow([], turn)), t.returnStatement(t.callExpression(copy(name), []))]
}

const select = (flow: Flow.Flow, node: t.SwitchStatement, rest: Rest): Array<t.Statement> => {
  const steps: Array<Step> = []
  const value = linearise(flow, node.discriminant, steps)
  const inner = steps.length > 0 ? { ...flow, waited: true } : flow
  const [naming, exit] = named(inner, rest)
  const cases = node.cases.map((each, index) => {
    const body = each.consequent.length === 1 && t.isBlockStatement(each.consequent[0]) ? each.consequent[0].body
      : each.consequent
    const falls = body.length > 0 && index < node.cases.length - 1 && !body.some(isAbrupt)
    if (falls) throw new Unsupported(each, "this case falls through to the next; end it with break or return")
    if (each.test && hasYield(each.test)) throw new Unsupported(each.test, "cannot wait inside a case's value")
    const done = body.length === 0 ? [] : compile({ ...inner, exit, onBreak: exit }, body)
    return t.switchCase(each.test, done.some((one) => t.isDeclaration(one)) ? [t.blockStatement(done)] : done)
  })
  return play(flow, steps, [...naming, t.switchStatement(value, cases), ...Flow.leave(inner, exit)])
}

const refuse = (node: t.Statement): never => {
  if (t.isTryStatement(node)) throw new Unsupported(node, "cannot wait inside try; use Effect.catch or Effect.ensuring")
  if (t.isLabeledStatement(node)) {
    throw new Unsupported(node, "the board does not support labels; use a function or a flag")
  }
  throw new Unsupported(node, "cannot wait inside this statement; take the yield* into a const first")
}

/** The statements as a body that always returns an effect. */
export const compile = (flow: Flow.Flow, body: Rest): Array<t.Statement> => {
  const [node, ...rest] = body
  if (node === undefined) return Flow.leave(flow, flow.exit)
  if (!hasYield(node)) {
    const done = withJumps(flow, node)
    return isAbrupt(node) ? done : [...done, ...compile(flow, rest)]
  }
  if (t.isReturnStatement(node)) return returned(flow, node)
  if (t.isVariableDeclaration(node)) return declared(flow, node, rest)
  if (t.isExpressionStatement(node)) return evaluated(flow, node, rest)
  if (t.isIfStatement(node)) return branch(flow, node, rest)
  if (t.isLoop(node)) return loop(flow, node, rest)
  if (t.isSwitchStatement(node)) return select(flow, node, rest)
  if (t.isBlockStatement(node)) {
    const [naming, exit] = named(flow, rest)
    return [...naming, t.blockStatement(compile({ ...flow, exit }, node.body))]
  }
  if (t.isThrowStatement(node)) {
    const steps: Array<Step> = []
    return play(flow, steps, [t.throwStatement(linearise(flow, node.argument, steps))])
  }
  return refuse(node)
}
