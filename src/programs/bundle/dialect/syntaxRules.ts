/**
 * Syntax that the interpreter does not know, or reads in another way.
 */
import type { NodePath } from "@babel/core"
import { types as t } from "@babel/core"
import type { Rule } from "./Rule.ts"

const isLast = (path: NodePath): boolean => {
  const owner = path.parent
  return t.isSwitchStatement(owner) && owner.cases[owner.cases.length - 1] === path.node
}

const isOwnLength = (node: t.Node): boolean =>
  t.isMemberExpression(node) && !node.computed && t.isIdentifier(node.property, { name: "length" })

/** Of the function whose `arguments` these are. */
const hasParameters = (path: NodePath): boolean => {
  const owner = path.findParent((parent) => parent.isFunction() && !parent.isArrowFunctionExpression())?.node
  return !t.isFunction(owner) || owner.params.length > 0
}

const isIn = (path: NodePath, className: string): boolean => {
  const owner = path.findParent((parent) => parent.isClass())?.node
  return t.isClass(owner) && t.isIdentifier(owner.superClass, { name: className })
}

/** Whether a constructor sets `this.message` itself. */
const setsMessage = (path: NodePath): boolean => {
  let found = false
  path.getFunctionParent()?.traverse({
    AssignmentExpression: ({ node }) => {
      found ||= t.isMemberExpression(node.left) && t.isThisExpression(node.left.object) &&
        t.isIdentifier(node.left.property, { name: "message" })
    }
  })
  return found
}

const hasStatics = (node: t.Class): boolean =>
  node.body.body.some((part) => (t.isClassMethod(part) || t.isClassProperty(part)) && part.static)

const superOf = (path: NodePath): t.Class | undefined => {
  const { node } = path
  if (!t.isClass(node) || !t.isIdentifier(node.superClass)) return undefined
  const binding = path.scope.getBinding(node.superClass.name)?.path.node
  if (t.isClass(binding)) return binding
  return t.isVariableDeclarator(binding) && t.isClass(binding.init) ? binding.init : undefined
}

/** A literal as it is written in the script. */
const rawOf = (node: t.Node): string =>
  t.isTemplateElement(node) ? node.value.raw
    : t.isStringLiteral(node) || t.isDirectiveLiteral(node) ? String(node.extra?.["raw"] ?? node.value)
    : t.isIdentifier(node) ? node.name
    : t.isRegExpLiteral(node) ? node.pattern
    : ""

/** Text that the interpreter reads as one byte for each character, and so as another text. */
const isWide = (node: t.Node): boolean =>
  /[^\0-\x7f]/.test(rawOf(node)) ||
  (t.isStringLiteral(node) || t.isDirectiveLiteral(node)) && /[^\0-\xff]/.test(node.value) ||
  t.isTemplateElement(node) && /[^\0-\xff]/.test(node.value.cooked ?? "") ||
  t.isRegExpLiteral(node) && /\\u/.test(node.pattern)

const errors = ["TypeError", "RangeError", "SyntaxError", "ReferenceError", "InternalError"]

