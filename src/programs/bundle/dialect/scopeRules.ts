/**
 * Order and scope: the interpreter hoists nothing, and has one scope for each function.
 */
import type { NodePath } from "@babel/core"
import { types as t } from "@babel/core"
import { platformNames } from "./platformNames.ts"
import type { Rule } from "./Rule.ts"

type Binding = NonNullable<NodePath["scope"]["bindings"][string]>

const usesOf = (binding: Binding): Array<NodePath> => [...binding.referencePaths, ...binding.constantViolations]

const startOf = (path: NodePath): number => path.node.start ?? 0

/**
 * Whether `use` runs before the line of the declaration in the same function: one in another function may run later.
 */
const isEarly = (binding: Binding, use: NodePath): boolean =>
  startOf(use) < startOf(binding.path) && use.getFunctionParent()?.node === binding.path.getFunctionParent()?.node

const isEarlyFunction = (path: NodePath): boolean => {
  if (!path.isFunctionDeclaration()) return false
  const binding = path.node.id ? path.parentPath.scope.getBinding(path.node.id.name) : undefined
  return binding?.path.node === path.node &&
    binding.referencePaths.some((use) =>
      startOf(use) < startOf(path) && use.getFunctionParent()?.node === path.parentPath.getFunctionParent()?.node
    )
}

/** The statement whose run declares the name; a for's own declaration runs with the for. */
const declarationOf = (binding: Binding): NodePath | null => {
  const declaration = binding.path.parentPath
  const owner = declaration?.parentPath
  return owner?.isForStatement() || owner?.isForInStatement() || owner?.isForOfStatement() ? owner : declaration
}

const isLateVar = (path: NodePath): boolean => {
  if (!path.isVariableDeclarator() || !t.isIdentifier(path.node.id)) return false
  const binding = path.scope.getBinding(path.node.id.name)
  if (binding === undefined || binding.kind !== "var" || binding.path.node !== path.node) return false
  const uses = usesOf(binding).filter((use) => use.node !== path.node)
  if (uses.some((use) => isEarly(binding, use))) return true
  const block = declarationOf(binding)?.parentPath
  const isOfFunction = block?.isProgram() === true ||
    block?.isBlockStatement() === true && block.parentPath.isFunction()
  if (isOfFunction || block === null || block === undefined) return false
  // Declared where control may not pass: a use elsewhere would find a variable outside.
  return uses.some((use) => !use.isDescendant(block))
}

const isCaughtInLoop = (path: NodePath): boolean => {
  if (!path.isVariableDeclaration() || path.node.kind === "var") return false
  const loop = path.findParent((parent) => parent.isLoop() || parent.isFunction())
  if (!loop?.isLoop()) return false
  const names = Object.keys(t.getBindingIdentifiers(path.node))
  return names.some((name) => {
    const binding = path.scope.getBinding(name)
    return binding !== undefined &&
      usesOf(binding).some((use) => use.getFunctionParent()?.node !== path.getFunctionParent()?.node)
  })
}

/** A name of the script itself, and not of a function in it. */
const isGlobal = (path: NodePath): boolean =>
  path.isIdentifier() && path.scope.getProgramParent().bindings[path.node.name]?.identifier === path.node

export const scopeRules: ReadonlyArray<Rule> = [
  {
    name: "use before declaration",
    fix: "nothing is hoisted; declare it at the top of its function",
    trips: (path) => isEarlyFunction(path) || isLateVar(path)
  },
  {
    name: "closure over a loop's let",
    fix: "all turns of the loop share one variable; make the closure in a function that takes it as a parameter",
    trips: isCaughtInLoop
  },
  {
    name: "global name of the platform",
    fix: "it hides the platform's own function from the platform; use another name, or put the script into a function",
    trips: (path) => path.isIdentifier() && platformNames.has(path.node.name) && isGlobal(path)
  }
]
