/**
 * `Effect.gen(function*() { ... })` compiled to calls of flatMap: a Babel plugin for modules as they are written.
 *
 * A generator runs anew each time its effect runs, so what is compiled is suspended, unless nothing happens before its
 * first wait, or whoever makes the effect runs it at once.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { run } from "./direct.ts"
import { compile } from "./Statements.ts"
import { arrow, hasYield, member, onlyReturn } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

/** The local names of Effect modules: `Effect` for `import * as Effect from "effect/Effect"`. */
export const effectModules = (program: t.Program): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  for (const statement of program.body) {
    if (!t.isImportDeclaration(statement) || !statement.source.value.startsWith("effect/")) continue
    for (const specifier of statement.specifiers) {
      if (t.isImportNamespaceSpecifier(specifier)) names.set(specifier.local.name, statement.source.value)
    }
  }
  return names
}

/** The names whose values a wait cannot change: never assigned, or only by the generator itself. */
const steadyNames = (generator: NodePath<t.FunctionExpression>): (name: string) => boolean => {
  const unsteady = new Set<string>()
  const look = (scope: NodePath["scope"]) => {
    for (const [name, binding] of Object.entries(scope.bindings)) {
      const elsewhere = binding.constantViolations.some((path) => path.getFunctionParent()?.node !== generator.node)
      if (elsewhere) unsteady.add(name)
    }
  }
  look(generator.scope)
  generator.traverse({ Scope: (path) => look(path.scope) })
  const outside = generator.parentPath.scope
  return (name) =>
    !unsteady.has(name) && outside.getBinding(name)?.constantViolations.length !== undefined
      ? outside.getBinding(name)?.constantViolations.length === 0
      : !unsteady.has(name)
}

/** Refuses code that would mean something else once each wait has begun a new function. */
const checkScopes = (generator: NodePath<t.FunctionExpression>): void => {
  const check = (path: NodePath) => {
    for (const [name, binding] of Object.entries(path.scope.bindings)) {
      const at = binding.identifier
      if (binding.scope.getFunctionParent()?.block !== generator.node || binding.kind === "local") continue
      if (binding.kind === "var" || binding.kind === "hoisted") {
        throw new Unsupported(at, "inside Effect.gen, declare " + name + " with const or let")
      }
      const early = binding.referencePaths.find((use) => (use.node.start ?? 0) < (at.start ?? 0))
      if (early) throw new Unsupported(early.node, name + " is used before the line that declares it")
      const owner = binding.path.parentPath?.parent
      const caught = binding.referencePaths.some((use) => use.getFunctionParent()?.node !== generator.node)
      if (t.isForStatement(owner) && hasYield(owner) && caught && !binding.constant) {
        throw new Unsupported(at, "a function keeps " + name + " of this loop; copy it into a const inside the loop")
      }
    }
  }
  check(generator)
  generator.traverse({
    Scope: check,
    Identifier: (path) => {
      const isArguments = path.node.name === "arguments" && path.getFunctionParent()?.node === generator.node
      if (isArguments) throw new Unsupported(path.node, "arguments has no meaning inside Effect.gen")
    }
  })
}

/** Renames names with which a block or a loop hides another: what follows a wait leaves its block. */
const separateNames = (generator: NodePath<t.FunctionExpression>): void => {
  const seen = new Set<string>()
  const separate = ({ scope }: NodePath) => {
    for (const [name, binding] of Object.entries(scope.bindings)) {
      if (binding.scope.getFunctionParent()?.block !== generator.node || binding.kind === "local") continue
      if (seen.has(name) || generator.parentPath.scope.hasBinding(name, true)) scope.rename(name)
      else seen.add(name)
    }
  }
  separate(generator)
  generator.traverse({ Scope: separate })
}

/** The calls of Effect that run at once what their callback returns. */
const runsAtOnce: ReadonlyArray<string> = ["flatMap", "catch", "catchCause", "andThen", "suspend"]

