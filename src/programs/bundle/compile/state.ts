/**
 * Variables of a module whose value changes, marked in an overlay's own bundle: a call without an effect replaces the
 * first value of each, so that the bundle still has the mark if, and only if, the overlay's functions reach the
 * variable.
 *
 * At each call of the overlay there would be a new copy of such a variable, separate from the program's.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { member } from "./syntax.ts"

const mark = "$state"

/** Methods of lists and collections that change what they are called on. */
const mutators: ReadonlyArray<string> = [
  "push",
  "pop",
  "shift",
  "unshift",
  "splice",
  "sort",
  "reverse",
  "fill",
  "copyWithin",
  "set",
  "add",
  "delete",
  "clear"
]

const nameOf = (node: t.Node): string | undefined =>
  t.isMemberExpression(node) && !node.computed && t.isIdentifier(node.property) ? node.property.name : undefined

/** Whether this use of a name changes what the name holds. */
const mutates = (use: NodePath): boolean => {
  let path = use
  while (path.parentPath?.isMemberExpression() && path.key === "object") path = path.parentPath
  const { parent } = path
  if (path === use) {
    return t.isCallExpression(parent) && member(parent.callee)?.join(".") === "Object.assign" &&
      parent.arguments[0] === use.node
  }
  if (t.isAssignmentExpression(parent) && path.key === "left" || t.isUpdateExpression(parent)) return true
  if (t.isUnaryExpression(parent, { operator: "delete" })) return true
  const { node } = path
  if (!t.isCallExpression(parent) || path.key !== "callee" || !t.isMemberExpression(node)) return false
  // `list.push.bind(list)` is there to be called.
  const method = nameOf(node) === "bind" ? nameOf(node.object) : nameOf(node)
  return method !== undefined && mutators.includes(method)
}

/** A service's tag: on a board it is the cell of its service. */
const isService = ({ node }: NodePath): boolean =>
  t.isClassDeclaration(node) && t.isCallExpression(node.superClass) && t.isCallExpression(node.superClass.callee) &&
  member(node.superClass.callee.callee)?.join(".") === "Context.Service"

/** The variables of a module that change. */
export const changing = (program: NodePath<t.Program>): ReadonlyArray<string> =>
  Object.entries(program.scope.bindings).flatMap(([name, binding]) => {
    if (binding.path.parentPath?.isImportDeclaration()) return []
    return !binding.constant || isService(binding.path) || binding.referencePaths.some(mutates) ? [name] : []
  })

/** `module` is the path below src. `allowed` are those, as `<module>#<name>`, that may be there twice. */
export const state = (module: string, allowed: ReadonlyArray<string>): PluginObj => {
  let names: ReadonlyArray<string> = []
  return {
    visitor: {
      Program: {
        enter: (program) => {
          program.scope.crawl()
          names = changing(program).filter((name) => !allowed.includes(module + "#" + name))
        },
        exit: ({ node }) => {
          for (const statement of node.body) {
            const declaration = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
            if (!t.isVariableDeclaration(declaration)) continue
            for (const declarator of declaration.declarations) {
              if (!t.isIdentifier(declarator.id) || !names.includes(declarator.id.name)) continue
              const made = declarator.init ? [declarator.init] : []
              declarator.init = t.callExpression(t.identifier(mark), [
                t.stringLiteral(module + "#" + declarator.id.name),
                ...made
              ])
              t.addComment(declarator.init, "leading", "@__PURE__")
            }
          }
        }
      }
    }
  }
}

/** The marked variables that a bundle has, as `<module>#<name>`. */
export const found = (code: string): ReadonlyArray<string> =>
  [...code.matchAll(/\$state\("([^"]+)"/g)].map(([, name]) => name as string)
