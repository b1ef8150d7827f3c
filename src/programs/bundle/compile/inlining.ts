/**
 * Calls of the script's small functions replaced by what they return: `length(bytes)` by `bytes.length`, `succeed(x)`
 * by `{ v: x }`. A call costs the interpreter more than most of what it calls, and a function half a dozen variables
 * for as long as the board is awake. terser does so only where a function is called once.
 *
 * Only where nothing can change: the function is an expression of its parameters and of constants of the script, and
 * each argument is either evaluated once, in its turn and always, or a constant itself.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

/** A larger body would cost more bytes at each of several calls than the function does once. In nodes. */
const smallest = 13

/**
 * A function that is called once may be larger, but must not be read again with every closure that it would be part of.
 */
const smallestOnce = 40

interface Small {
  readonly params: ReadonlyArray<string>
  readonly body: t.Expression
  /** The parameters in the order in which the body evaluates them. */
  readonly order: ReadonlyArray<string>
  /** Parameters used after a call or a field access, which could change an argument that is evaluated there. */
  readonly late: ReadonlyArray<string>
  /** Names of the script that the body uses. */
  readonly free: ReadonlyArray<string>
}

interface Look {
  readonly order: Array<string>
  readonly late: Array<string>
  readonly free: Array<string>
  nodes: number
  reads: boolean
}

/** Whether an overlay's function is loaded (`stubs`), which changes nothing that the program has in memory. */
const isLoad = ({ arguments: [file, index, ...others], callee }: t.CallExpression): boolean =>
  t.isIdentifier(callee) && t.isStringLiteral(file) && file.value[0] === "." && t.isNumericLiteral(index) &&
  others.length === 0

/** Walks an expression in the order of evaluation; false: it has a part that cannot be moved. */
const look = (node: t.Node, params: ReadonlyArray<string>, seen: Look): boolean => {
  seen.nodes++
  const all = (nodes: ReadonlyArray<t.Node>) => nodes.every((each) => look(each, params, seen))
  if (t.isIdentifier(node)) {
    if (params.includes(node.name)) {
      seen.order.push(node.name)
      if (seen.reads) seen.late.push(node.name)
    } else seen.free.push(node.name)
    return true
  }
  if (t.isStringLiteral(node) || t.isNumericLiteral(node) || t.isBooleanLiteral(node) || t.isNullLiteral(node)) {
    return true
  }
  if (t.isMemberExpression(node)) {
    const isAll = look(node.object, params, seen) && (!node.computed || look(node.property, params, seen))
    seen.reads = true
    return isAll
  }
  if (t.isObjectExpression(node)) {
    return node.properties.every((each) => t.isObjectProperty(each) && !each.computed && look(each.value, params, seen))
  }
  if (t.isBinaryExpression(node)) return all([node.left, node.right])
  if (t.isConditionalExpression(node) || t.isLogicalExpression(node)) {
    const [first, ...others] = t.isConditionalExpression(node) ? [node.test, node.consequent, node.alternate]
      : [node.left, node.right]
    const isFirst = look(first as t.Expression, params, seen)
    // What follows is not always evaluated.
    seen.reads = true
    return isFirst && all(others)
  }
  if (t.isUnaryExpression(node)) return node.operator !== "delete" && look(node.argument, params, seen)
  if (t.isCallExpression(node)) {
    // Methods stay what they are, so that it does not matter when one is looked up.
    const callee = t.isMemberExpression(node.callee) && !node.callee.computed ? node.callee.object : node.callee
    const isAll = all([callee, ...node.arguments])
    seen.nodes++
    if (!isLoad(node)) seen.reads = true
    return isAll
  }
  return false
}

const bodyOf = (node: t.Node | null | undefined): t.Expression | undefined => {
  if (!t.isArrowFunctionExpression(node)) return undefined
  if (!t.isBlockStatement(node.body)) return node.body
  const [only, ...others] = node.body.body
  return t.isReturnStatement(only) && others.length === 0 ? only.argument ?? undefined : undefined
}

/** The value of a constant of the script, through its other names. */
const valueOf = (program: NodePath["scope"], name: string): t.Node | null | undefined => {
  const binding = program.bindings[name]
  const declarator = binding?.path.node
  if (binding === undefined || !binding.constant || !t.isVariableDeclarator(declarator)) return undefined
  return t.isIdentifier(declarator.init) ? valueOf(program, declarator.init.name) : declarator.init
}

/** The expression of an effect, `() => expression`. */
const thunkOf = (node: t.Node | undefined): t.Expression | undefined =>
  t.isArrowFunctionExpression(node) && node.params.length === 0 ? bodyOf(node) : undefined

/** The function behind one that hands its parameters on to it. */
const behind = (program: NodePath["scope"], arrow: t.Node | null | undefined): t.Node | null | undefined => {
  const body = bodyOf(arrow)
  if (!t.isCallExpression(body) || !t.isIdentifier(body.callee) || !t.isArrowFunctionExpression(arrow)) return arrow
  const isSame = body.arguments.length === arrow.params.length &&
    body.arguments.every((each, index) =>
      t.isIdentifier(each) && t.isIdentifier(arrow.params[index], { name: each.name })
    )
  return isSame ? behind(program, valueOf(program, body.callee.name)) : arrow
}