/** Whether whoever makes this effect runs it at once, so that nothing can happen in between. */
const isRunAtOnce = (call: NodePath<t.CallExpression>, effect: string): boolean => {
  const maker = call.parentPath
  if (!maker.isArrowFunctionExpression()) return false
  const user = maker.parentPath
  if (user.isCallExpression()) {
    const name = member(user.node.callee)
    return name?.[0] === effect && runsAtOnce.includes(name[1])
  }
  if (
    !user.isVariableDeclarator() || !t.isIdentifier(user.node.id) ||
    user.parentPath.parentPath?.isExportNamedDeclaration()
  ) return false
  const binding = maker.scope.parent.getBinding(user.node.id.name)
  return binding !== undefined && binding.constant && binding.referencePaths.length > 0 &&
    binding.referencePaths.every((use) =>
      use.parentPath?.isCallExpression() === true && use.parentPath.node.callee === use.node &&
      use.parentPath.parentPath?.isYieldExpression() === true
    )
}

/** Whether making `effect` does and reads nothing that could change until it runs. */
const isInert = (effect: t.Expression, modules: ReadonlyMap<string, string>): boolean => {
  if (t.isIdentifier(effect)) return /^[A-Z]/.test(effect.name)
  const name = member(effect)
  if (name !== undefined) return modules.has(name[0])
  if (!t.isCallExpression(effect) || !t.isMemberExpression(effect.callee)) return false
  // The variable of a Ref is never assigned again.
  return member(effect.callee)?.join(".") === "Ref.get"
}

const isLazy = (made: t.Expression, effect: string, modules: ReadonlyMap<string, string>): boolean => {
  if (isInert(made, modules)) return true
  if (!t.isCallExpression(made)) return false
  const name = member(made.callee)
  return name?.[0] === effect && (name[1] === "flatMap" || name[1] === "map") &&
    isInert(made.arguments[0] as t.Expression, modules)
}

interface Facts {
  readonly atOnce: boolean
  readonly isSteady: (name: string) => boolean
}

const isGen = (node: t.CallExpression, modules: ReadonlyMap<string, string>): string | undefined => {
  const name = member(node.callee)
  return name?.[1] === "gen" && modules.get(name[0]) === "effect/Effect" ? name[0] : undefined
}

/**
 * Options of the plugin. `isDirect`: for the device's runtime, on which an effect is a function that does it
 * (`direct.ts`).
 */
export interface Options {
  readonly isDirect?: boolean
}

export const generators = (options: Options = {}): PluginObj => {
  const facts = new WeakMap<t.Node, Facts>()
  let modules: ReadonlyMap<string, string> = new Map()
  return {
    visitor: {
      Program: (path) => {
        modules = effectModules(path.node)
      },
      CallExpression: {
        enter: (path) => {
          const effect = isGen(path.node, modules)
          if (effect === undefined) return
          const generator = path.get("arguments")[0]
          if (path.node.arguments.length !== 1 || !generator?.isFunctionExpression() || !generator.node.generator) {
            throw new Unsupported(path.node, "Effect.gen takes one function*() { ... } here, and nothing else")
          }
          checkScopes(generator)
          separateNames(generator)
          facts.set(path.node, { atOnce: isRunAtOnce(path, effect), isSteady: steadyNames(generator) })
        },
        exit: (path) => {
          const known = facts.get(path.node)
          if (known === undefined) return
          const effect = (path.node.callee as t.MemberExpression).object as t.Identifier
          const generator = path.node.arguments[0] as t.FunctionExpression
          const made = new Set<string>()
          const fresh = (hint: string) => {
            const id = path.scope.generateUidIdentifier(hint)
            made.add(id.name)
            return id
          }
          const body = compile({
            effect: effect.name,
            exit: { _tag: "End" },
            onBreak: undefined,
            onContinue: undefined,
            waited: false,
            fresh,
            isSteady: (name) => made.has(name) || known.isSteady(name),
            isModule: (name) => t.isImportNamespaceSpecifier(path.scope.getBinding(name)?.path.node),
            run: options.isDirect === true ? (given) => run(effect.name, given) : undefined
          }, generator.body.body)
          if (options.isDirect === true) {
            path.replaceWith(arrow([], body))
            path.skip()
            return
          }
          const only = onlyReturn(body)
          const bare = only !== undefined && (known.atOnce || isLazy(only, effect.name, modules))
          if (bare) path.replaceWith(only)
          else if (known.atOnce && path.parentPath.isArrowFunctionExpression()) path.replaceWith(t.blockStatement(body))
          else {path.replaceWith(
              t.callExpression(t.memberExpression(t.identifier(effect.name), t.identifier("suspend")), [
                arrow([], body)
              ])
            )}
          path.skip()
        }
      }
    }
  }
}
