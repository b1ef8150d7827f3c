/**
 * Marks calls at a module's top level that do nothing but make a value, so that what nobody uses can be left out.
 *
 * It decides by binding: functions of Effect's modules except those that run something, constructors of the platform,
 * and functions of our own modules whose body changes nothing outside and calls nothing else. Other calls are not
 * marked.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

/** The functions of a module, by their exported names, that do nothing but make a value. */
export type Pure = ReadonlySet<string>

const constructors: ReadonlyArray<string> = ["TextEncoder", "TextDecoder", "Uint8Array", "ArrayBuffer", "DataView",
  "Map", "Set", "WeakMap", "Error", "RegExp"]

/** Objects of the platform, and those of their functions that change something. */
const owners: { readonly [name: string]: ReadonlyArray<string> } = {
  Object: ["assign", "defineProperty", "defineProperties", "setPrototypeOf", "freeze", "seal"],
  Math: ["random"],
  String: [],
  Number: []
}

interface Known {
  /** Of an imported module of ours. */
  readonly exportsOf: (source: string) => Pure
  /** The module's own, by their local names. */
  readonly own: Set<string>
}

const isEffects = (source: string): boolean => source.startsWith("effect/")

const isOfImport = (source: string, name: string, { exportsOf }: Known): boolean =>
  isEffects(source) ? !/^(run|unsafe)[A-Z]/.test(name) : source.startsWith(".") && exportsOf(source).has(name)

const isPureCallee = (path: NodePath, callee: t.Node, known: Known): boolean => {
  // Context.Service<...>()("key")
  if (t.isCallExpression(callee)) return t.isMemberExpression(callee.callee) && isPureCallee(path, callee.callee, known)
  if (t.isIdentifier(callee)) {
    const binding = path.scope.getBinding(callee.name)
    const from = binding?.path.parent
    if (t.isImportDeclaration(from)) {
      const specifier = binding?.path.node
      return t.isImportSpecifier(specifier) && t.isIdentifier(specifier.imported) &&
        isOfImport(from.source.value, specifier.imported.name, known)
    }
    return binding?.scope.path.isProgram() === true && known.own.has(callee.name)
  }
  // `list.push.bind(list)`
  if (
    t.isMemberExpression(callee) && !callee.computed && t.isMemberExpression(callee.object) &&
    t.isIdentifier(callee.property, { name: "bind" })
  ) return true
  if (
    !t.isMemberExpression(callee) || callee.computed || !t.isIdentifier(callee.object) ||
    !t.isIdentifier(callee.property)
  ) return false
  const binding = path.scope.getBinding(callee.object.name)
  const from = binding?.path.parent
  if (t.isImportDeclaration(from)) {
    return t.isImportNamespaceSpecifier(binding?.path.node) &&
      isOfImport(from.source.value, callee.property.name, known)
  }
  const impure = owners[callee.object.name]
  return binding === undefined && impure !== undefined && !impure.includes(callee.property.name)
}

const isPureCall = (path: NodePath<t.CallExpression> | NodePath<t.NewExpression>, known: Known): boolean => {
  const { callee } = path.node
  if (path.isCallExpression()) return isPureCallee(path, callee, known)
  return t.isIdentifier(callee) && constructors.includes(callee.name) && !path.scope.hasBinding(callee.name, true)
}

type Function = NodePath<t.ArrowFunctionExpression | t.FunctionExpression | t.FunctionDeclaration>

/** Whether only what the function itself has made is changed by an assignment to `target`. */
const isInside = (path: NodePath, target: t.Node, made: Function): boolean => {
  if (t.isMemberExpression(target)) {
    const binding = t.isIdentifier(target.object) ? path.scope.getBinding(target.object.name) : undefined
    const init = t.isVariableDeclarator(binding?.path.node) ? binding.path.node.init : undefined
    const isFresh = t.isNewExpression(init) || t.isArrayExpression(init) || t.isObjectExpression(init)
    return binding !== undefined && binding.constant && isFresh && binding.path.isDescendant(made)
  }
  const binding = t.isIdentifier(target) ? path.scope.getBinding(target.name) : undefined
  return binding !== undefined && binding.path.isDescendant(made)
}

