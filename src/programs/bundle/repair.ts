/**
 * The last pass: it puts valid JavaScript that goes wrong on the interpreter into an order that does not.
 *
 * The interpreter hoists nothing: a function exists from its line on, and a `var` that is reached late is, until then,
 * the variable of that name outside. So functions go to the top of their function, and so does each `var` that may be
 * used before.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { transformAsync, type TransformOptions, types as t } from "@babel/core"
import { withDefaultLast } from "./compile/switches.ts"
import { ascii } from "./compile/utf8.ts"
import { wholeEngine } from "./compile/wholeEngine.ts"
import type { Script } from "./modules.ts"

/** The statement list that belongs to a function or to the script. */
const bodyOf = (scope: NodePath["scope"]): Array<t.Statement> | undefined => {
  const { block } = scope
  if (t.isProgram(block)) return block.body
  return t.isFunction(block) && t.isBlockStatement(block.body) ? block.body.body : undefined
}

/** The nearest block around a declaration, and whether it is the function's own. */
const isReached = (binding: { readonly path: NodePath }, body: ReadonlyArray<t.Statement>): boolean => {
  const declaration = binding.path.parentPath
  if (declaration === null || declaration.parent === null) return false
  const owner = declaration.parentPath
  if (owner?.isForStatement()) return body.includes(owner.node)
  return body.includes(declaration.node as t.Statement)
}

/** Whether a name can be read or written before its declaration has run, or where it has not. */
const isLate = (scope: NodePath["scope"], name: string, body: ReadonlyArray<t.Statement>): boolean => {
  const binding = scope.bindings[name]
  if (binding === undefined || binding.kind === "param") return false
  const start = binding.path.node.start ?? 0
  const uses = [...binding.referencePaths, ...binding.constantViolations]
  if (uses.some((use) => (use.node.start ?? 0) < start)) return true
  if (isReached(binding, body)) return false
  // In a block: safe if all uses are in it too, after the declaration.
  const block = binding.path.findParent((path) =>
    path.isBlockStatement() || path.isSwitchStatement() || path.isProgram()
  )
  return block === null || !block.isBlockStatement() || uses.some((use) => !use.isDescendant(block))
}

const hoistVars = (scope: NodePath["scope"], body: Array<t.Statement>): void => {
  const late: Array<string> = []
  for (const name of Object.keys(scope.bindings)) {
    if (scope.bindings[name]?.kind === "var" && isLate(scope, name, body)) late.push(name)
  }
  if (late.length === 0) return
  // What is declared at the top need not be declared again.
  for (const name of late) {
    const path = scope.bindings[name]?.path
    if (path?.isVariableDeclarator() && !path.node.init && !path.parentPath.parentPath?.isFor()) path.remove()
  }
  body.unshift(t.variableDeclaration("var", late.map((name) => t.variableDeclarator(t.identifier(name)))))
}

const hoistFunctions = (body: Array<t.Statement>): void => {
  const functions = body.filter((node) => t.isFunctionDeclaration(node))
  const others = body.filter((node) => !t.isFunctionDeclaration(node))
  const directives = others.findIndex((node) => !t.isExpressionStatement(node) || !t.isStringLiteral(node.expression))
  body.splice(0, body.length, ...others.slice(0, Math.max(0, directives)), ...functions,
    ...others.slice(Math.max(0, directives)))
}

const parenthesised = (node: t.Expression): t.Expression =>
  t.isSequenceExpression(node) ? t.parenthesizedExpression(node) : node

/** The path of what a statement begins with. */
const firstOf = (path: NodePath<t.Node>): NodePath<t.Node> => {
  const { node } = path
  const key = t.isBinaryExpression(node) || t.isLogicalExpression(node) || t.isAssignmentExpression(node) ? "left"
    : t.isConditionalExpression(node) ? "test"
    : t.isMemberExpression(node) ? "object"
    : t.isCallExpression(node) ? "callee"
    : t.isSequenceExpression(node) ? "expressions.0"
    : undefined
  return key === undefined ? path : firstOf(path.get(key) as NodePath<t.Node>)
}

