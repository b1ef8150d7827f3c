/**
 * Library code that was written for a whole engine, in forms that Espruino reads correctly with what
 * adapters/espruino/engine adds to it.
 *
 * Our own sources use only what Espruino has, and need none of this.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

const listOf = (values: t.Expression): t.Expression =>
  t.callExpression(t.memberExpression(t.identifier("Array"), t.identifier("from")), [values])

const isList = (node: t.Node): boolean =>
  t.isArrayExpression(node) ||
  t.isCallExpression(node) && t.isMemberExpression(node.callee) && t.isIdentifier(node.callee.object, { name: "Array" })

const listSpreads = (parts: ReadonlyArray<t.Node | null>): void => {
  for (const part of parts) if (t.isSpreadElement(part) && !isList(part.argument)) part.argument = listOf(part.argument)
}

/**
 * What is spread may be a Map or a Set: as a list it may be compiled to concat. `new` with it becomes
 * `Reflect.construct`, for Espruino makes nothing of a bound function. On the way in, before Babel's own plugin.
 */
export const listed = (): PluginObj => ({
  visitor: {
    ArrayExpression: ({ node }) => listSpreads(node.elements),
    CallExpression: ({ node }) => listSpreads(node.arguments),
    NewExpression: (path) => {
      const { arguments: given, callee } = path.node
      if (!given.some((argument) => t.isSpreadElement(argument))) return
      const list = t.arrayExpression(given.filter((argument) => !t.isArgumentPlaceholder(argument)))
      path.replaceWith(
        t.callExpression(t.memberExpression(t.identifier("Reflect"), t.identifier("construct")), [
          callee as t.Expression,
          list
        ])
      )
    }
  }
})

const usesArguments = (path: NodePath<t.Function>): boolean => {
  let uses = false
  path.traverse({
    Function: (inner) => {
      if (!inner.isArrowFunctionExpression()) inner.skip()
    },
    Identifier: ({ node }) => {
      uses ||= node.name === "arguments"
    }
  })
  return uses
}

/** Espruino counts at least the parameters as given; without any it counts what was given. */
const nameArguments = (path: NodePath<t.Function>): void => {
  const { body, params } = path.node
  if (path.isArrowFunctionExpression() || params.length === 0 || !t.isBlockStatement(body) || !usesArguments(path)) {
    return
  }
  const given = (index: number) => t.memberExpression(t.identifier("arguments"), t.numericLiteral(index), true)
  body.body.unshift(
    t.variableDeclaration("var",
      params.map((param, index) => t.variableDeclarator(param as t.Identifier, given(index))))
  )
  path.node.params = []
}

const isNamed = (node: t.Node, name: string): boolean =>
  t.isMemberExpression(node) && !node.computed && t.isIdentifier(node.property, { name })

/** `Array.prototype.slice`, on which Espruino finds no `call`, as `[].slice`. */
const literally = (node: t.Node): void => {
  if (!t.isMemberExpression(node) || !t.isMemberExpression(node.object) || !isNamed(node.object, "prototype")) return
  if (t.isIdentifier(node.object.object, { name: "Array" })) node.object = t.arrayExpression([])
  else if (t.isIdentifier(node.object.object, { name: "Object" })) node.object = t.objectExpression([])
}

/** What is left, when all else has been compiled. */
export const wholeEngine = (): PluginObj => ({
  visitor: {
    Function: { exit: nameArguments },
    // Espruino's for-of goes through lists and texts.
    ForOfStatement: ({ node }) => {
      if (!isList(node.right)) node.right = listOf(node.right)
    },
    // It cannot set a list's length.
    AssignmentExpression: (path) => {
      const { left, operator, right } = path.node
      if (operator !== "=" || !t.isMemberExpression(left) || !isNamed(left, "length")) return
      path.replaceWith(t.callExpression(t.memberExpression(left.object, t.identifier("splice")), [right]))
    },
    CallExpression: ({ node: { callee } }) => {
      if (t.isMemberExpression(callee) && (isNamed(callee, "call") || isNamed(callee, "apply"))) {
        literally(callee.object)
      }
    }
  }
})
