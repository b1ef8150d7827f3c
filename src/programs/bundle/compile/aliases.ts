/**
 * One name for each value of the script: `export const next = read` gives a board's interpreter a second one, which
 * takes a variable and must be searched, too.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

type Scope = NodePath["scope"]

/** The place of a constant's declaration among the script's statements; undefined: it is somewhere else, or changes. */
const placeOf = (program: Scope, name: string): number | undefined => {
  const binding = program.bindings[name]
  if (!binding?.constant || !binding.path.isVariableDeclarator()) return undefined
  const declaration = binding.path.parentPath
  return declaration.parentPath?.isProgram() ? Number(declaration.key) : undefined
}

/** The constant of the script that `name` is another name for. */
const originalOf = (program: Scope, name: string): string | undefined => {
  const place = placeOf(program, name)
  const declarator = program.bindings[name]?.path.node
  if (place === undefined || !t.isVariableDeclarator(declarator) || !t.isIdentifier(declarator.init)) return undefined
  const original = declarator.init.name
  const before = placeOf(program, original)
  return before !== undefined && before < place ? original : undefined
}

const replace = (program: Scope, name: string, original: string): void => {
  const uses = program.bindings[name]?.referencePaths ?? []
  if (uses.some(({ scope }) => scope.getBinding(original) !== program.bindings[original])) return
  for (const use of uses) {
    if (t.isObjectProperty(use.parent)) use.parent.shorthand = false
    use.replaceWith(t.identifier(original))
  }
  program.bindings[name]?.path.remove()
}

/** For a whole script, before its names are made small. */
export const aliases = (): PluginObj => ({
  visitor: {
    Program: {
      exit: ({ scope }) => {
        scope.crawl()
        for (const name of Object.keys(scope.bindings)) {
          const original = originalOf(scope, name)
          if (original === undefined) continue
          replace(scope, name, original)
          scope.crawl()
        }
      }
    }
  }
})
