/**
 * Does what `Object.assign(value, {field: …})` does, field by field: on a board the call costs as much as eight
 * assignments.
 *
 * All values are evaluated before the first is assigned, and the value is named before them. So only where nobody can
 * see a difference: they call nothing, and all but the first read nothing of the value.
 */
import * as t from "@babel/types"
import type { NodePath, PluginObj } from "@babel/core"

const isAssign = (callee: t.Node, { scope }: NodePath): boolean => {
  const binding = t.isIdentifier(callee) ? scope.getBinding(callee.name) : undefined
  const declared = binding?.constant ? binding.path.node : undefined
  const value = t.isVariableDeclarator(declared) ? declared.init : callee
  return !scope.hasBinding("Object", true) && t.isMemberExpression(value) && !value.computed &&
    t.isIdentifier(value.object, { name: "Object" }) && t.isIdentifier(value.property, { name: "assign" })
}

/** A name, or fields of one: evaluating it twice has no effect. */
const rootOf = (node: t.Node): string | undefined =>
  t.isIdentifier(node) ? node.name : t.isMemberExpression(node) && !node.computed ? rootOf(node.object) : undefined

const isField = (
  property: t.Node
): property is t.ObjectProperty & { readonly key: t.Identifier; readonly value: t.Expression } =>
  t.isObjectProperty(property) && !property.computed && t.isIdentifier(property.key) && t.isExpression(property.value)

const holds = (value: t.Node, isFound: (node: t.Node) => boolean): boolean => {
  let found = false
  t.traverseFast(value, (node) => {
    if (isFound(node)) found = true
  })
  return found
}

const acts = (node: t.Node): boolean =>
  t.isCallExpression(node) || t.isNewExpression(node) || t.isFunction(node) || t.isAssignmentExpression(node) ||
  t.isUpdateExpression(node)

const assignments = (target: t.Expression, change: t.Node, root: string): ReadonlyArray<t.Expression> | undefined => {
  if (!t.isObjectExpression(change) || !change.properties.every(isField)) return undefined
  const fields = change.properties.filter(isField)
  if (fields.length === 0 || fields.some(({ value }) => holds(value, acts))) return undefined
  if (fields.slice(1).some(({ value }) => holds(value, (node) => t.isIdentifier(node, { name: root })))) {
    return undefined
  }
  return fields.map(({ key, value }) =>
    t.assignmentExpression("=", t.memberExpression(t.cloneNode(target), t.identifier(key.name)), value)
  )
}

const replace = (path: NodePath<t.CallExpression>): void => {
  const [target, change, ...others] = path.node.arguments
  if (others.length > 0 || !t.isExpression(target) || change === undefined || !isAssign(path.node.callee, path)) return
  const root = rootOf(target)
  const all = root === undefined ? undefined : assignments(target, change, root)
  if (all === undefined) return
  const { parentPath } = path
  const isItself = parentPath.isAssignmentExpression({ operator: "=" }) &&
    t.isNodesEquivalent(parentPath.node.left, target)
  // Its value is not asked for.
  if (isItself && parentPath.parentPath?.isExpressionStatement()) parentPath.replaceWith(t.sequenceExpression([...all]))
  else path.replaceWith(t.sequenceExpression([...all, t.cloneNode(target)]))
}

export const changes = (): PluginObj => ({
  visitor: {
    Program: {
      exit: (program) => {
        program.scope.crawl()
        program.traverse({ CallExpression: replace })
      }
    }
  }
})
