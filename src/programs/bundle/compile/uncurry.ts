/**
 * Functions of the script that make an effect, `(x) => () => body`, where everybody who calls one also runs what it
 * makes, `f(x)()`: they do their work at once. For the effect alone the interpreter reads the body once more and makes
 * another call.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { onlyReturn } from "./syntax.ts"

type Arrow = NodePath<t.ArrowFunctionExpression>

/** The function that `outer` makes, if it does nothing else. */
const madeBy = (outer: Arrow): Arrow | undefined => {
  const body = outer.get("body") as NodePath
  if (body.isBlockStatement() && onlyReturn(body.node.body) === undefined) return undefined
  const made = (body.isBlockStatement() ? body.get("body.0.argument") : body) as NodePath
  return made.isArrowFunctionExpression() && made.node.params.length === 0 && !made.node.async ? made : undefined
}

/** The call of what `f(x)` returns, where `use` is `f`. */
const runBy = (use: NodePath): NodePath<t.CallExpression> | undefined => {
  const call = use.parentPath
  const run = call?.parentPath
  return call?.isCallExpression() && use.key === "callee" && run?.isCallExpression() && call.key === "callee" &&
      run.node.arguments.length === 0 ? run : undefined
}

const uncurried = (program: NodePath<t.Program>, name: string): void => {
  const binding = program.scope.bindings[name]
  const declarator = binding?.path
  if (!binding?.constant || !declarator?.isVariableDeclarator() || !declarator.parentPath.parentPath?.isProgram()) {
    return
  }
  const outer = declarator.get("init") as NodePath
  if (
    !outer.isArrowFunctionExpression() || outer.node.async || !outer.node.params.every((each) => t.isIdentifier(each))
  ) {
    return
  }
  const made = madeBy(outer)
  const runs = binding.referencePaths.map(runBy)
  if (made === undefined || runs.length === 0 || runs.includes(undefined)) return
  // A parameter and a variable inside that has its name would become one.
  if (Object.keys(outer.scope.bindings).some((each) => made.scope.hasOwnBinding(each))) return
  for (const run of runs) if (run) run.replaceWith(run.node.callee)
  outer.replaceWith(t.arrowFunctionExpression(outer.node.params, made.node.body))
}

/** A function that nobody calls any more would count as one who does not run what is made. */
const dropUnused = (program: NodePath<t.Program>): void => {
  let isChanged = false
  for (const { constant, path, references } of Object.values(program.scope.bindings)) {
    if (references > 0 || !constant || !path.isVariableDeclarator() || !t.isFunction(path.node.init)) continue
    path.remove()
    isChanged = true
  }
  if (!isChanged) return
  program.scope.crawl()
  dropUnused(program)
}

/** For a whole script, before its names are made small. */
export const uncurry = (): PluginObj => ({
  visitor: {
    Program: {
      exit: (path) => {
        path.scope.crawl()
        dropUnused(path)
        for (const name of Object.keys(path.scope.bindings)) uncurried(path, name)
      }
    }
  }
})