/** `isDone`: for a call whose effect is done at once, so what counts is what its thunk returns. */
const smallOf = (program: NodePath["scope"], name: string, isDone = false): Small | undefined => {
  const arrow = isDone ? behind(program, valueOf(program, name)) : valueOf(program, name)
  const body = isDone ? thunkOf(bodyOf(arrow)) : bodyOf(arrow)
  if (body === undefined || !t.isArrowFunctionExpression(arrow)) return undefined
  const params: Array<string> = []
  for (const param of arrow.params) {
    if (!t.isIdentifier(param)) return undefined
    params.push(param.name)
  }
  const seen: Look = { order: [], late: [], free: [], nodes: 0, reads: false }
  const isMovable = look(body, params, seen) &&
    seen.nodes <= (program.bindings[name]?.references === 1 ? smallestOnce : smallest) &&
    seen.free.every((each) => program.bindings[each]?.constant ?? !program.hasBinding(each, true))
  return isMovable ? { params, body, order: seen.order, late: seen.late, free: seen.free } : undefined
}

const isConstant = (path: NodePath): boolean =>
  path.isLiteral() && !path.isTemplateLiteral() && !path.isRegExpLiteral() ||
  path.isIdentifier() && path.scope.getBinding(path.node.name)?.constant === true

const canInline = (small: Small, call: NodePath<t.CallExpression>, program: NodePath["scope"]): boolean => {
  const args = call.get("arguments")
  if (args.length !== small.params.length || args.some((each) => !each.isExpression())) return false
  if (!small.free.every((name) => call.scope.getBinding(name) === program.bindings[name])) return false
  const plain = small.params.filter((_, index) => !isConstant(args[index] as NodePath))
  const evaluated = small.order.filter((name) => plain.includes(name))
  return evaluated.length === plain.length &&
    evaluated.every((name, index) => name === plain[index] && !small.late.includes(name))
}

const filled = (small: Small, args: ReadonlyArray<t.Expression>): t.Expression => {
  const put = (node: t.Node): t.Node => {
    if (t.isIdentifier(node) && small.params.includes(node.name)) {
      return args[small.params.indexOf(node.name)] as t.Expression
    }
    const copy = t.cloneNode(node, false)
    if (t.isMemberExpression(copy)) {
      copy.object = put(copy.object) as t.Expression
      if (copy.computed) copy.property = put(copy.property) as t.Expression
    } else if (t.isObjectExpression(copy)) {
      copy.properties = copy.properties.map((each) => {
        const { key, value } = each as t.ObjectProperty
        return t.objectProperty(t.cloneNode(key as t.Expression), put(value) as t.Expression)
      })
    } else if (t.isBinaryExpression(copy)) {
      copy.left = put(copy.left) as t.Expression
      copy.right = put(copy.right) as t.Expression
    } else if (t.isLogicalExpression(copy)) {
      copy.left = put(copy.left) as t.Expression
      copy.right = put(copy.right) as t.Expression
    } else if (t.isConditionalExpression(copy)) {
      copy.test = put(copy.test) as t.Expression
      copy.consequent = put(copy.consequent) as t.Expression
      copy.alternate = put(copy.alternate) as t.Expression
    } else if (t.isUnaryExpression(copy)) copy.argument = put(copy.argument) as t.Expression
    else if (t.isCallExpression(copy)) {
      copy.callee = put(copy.callee) as t.Expression
      copy.arguments = copy.arguments.map((each) => put(each) as t.Expression)
    }
    return copy
  }
  return put(small.body) as t.Expression
}

/** `logInfo(event)()` by what the thunk returns. */
const done = (call: NodePath<t.CallExpression>, program: NodePath["scope"]): void => {
  const made = call.get("callee") as NodePath<t.CallExpression>
  if (call.node.arguments.length > 0 || !t.isCallExpression(made.node) || !t.isIdentifier(made.node.callee)) return
  const { arguments: args, callee } = made.node
  if (call.scope.getBinding(callee.name) !== program.bindings[callee.name]) return
  const small = smallOf(program, callee.name, true)
  if (small !== undefined && canInline(small, made, program)) {
    call.replaceWith(filled(small, args as Array<t.Expression>))
  }
}

/** For a whole script, before its names are made small. */
export const inlining = (): PluginObj => ({
  visitor: {
    Program: {
      exit: (path) => {
        path.scope.crawl()
        const program = path.scope
        path.traverse({
          CallExpression: {
            // Inner calls first, so that what is moved is complete.
            exit: (call) => {
              const { callee } = call.node
              if (t.isCallExpression(callee)) return done(call, program)
              if (!t.isIdentifier(callee) || call.scope.getBinding(callee.name) !== program.bindings[callee.name]) {
                return
              }
              const small = smallOf(program, callee.name)
              if (small === undefined || !canInline(small, call, program)) return
              call.replaceWith(filled(small, call.node.arguments as Array<t.Expression>))
            }
          }
        })
      }
    }
  }
})
