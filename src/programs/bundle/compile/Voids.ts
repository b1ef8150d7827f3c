/**
 * Which functions give an effect of nothing, as far as a file says so itself.
 *
 * The generator's end gives nothing; where its last wait gives nothing either, no step is needed to drop a value.
 */
import { types as t } from "@babel/core"
import { contains, member } from "./syntax.ts"

const known: ReadonlyArray<string> = ["Ref.set", "Ref.update", "Effect.sleep", "Effect.ignore", "Effect.asVoid", "Effect.logInfo"]

const isVoidType = (annotation: t.Node | null | undefined): boolean => {
  if (!t.isTSTypeAnnotation(annotation)) return false
  const type = annotation.typeAnnotation
  if (!t.isTSTypeReference(type) || !t.isTSQualifiedName(type.typeName)) return false
  const args = type.typeParameters
  return type.typeName.right.name === "Effect" && t.isTSTypeParameterInstantiation(args) && t.isTSVoidKeyword(args.params[0])
}

const nameOf = (effect: t.Node | null | undefined): string | undefined =>
  t.isCallExpression(effect) ? (t.isIdentifier(effect.callee) ? effect.callee.name : member(effect.callee)?.join(".")) : undefined

/** Whether no `return` of a generator gives a value. `names` are the functions known to give nothing. */
const givesNothing = (generator: t.Node, names: ReadonlySet<string>): boolean =>
  t.isFunctionExpression(generator) && !contains(generator.body, (node) => {
    if (!t.isReturnStatement(node) || !node.argument) return false
    const name = t.isYieldExpression(node.argument) ? nameOf(node.argument.argument) : undefined
    return name === undefined || !(names.has(name) || known.includes(name))
  })

const isVoidFunction = (node: t.Node | null | undefined, names: ReadonlySet<string>): boolean => {
  if (!t.isArrowFunctionExpression(node)) return false
  if (isVoidType(node.returnType)) return true
  const { body } = node
  return t.isCallExpression(body) && nameOf(body) === "Effect.gen" && givesNothing(body.arguments[0] as t.Node, names)
}

/** The names of a module's functions (exported or not) that give an effect of nothing; `names` are those it imports. */
export const functions = (program: t.Program, names: Set<string> = new Set()): ReadonlySet<string> => {
  for (const statement of program.body) {
    const declaration = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
    if (!t.isVariableDeclaration(declaration)) continue
    for (const { id, init } of declaration.declarations) if (t.isIdentifier(id) && isVoidFunction(init, names)) names.add(id.name)
  }
  return names
}

/** Answers for one module. `exportsOf` gives the same for a module that it imports. */
export const inModule = (program: t.Program, exportsOf: (source: string) => ReadonlySet<string>): (effect: t.Expression) => boolean => {
  const names = new Set<string>()
  for (const statement of program.body) {
    if (!t.isImportDeclaration(statement) || statement.importKind === "type") continue
    if (!statement.source.value.startsWith(".")) continue
    const exported = exportsOf(statement.source.value)
    for (const specifier of statement.specifiers) {
      const local = specifier.local.name
      if (t.isImportNamespaceSpecifier(specifier)) for (const name of exported) names.add(local + "." + name)
      else if (t.isImportSpecifier(specifier) && t.isIdentifier(specifier.imported) && exported.has(specifier.imported.name)) names.add(local)
    }
  }
  functions(program, names)
  return (effect) => {
    const name = nameOf(effect)
    return name !== undefined && (names.has(name) || known.includes(name))
  }
}
