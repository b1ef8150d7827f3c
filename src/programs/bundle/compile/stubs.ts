/**
 * Functions of a module that a board loads from an overlay when it calls them: in the program a stub replaces each, and
 * in the overlay's own bundle the module exports it.
 *
 * By binding: a name stands for a function that the module declares at its top level. Anything else is refused.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { Unsupported } from "./Unsupported.ts"

export interface Stubs {
  /** The module that exports `load`, absolute. */
  readonly loader: string
  /** By the function's name: the overlay's file and the function's place in it. */
  readonly functions: ReadonlyMap<string, { readonly file: string; readonly index: number }>
}

type Declared = NodePath<t.ArrowFunctionExpression | t.FunctionExpression | t.FunctionDeclaration>

/** What a module exports under `name` is a variable of that name, unless an export says otherwise. */
const localName = (program: t.Program, name: string): string => {
  for (const statement of program.body) {
    if (!t.isExportNamedDeclaration(statement) || statement.source) continue
    for (const specifier of statement.specifiers) {
      if (t.isExportSpecifier(specifier) && t.isIdentifier(specifier.exported, { name })) return specifier.local.name
    }
  }
  return name
}

const valueOf = (path: NodePath): NodePath =>
  path.isTSAsExpression() || path.isTSSatisfiesExpression() || path.isTSNonNullExpression() || path.isTSTypeAssertion()
    ? valueOf(path.get("expression") as NodePath)
    : path

/** The function that the module declares under `name`. */
const declared = (program: NodePath<t.Program>, name: string): Declared => {
  const binding = program.scope.bindings[localName(program.node, name)]
  const path = binding?.path
  if (path === undefined || path.parentPath?.isImportDeclaration() || path.parentPath?.isExportSpecifier()) {
    throw new Unsupported(program.node, `an overlay names the function ${name}, which this module does not declare`)
  }
  if (!binding?.constant) throw new Unsupported(path.node, `${name} is of an overlay, so it must not be assigned again`)
  const made = path.isVariableDeclarator() ? valueOf(path.get("init") as NodePath) : path
  if (made.isArrowFunctionExpression() || made.isFunctionExpression() || made.isFunctionDeclaration()) return made
  throw new Unsupported(path.node, `${name} is of an overlay, so it must be written here as a function`)
}

/** Refuses a function that does something else when it is called from another place. */
const checkFunction = (name: string, made: Declared): void => {
  const { async, generator, params } = made.node
  if (async || generator) throw new Unsupported(made.node, `${name} is of an overlay, so it must not wait`)
  const rest = params.find((param) => t.isRestElement(param))
  if (rest) throw new Unsupported(rest, `${name} is of an overlay, so it takes no rest parameter`)
  if (made.isArrowFunctionExpression()) return
  made.traverse({
    Function: (inner) => {
      if (!inner.isArrowFunctionExpression()) inner.skip()
    },
    ThisExpression: ({ node }) => {
      throw new Unsupported(node, `${name} is of an overlay, so it cannot use this`)
    },
    Identifier: ({ node }) => {
      if (node.name === "arguments") throw new Unsupported(node, `${name} is of an overlay, so it cannot use arguments`)
    }
  })
}

/** For the program. */
export const stubs = ({ functions, loader }: Stubs): PluginObj => ({
  visitor: {
    Program: (program) => {
      program.scope.crawl()
      const load = program.scope.generateUidIdentifier("load")
      for (const [name, { file, index }] of functions) {
        const made = declared(program, name)
        checkFunction(name, made)
        const params = made.node.params.map((_, at) => t.identifier("given" + at))
        const found = t.callExpression(t.cloneNode(load), [t.stringLiteral(file), t.numericLiteral(index)])
        const call = t.callExpression(found, params)
        if (made.isFunctionDeclaration()) {
          made.replaceWith(t.functionDeclaration(made.node.id, params, t.blockStatement([t.returnStatement(call)])))
        } else made.replaceWith(t.arrowFunctionExpression(params, call))
      }
      const specifier = t.importSpecifier(load, t.identifier("load"))
      program.unshiftContainer("body", t.importDeclaration([specifier], t.stringLiteral(loader)))
      program.scope.crawl()
    }
  }
})

/** Under what name a module gives out a function to its overlay. */
export const exportedName = (name: string): string => name + "$overlay"

/** For the overlay's own bundle. */
export const exports = (names: ReadonlyArray<string>): PluginObj => ({
  visitor: {
    Program: (program) => {
      program.scope.crawl()
      const specifiers = names.map((name) => {
        checkFunction(name, declared(program, name))
        return t.exportSpecifier(t.identifier(localName(program.node, name)), t.identifier(exportedName(name)))
      })
      program.pushContainer("body", t.exportNamedDeclaration(null, specifiers))
    }
  }
})