export const syntaxRules: ReadonlyArray<Rule> = [
  {
    name: "name of",
    fix: "it is a keyword everywhere; use another name",
    trips: ({ node, parent }) => t.isIdentifier(node, { name: "of" }) && t.isBinding(node, parent)
  },
  { name: "text that is not bytes", fix: "write its UTF-8 bytes as \\x escapes", trips: ({ node }) => isWide(node) },
  {
    name: "${ in the text of a template",
    fix: "it begins an expression even after a backslash; use +",
    trips: ({ node }) => t.isTemplateElement(node) && (node.value.cooked ?? "").includes("${")
  },
  { name: "label", fix: "use a flag or a function", trips: (path) => path.isLabeledStatement() },
  {
    name: "case after default",
    fix: "put default last",
    trips: (path) => path.isSwitchCase() && !path.node.test && !isLast(path)
  },
  { name: "spread", fix: "use concat, apply or Object.assign", trips: (path) => path.isSpreadElement() },
  { name: "rest parameter", fix: "name the parameters", trips: (path) => path.isRestElement() },
  { name: "default parameter", fix: "test for undefined in the body", trips: (path) => path.isAssignmentPattern() },
  {
    name: "destructuring",
    fix: "read the fields one by one",
    trips: (path) => path.isArrayPattern() || path.isObjectPattern()
  },
  {
    name: "computed key",
    fix: "assign the property in a line of its own",
    trips: (path) =>
      (path.isObjectProperty() || path.isObjectMethod() || path.isClassMethod() || path.isClassProperty()) &&
      path.node.computed === true
  },
  {
    name: "optional chaining",
    fix: "test for undefined",
    trips: (path) => path.isOptionalMemberExpression() || path.isOptionalCallExpression()
  },
  {
    name: "** and logical assignment",
    fix: "use Math.pow; write the assignment out",
    trips: ({ node }) =>
      t.isBinaryExpression(node, { operator: "**" }) ||
      t.isAssignmentExpression(node) && ["**=", "??=", "||=", "&&="].indexOf(node.operator) >= 0
  },
  {
    name: "generator",
    fix: "inside Effect.gen it is compiled away; elsewhere use a function",
    trips: ({ node }) => t.isFunction(node) && node.generator === true
  },
  {
    name: "async",
    fix: "use an Effect",
    trips: ({ node }) => t.isFunction(node) && node.async === true || t.isAwaitExpression(node)
  },
  { name: "new.target", fix: "use instanceof", trips: (path) => path.isMetaProperty() },
  { name: "BigInt", fix: "use a number", trips: (path) => path.isBigIntLiteral() },
  {
    // After a block that is skipped it would be read without its value. Before the first statement there is no such
    // block.
    name: "text that begins a statement",
    fix: "put the text in parentheses",
    trips: (path) => {
      if (!path.isStringLiteral() && !path.isTemplateLiteral() && !path.isRegExpLiteral()) return false
      const statement = path.getStatementParent()
      return statement?.key !== 0 && t.isExpressionStatement(statement?.node) &&
        statement.node.start === path.node.start
    }
  },
  {
    name: "comma in brackets",
    fix: "put the expression in parentheses",
    trips: ({ node }) =>
      t.isMemberExpression(node) && t.isSequenceExpression(node.property) &&
      node.property.extra?.["parenthesized"] !== true
  },
  {
    name: "array length assigned",
    fix: "use splice",
    trips: ({ node }) =>
      t.isAssignmentExpression(node) && isOwnLength(node.left) ||
      t.isUpdateExpression(node) && isOwnLength(node.argument)
  },
  {
    name: "arguments.length",
    fix: "it is at least the number of parameters; test a parameter for undefined, or name none",
    trips: (path) =>
      t.isMemberExpression(path.node) && t.isIdentifier(path.node.object, { name: "arguments" }) &&
      isOwnLength(path.node) && hasParameters(path)
  },
  {
    name: "message of an Error's subclass",
    fix: "set this.message in the constructor",
    trips: (path) =>
      path.isCallExpression() && path.get("callee").isSuper() && path.node.arguments.length > 0 &&
      isIn(path, "Error") && !setsMessage(path)
  },
  {
    name: "inherited static",
    fix: "static members are not inherited; call it on the class that has it",
    trips: (path) => {
      const parent = superOf(path)
      return parent !== undefined && hasStatics(parent)
    }
  },
  {
    name: "extends of an expression",
    fix: "name the class first",
    trips: ({ node }) => t.isClass(node) && !!node.superClass && !t.isIdentifier(node.superClass)
  },
  {
    name: "name of a function",
    fix: "it is undefined; keep the name in a field",
    trips: ({ node }) =>
      t.isMemberExpression(node) && t.isIdentifier(node.property, { name: "name" }) && t.isFunction(node.object)
  },
  {
    name: "subclass of a built-in error tested",
    fix: "it is no Error here; throw and test Error",
    trips: ({ node }) => t.isNewExpression(node) && t.isIdentifier(node.callee) && errors.indexOf(node.callee.name) >= 0
  }
]