const isPureFunction = (made: Function, known: Known): boolean => {
  if (made.node.async || made.node.generator) return false
  let isPure = true
  const refuse = () => {
    isPure = false
  }
  made.traverse({
    Function: (inner) => inner.skip(),
    AssignmentExpression: (path) => isInside(path, path.node.left, made) ? undefined : refuse(),
    UpdateExpression: (path) => isInside(path, path.node.argument, made) ? undefined : refuse(),
    CallExpression: (path) => isPureCall(path, known) ? undefined : refuse(),
    NewExpression: (path) => isPureCall(path, known) ? undefined : refuse(),
    UnaryExpression: ({ node }) => node.operator === "delete" ? refuse() : undefined,
    ForXStatement: ({ node }) => t.isVariableDeclaration(node.left) ? undefined : refuse(),
    ThrowStatement: refuse,
    TaggedTemplateExpression: refuse,
    OptionalCallExpression: refuse,
    ThisExpression: refuse
  })
  return isPure
}

const untyped = (path: NodePath): NodePath =>
  path.isTSAsExpression() || path.isTSSatisfiesExpression() || path.isTSNonNullExpression()
    ? untyped(path.get("expression") as NodePath) : path

const functionOf = (path: NodePath): Function | undefined => {
  const made = path.isVariableDeclarator() ? untyped(path.get("init") as NodePath) : path
  return made.isArrowFunctionExpression() || made.isFunctionExpression() || made.isFunctionDeclaration() ? made
    : undefined
}

const ownPure = (program: NodePath<t.Program>, exportsOf: Known["exportsOf"]): Known => {
  const known: Known = { exportsOf, own: new Set() }
  for (let isChanged = true; isChanged;) {
    isChanged = false
    for (const [name, binding] of Object.entries(program.scope.bindings)) {
      const made = known.own.has(name) || !binding.constant ? undefined : functionOf(binding.path)
      if (made === undefined || !isPureFunction(made, known)) continue
      known.own.add(name)
      isChanged = true
    }
  }
  return known
}

/** Of the module's exported functions. */
export const pureExports = (program: NodePath<t.Program>, exportsOf: (source: string) => Pure): Pure => {
  const { own } = ownPure(program, exportsOf)
  const exported = new Set<string>()
  for (const statement of program.node.body) {
    if (!t.isExportNamedDeclaration(statement) || statement.source) continue
    for (const name of Object.keys(statement.declaration ? t.getBindingIdentifiers(statement.declaration) : {})) {
      if (own.has(name)) exported.add(name)
    }
    for (const specifier of statement.specifiers) {
      if (t.isExportSpecifier(specifier) && t.isIdentifier(specifier.exported) && own.has(specifier.local.name)) {
        exported.add(specifier.exported.name)
      }
    }
  }
  return exported
}

export const purity = (exportsOf: (source: string) => Pure = () => new Set()): PluginObj => ({
  visitor: {
    Program: {
      exit: (program) => {
        program.scope.crawl()
        const known = ownPure(program, exportsOf)
        for (const statement of program.get("body")) {
          const declaration = statement.isExportNamedDeclaration() ? statement.get("declaration") as NodePath
            : statement
          if (!declaration.isVariableDeclaration()) continue
          for (const declarator of declaration.get("declarations")) {
            const init = declarator.node.init ? untyped(declarator.get("init") as NodePath) : undefined
            if (!init?.isCallExpression() && !init?.isNewExpression() || init.node.leadingComments) continue
            if (isPureCall(init, known)) t.addComment(init.node, "leading", "@__PURE__")
          }
        }
      }
    }
  }
})