/** How deep functions stand in each other in `node`. */
const depthOf = (node: t.Node | null | undefined): number => {
  if (!node) return 0
  const inner = Math.max(0, ...(t.VISITOR_KEYS[node.type] ?? []).map((key) => {
    const child = (node as unknown as Readonly<Record<string, t.Node | ReadonlyArray<t.Node> | null | undefined>>)[key]
    return Array.isArray(child) ? Math.max(0, ...child.map(depthOf)) : depthOf(child as t.Node)
  }))
  return t.isFunction(node) ? inner + 1 : inner
}

/**
 * The interpreter skips an arrow's expression by parsing it, on the C stack, and a block by counting brackets: nested
 * expressions overflow the stack (about 700 bytes for each level), nested blocks do not. A single level stays an
 * expression, which is shorter.
 */
const giveBlock = (node: t.Function): void => {
  if (!t.isArrowFunctionExpression(node) || t.isBlockStatement(node.body) || depthOf(node.body) < 2) return
  node.body = t.blockStatement([t.returnStatement(node.body)])
  node.expression = false
}

/** One variable without a value is five bytes shorter than each `void 0`, of which there are many. */
const nameNothing = (program: NodePath<t.Program>): void => {
  const name = "$"
  const nothings: Array<NodePath<t.UnaryExpression>> = []
  let isFree = true
  program.traverse({
    Identifier: ({ node }) => {
      if (node.name === name) isFree = false
    },
    UnaryExpression: (path) => {
      if (path.node.operator === "void" && t.isNumericLiteral(path.node.argument, { value: 0 })) nothings.push(path)
    }
  })
  if (!isFree || nothings.length < 3) return
  for (const path of nothings) path.replaceWith(t.identifier(name))
  program.node.body.unshift(t.variableDeclaration("var", [t.variableDeclarator(t.identifier(name))]))
}

/** `inside`: the script will be the body of a function. */
export const repairs = ({ inside }: { readonly inside: boolean }): PluginObj => ({
  visitor: {
    Program: {
      enter: (path) => path.scope.crawl(),
      exit: (path) => {
        // No variable of the script hides one outside, unless it is a function's.
        if (inside) hoistVars(path.scope, path.node.body)
        nameNothing(path)
        hoistFunctions(path.node.body)
      }
    },
    Function: {
      exit: (path) => {
        giveBlock(path.node)
        const body = bodyOf(path.scope)
        if (body === undefined) return
        hoistVars(path.scope, body)
        hoistFunctions(body)
      }
    },
    // A keyword everywhere on the interpreter. A global of that name is refused (`dialect`): overlays may use it.
    Scopable: ({ scope, key }) => {
      if (key !== "program" && scope.hasOwnBinding("of")) scope.rename("of")
    },
    // The interpreter reads the token after a block that it skips without its value: a text there would be empty.
    ExpressionStatement: (path) => {
      const first = firstOf(path.get("expression"))
      if (t.isStringLiteral(first.node) || t.isTemplateLiteral(first.node) || t.isRegExpLiteral(first.node)) {
        first.replaceWith(t.parenthesizedExpression(first.node))
        first.skip()
      }
    },
    MemberExpression: (path) => {
      if (path.node.computed) path.node.property = parenthesised(path.node.property as t.Expression)
    },
    SwitchStatement: {
      exit: (path) => {
        path.node.cases = [...withDefaultLast(path.node.cases)]
      }
    }
  }
})

/** The script, repaired and printed. */
export const repair = async (
  { code, map }: Script,
  options: { readonly minified: boolean; readonly inside: boolean; readonly isWhole: boolean }
): Promise<Script> => {
  const result = await transformAsync(code, {
    babelrc: false,
    configFile: false,
    browserslistConfigFile: false,
    sourceType: "script",
    minified: options.minified,
    comments: false,
    sourceMaps: true,
    inputSourceMap: JSON.parse(map) as NonNullable<TransformOptions["inputSourceMap"]>,
    plugins: [...(options.isWhole ? [wholeEngine()] : []), repairs(options), ascii(options.isWhole)]
  })
  return { code: result?.code ?? "", map: JSON.stringify(result?.map) }
}
