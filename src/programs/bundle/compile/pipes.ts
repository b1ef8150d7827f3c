/**
 * `pipe(a, f(b))` and `a.pipe(f(b))` compiled to `f(a, b)`: the functions of Effect's modules take their subject first
 * when they are given all arguments at once, and then no function is made just to be called.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { effectModules } from "./generators.ts"
import { member } from "./syntax.ts"

const apply = (subject: t.Expression, step: t.Expression, modules: ReadonlyMap<string, string>): t.Expression => {
  if (!t.isCallExpression(step)) return t.callExpression(step, [subject])
  const name = member(step.callee)
  const isEffects = name !== undefined && modules.has(name[0])
  return isEffects ? t.callExpression(step.callee, [subject, ...step.arguments]) : t.callExpression(step, [subject])
}

/** On a board a service is put into its tag's cell when the program is made: no call is needed for it. */
const provided = (path: NodePath<t.CallExpression>, modules: ReadonlyMap<string, string>): void => {
  const name = member(path.node.callee)
  const [self, tag, service] = path.node.arguments as ReadonlyArray<t.Expression>
  if (name?.[1] !== "provideService" || modules.get(name[0]) !== "effect/Effect" || !self || !tag || !service) return
  path.replaceWith(t.sequenceExpression([t.assignmentExpression("=", t.memberExpression(tag as t.Identifier, t.identifier("v")), service), self]))
}

/** `isDevice`: for the device's runtime. */
export const pipes = (isDevice = false): PluginObj => {
  let modules: ReadonlyMap<string, string> = new Map()
  let pipe: string | undefined
  const compile = (path: NodePath<t.CallExpression>, subject: t.Expression, steps: ReadonlyArray<t.Expression>) => {
    path.replaceWith(steps.reduce((inner, step) => apply(inner, step, modules), subject))
  }
  return {
    visitor: {
      Program: (path) => {
        modules = effectModules(path.node)
        pipe = undefined
        for (const statement of path.node.body) {
          if (!t.isImportDeclaration(statement) || statement.source.value !== "effect/Function") continue
          for (const specifier of statement.specifiers) {
            if (t.isImportSpecifier(specifier) && t.isIdentifier(specifier.imported, { name: "pipe" })) pipe = specifier.local.name
          }
        }
      },
      CallExpression: {
        exit: (path) => {
          const { callee } = path.node
          const args = path.node.arguments as Array<t.Expression>
          if (args.some((argument) => t.isSpreadElement(argument))) return
          if (isDevice) provided(path, modules)
          if (pipe !== undefined && t.isIdentifier(callee, { name: pipe })) {
            compile(path, args[0] as t.Expression, args.slice(1))
          } else if (t.isMemberExpression(callee) && t.isIdentifier(callee.property, { name: "pipe" }) && !callee.computed) {
            compile(path, callee.object as t.Expression, args)
          }
        }
      }
    }
  }
}
