/**
 * What the interpreter's library lacks, or has in another form.
 */
import type { NodePath } from "@babel/core"
import { types as t } from "@babel/core"
import type { Rule } from "./Rule.ts"

const globals = [
  "Symbol",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "WeakRef",
  "Reflect",
  "Proxy",
  "TextEncoder",
  "TextDecoder",
  "queueMicrotask",
  "BigInt",
  "structuredClone",
  "URL",
  "AbortController",
  "Intl"
]

const statics: { readonly [owner: string]: ReadonlyArray<string> } = {
  Object: ["freeze", "is", "isExtensible", "isFrozen", "seal", "isSealed", "preventExtensions", "getOwnPropertySymbols",
    "hasOwn", "groupBy"],
  Number: ["isInteger", "isFinite", "isNaN", "isSafeInteger", "parseInt", "parseFloat"],
  Math: ["trunc", "imul", "hypot", "log2", "log10", "log1p", "expm1", "cbrt", "fround", "clz32"],
  Array: ["from", "of"],
  String: ["fromCodePoint", "raw"],
  Promise: ["allSettled", "any"]
}

const methods = ["flat", "flatMap", "at", "findLast", "findLastIndex", "copyWithin", "reduceRight", "codePointAt",
  "trimEnd", "trimStart", "normalize"]

const fixes: { readonly [name: string]: string } = {
  isInteger: "use Math.floor(x) === x",
  isFinite: "use the global isFinite",
  isNaN: "use x !== x",
  trunc: "use x | 0 or Math.floor",
  from: "use a loop"
}

const isFree = (path: NodePath, name: string): boolean => !path.scope.hasBinding(name, true)

const propertyOf = (node: t.Node): string | undefined =>
  t.isMemberExpression(node) && !node.computed && t.isIdentifier(node.property) ? node.property.name : undefined

/** The names that the script itself gives to properties: whatever they are, they are its own. */
const ownNames = new WeakMap<t.Node, ReadonlySet<string>>()

const namesOf = (path: NodePath): ReadonlySet<string> => {
  const program = path.scope.getProgramParent()
  const known = ownNames.get(program.block)
  if (known !== undefined) return known
  const names = new Set<string>()
  program.path.traverse({
    ObjectProperty: ({ node }) => {
      if (t.isIdentifier(node.key)) names.add(node.key.name)
    },
    ObjectMethod: ({ node }) => {
      if (t.isIdentifier(node.key)) names.add(node.key.name)
    },
    ClassMethod: ({ node }) => {
      if (t.isIdentifier(node.key)) names.add(node.key.name)
    },
    AssignmentExpression: ({ node }) => {
      const name = propertyOf(node.left)
      if (name !== undefined) names.add(name)
    }
  })
  ownNames.set(program.block, names)
  return names
}

const isMissingStatic = (path: NodePath): boolean => {
  const { node } = path
  const name = propertyOf(node)
  if (name === undefined || !t.isMemberExpression(node) || !t.isIdentifier(node.object)) return false
  const owner = node.object.name
  return Object.hasOwn(statics, owner) && (statics[owner]?.includes(name) ?? false) && isFree(path, owner)
}

const isMissingMethod = (path: NodePath): boolean => {
  if (!path.isCallExpression()) return false
  const name = propertyOf(path.node.callee)
  return name !== undefined && methods.includes(name) && !namesOf(path).has(name)
}

/** A search that finds a text at its end although only its beginning is there: "tls" in "socket". */
const searches = ["indexOf", "includes", "replace"]

const isLongSearch = ({ node }: NodePath): boolean => {
  if (!t.isCallExpression(node) || !searches.includes(propertyOf(node.callee) ?? "")) return false
  const [sought] = node.arguments
  // A list is searched for its elements.
  const isList = t.isMemberExpression(node.callee) && t.isArrayExpression(node.callee.object)
  return t.isStringLiteral(sought) && sought.value.length > 1 && !isList
}

const isCallOf = (node: t.Node, owner: string, name: string): node is t.CallExpression =>
  t.isCallExpression(node) && t.isMemberExpression(node.callee) &&
  t.isIdentifier(node.callee.object, { name: owner }) &&
  propertyOf(node.callee) === name

export const libraryRules: ReadonlyArray<Rule> = [
  {
    name: "missing global",
    fix: "the interpreter has none",
    trips: (path) =>
      path.isIdentifier() && path.isReferencedIdentifier() && globals.includes(path.node.name) &&
      isFree(path, path.node.name) &&
      !t.isUnaryExpression(path.parent, { operator: "typeof" })
  },
  {
    name: "missing function",
    fix: Object.keys(fixes).map((name) => name + ": " + fixes[name]).join(", "),
    trips: (path) => isMissingStatic(path) || isMissingMethod(path)
  },
  {
    name: "prototype method called on another",
    fix: "begin with a literal: [].slice.call",
    trips: ({ node }) =>
      t.isCallExpression(node) && (propertyOf(node.callee) === "call" || propertyOf(node.callee) === "apply") &&
      t.isMemberExpression(node.callee) && t.isMemberExpression(node.callee.object) &&
      propertyOf(node.callee.object.object) === "prototype"
  },
  {
    name: "search for more than one character",
    fix: "use lastIndexOf or split",
    trips: isLongSearch
  },
  {
    name: "Object.create with properties",
    fix: "assign the properties afterwards",
    trips: ({ node }) => isCallOf(node, "Object", "create") && node.arguments.length > 1
  },
  {
    name: "non-enumerable property",
    fix: "enumerable: false is ignored; keep the value elsewhere",
    trips: ({ node }) =>
      isCallOf(node, "Object", "defineProperty") && t.isObjectExpression(node.arguments[2]) &&
      node.arguments[2].properties.some((property) =>
        t.isObjectProperty(property) && t.isIdentifier(property.key, { name: "enumerable" }) &&
        !t.isBooleanLiteral(property.value, { value: true })
      )
  }
]
