/**
 * Effects that neither wait nor fail, done on the spot: `yield* Clock.currentTimeMillis` needs no step of the runtime, and
 * no function for what follows it. What of such an effect throws is a defect either way.
 *
 * Known by their text: a service's tag, reading the clock, chance, `Effect.sync` and `Effect.logInfo`, and calls of functions
 * that return nothing else. The device's runtime keeps an effect's value in `v`, and a thunk for such
 * an effect in `s`.
 */
import { types as t } from "@babel/core"
import { contains, member } from "./syntax.ts"

/** Functions whose effects are done in a thunk. */
const thunks: ReadonlyArray<string> = ["Effect.sync", "Effect.logInfo", "Ref.set", "Ref.update", "Ref.modify"]
/** With the plain functions beside them in the device's runtime. */
const readings: { readonly [effect: string]: string } = { "Clock.currentTimeMillis": "now", "Random.next": "draw" }

const isThunk = (node: t.Node | null | undefined, names: ReadonlySet<string>): boolean => {
  if (!t.isCallExpression(node)) return false
  const name = t.isIdentifier(node.callee) ? node.callee.name : member(node.callee)?.join(".") ?? ""
  return names.has(name) || thunks.includes(name)
}

/** The names of a module's functions that return a thunk's effect. */
export const functions = (program: t.Program): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const statement of program.body) {
    const declaration = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
    if (!t.isVariableDeclaration(declaration)) continue
    for (const { id, init } of declaration.declarations) {
      if (t.isIdentifier(id) && t.isArrowFunctionExpression(init) && isThunk(init.body, names)) names.add(id.name)
    }
  }
  return names
}

/** What a module knows: services by their tags, and functions as above, its own and those it imports. */
export interface Known {
  readonly services: ReadonlySet<string>
  readonly thunks: ReadonlySet<string>
}

/** `exportsOf` gives the `functions` of a module that is imported. */
export const inModule = (program: t.Program, exportsOf: (source: string) => ReadonlySet<string>): Known => {
  const services = new Set<string>()
  const names = new Set(functions(program))
  for (const statement of program.body) {
    if (!t.isImportDeclaration(statement) || statement.importKind === "type") continue
    const source = statement.source.value
    if (!source.startsWith(".")) continue
    const exported = exportsOf(source)
    for (const specifier of statement.specifiers) {
      if (!t.isImportSpecifier(specifier) || specifier.importKind === "type" || !t.isIdentifier(specifier.imported)) continue
      // A port's tag bears the name of its module.
      if (source.endsWith("ports/" + specifier.imported.name + ".ts")) services.add(specifier.local.name)
      if (exported.has(specifier.imported.name)) names.add(specifier.local.name)
    }
  }
  return { services, thunks: names }
}

const field = (effect: t.Expression, name: string): t.MemberExpression => t.memberExpression(effect, t.identifier(name))

/** The value of an effect that can be had at once; undefined when it has to be waited for. */
const valueOf = (effect: t.Expression, known: Known): t.Expression | undefined => {
  if (t.isIdentifier(effect)) return known.services.has(effect.name) ? field(effect, "v") : undefined
  if (isThunk(effect, known.thunks)) return field(t.callExpression(field(effect, "s"), []), "v")
  const name = member(effect)
  const reading = readings[name?.join(".") ?? ""]
  return name && reading !== undefined ? t.callExpression(t.memberExpression(t.identifier(name[0]), t.identifier(reading)), []) : undefined
}

/** Replaces in the body of a generator, functions inside it left alone, what can be had at once. */
export const resolve = (owner: t.Node, known: Known): void => {
  const record = owner as unknown as { [key: string]: unknown }
  const resolved = (child: t.Node): t.Node => {
    if (!t.isFunction(child)) resolve(child, known)
    return t.isYieldExpression(child) && child.delegate && child.argument ? valueOf(child.argument, known) ?? child : child
  }
  if (!contains(owner, (node) => t.isYieldExpression(node))) return
  for (const key of t.VISITOR_KEYS[owner.type] ?? []) {
    const value = record[key]
    if (Array.isArray(value)) record[key] = value.map((child) => child ? resolved(child as t.Node) : child)
    else if (value) record[key] = resolved(value as t.Node)
  }
}
