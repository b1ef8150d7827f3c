/**
 * `pipe(a, f(b))` and `a.pipe(f(b))` compiled to `f(a, b)`: the functions of Effect's modules take their subject first
 * when they are given all arguments at once, and then no function is made just to be called.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { effectModules } from "./generators.ts"
import { acts, member } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

/** Whether a name means one of Effect's modules here. */
type IsModule = (name: string) => boolean

const apply = (subject: t.Expression, step: t.Expression, isModule: IsModule): t.Expression => {
  const name = t.isCallExpression(step) ? member(step.callee) : undefined
  if (t.isCallExpression(step) && name !== undefined && isModule(name[0])) {
    return t.callExpression(step.callee, [subject, ...step.arguments])
  }
  // The callee is evaluated before its arguments.
  if (acts(step) && acts(subject)) {
    throw new Unsupported(step, "a step of a pipe that is itself the result of a call must be a const before it")
  }
  return t.callExpression(step, [subject])
}

/** On a board a service is put into its tag's cell when the program is made: no call is needed for it. */
const provided = (path: NodePath<t.CallExpression>, isModule: IsModule, modules: ReadonlyMap<string, string>): void => {
  const name = member(path.node.callee)
  const [self, tag, service] = path.node.arguments as ReadonlyArray<t.Expression>
  if (
    name?.[1] !== "provideService" || !isModule(name[0]) || modules.get(name[0]) !== "effect/Effect" || !self || !tag ||
    !service
  ) return
  path.replaceWith(
    t.sequenceExpression([
      t.assignmentExpression("=", t.memberExpression(tag as t.Identifier, t.identifier("v")), service),
      self
    ])
  )
}

/** `isDevice`: for the device's runtime. */
export const pipes = (isDevice = false): PluginObj => {
  let modules: ReadonlyMap<string, string> = new Map()
  let pipe: string | undefined
  const isModuleAt = (path: NodePath): IsModule => (name) =>
    modules.has(name) && t.isImportNamespaceSpecifier(path.scope.getBinding(name)?.path.node)
  const compile = (path: NodePath<t.CallExpression>, subject: t.Expression, steps: ReadonlyArray<t.Expression>) => {
    path.replaceWith(steps.reduce((inner, step) => apply(inner, step, isModuleAt(path)), subject))
  }
  return {
    visitor: {
      Program: (path) => {
        modules = effectModules(path.node)
        pipe = undefined
        for (const statement of path.node.body) {
          if (!t.isImportDeclaration(statement) || statement.source.value !== "effect/Function") continue
          for (const specifier of statement.specifiers) {
            if (t.isImportSpecifier(specifier) && t.isIdentifier(specifier.imported, { name: "pipe" })) {
              pipe = specifier.local.name
            }
          }
        }
      },
      CallExpression: {
        exit: (path) => {
          const { callee } = path.node
          const args = path.node.arguments as Array<t.Expression>
          if (args.some((argument) => t.isSpreadElement(argument))) return
          if (isDevice) provided(path, isModuleAt(path), modules)
          if (
            pipe !== undefined && t.isIdentifier(callee, { name: pipe }) &&
            t.isImportSpecifier(path.scope.getBinding(pipe)?.path.node)
          ) {
            compile(path, args[0] as t.Expression, args.slice(1))
          } else if (
            t.isMemberExpression(callee) && t.isIdentifier(callee.property, { name: "pipe" }) && !callee.computed
          ) {
            compile(path, callee.object as t.Expression, args)
          }
        }
      }
    }
  }
}
