/**
 * Effects that do not wait, done on the spot: `yield* Clock.currentTimeMillis` needs no step of the runtime, and no
 * function for what follows it.
 *
 * Known by their text: a service's tag, reading the clock, chance, `Effect.sync` and `Effect.logInfo`, what a board's adapter
 * does before it returns, and calls of functions that make nothing else. Such a function is compiled to a plain one
 * beside it (`plainly`), named with `$now` behind its name.
 */
import { types as t } from "@babel/core"
import { contains, hasYield, member, untyped } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

/** `thunk`: returns an effect that is a thunk. `plain`: has a plain function beside it. `waits`: that one may return `waiting`. */
export type Kind = "thunk" | "plain" | "waits"

export type Functions = ReadonlyMap<string, Kind>

/** Functions whose effects are done in a thunk. */
const thunks: ReadonlyArray<string> = ["Effect.sync", "Effect.logInfo", "Ref.set", "Ref.update", "Ref.modify"]
/** With the plain functions beside them in the device's runtime. */
const readings: { readonly [effect: string]: string } = { "Clock.currentTimeMillis": "now", "Random.next": "draw" }

/** What of the ports is over when it returns, on a board; a bundle whose adapter waited there would go on without its answer. */
export const verbs: { readonly [port: string]: ReadonlyArray<string> } = { Storage: ["read", "write"], Wifi: ["start", "stop"] }

/** What a module knows: services by their tags' local names, and functions as above, its own and those it imports. */
export interface Known {
  readonly services: ReadonlyMap<string, string>
  readonly functions: Map<string, Kind>
}

export const plainName = (name: string): string => name + "$now"

const nameOf = (callee: t.Node): string => t.isIdentifier(callee) ? callee.name : member(callee)?.join(".") ?? ""

const field = (effect: t.Expression, name: string): t.MemberExpression => t.memberExpression(effect, t.identifier(name))

/** An effect is the function that does it. */
const does = (effect: t.Expression): t.CallExpression => t.callExpression(effect, [])

const runtime = (name: string, args: Array<t.Expression>): t.CallExpression =>
  t.callExpression(t.memberExpression(t.identifier("Effect"), t.identifier(name)), args)

const nothing = (): t.Identifier => t.identifier("undefined")

/** The constants of a function that hold a service, with the port's name. */
export const heldIn = (body: t.Node, { services }: Known): ReadonlyMap<string, string> => {
  const held = new Map<string, string>()
  contains(body, (node) => {
    if (!t.isVariableDeclarator(node) || !t.isIdentifier(node.id) || !t.isYieldExpression(node.init)) return false
    const tag = node.init.argument
    const port = t.isIdentifier(tag) ? services.get(tag.name) : undefined
    if (port !== undefined) held.set(node.id.name, port)
    return false
  })
  return held
}

type Held = ReadonlyMap<string, string>

/** Whether `effect` is what a port's verb gives. */
const isVerb = (effect: t.Node, held: Held): boolean => {
  const name = member(t.isCallExpression(effect) ? effect.callee : effect)
  const port = name && held.get(name[0])
  return name !== undefined && port !== undefined && (verbs[port] ?? []).includes(name[1])
}

/** A time-out's options one by one, so that no object is made of them. */
const unpacked = ([self, options]: t.CallExpression["arguments"]): t.CallExpression["arguments"] => {
  const given = t.isObjectExpression(options) ? options.properties : []
  const [duration, orElse] = ["duration", "orElse"].map((name) =>
    given.find((each): each is t.ObjectProperty => t.isObjectProperty(each) && t.isIdentifier(each.key, { name }))?.value as t.Expression | undefined)
  if (!self || !duration || !orElse) throw new Unsupported(options ?? self ?? t.identifier("options"), "write a time-out's duration and orElse where it is made")
  return [self, duration, orElse]
}

/** The call of the plain function beside one that is called. */
const plainCall = (effect: t.CallExpression): t.CallExpression => {
  const { callee } = effect
  const plain = t.isMemberExpression(callee)
    ? t.memberExpression(callee.object, t.identifier(plainName((callee.property as t.Identifier).name)))
    : t.identifier(plainName((callee as t.Identifier).name))
  return t.callExpression(plain, nameOf(callee) === "Effect.timeoutOrElse" ? unpacked(effect.arguments) : effect.arguments)
}

/** `Effect.result(effect)` done at once: what fails is a value then. */
const resultOf = (effect: t.Expression, known: Known, held: Held): t.Expression | undefined => {
  if (isVerb(effect, held)) return runtime("attempt", [effect])
  const value = valueOf(effect, known, held)
  return value && runtime("attempt", [t.arrowFunctionExpression([], value)])
}

const ofCall = (effect: t.CallExpression, known: Known, held: Held): t.Expression | undefined => {
  const name = nameOf(effect.callee)
  const kind = known.functions.get(name)
  if (kind === "plain") return plainCall(effect)
  if (kind === "thunk" || thunks.includes(name)) return does(effect)
  const [first] = effect.arguments
  if (name === "Effect.succeed") return first as t.Expression
  return name === "Effect.result" || name === "Effect.ignore" ? resultOf(first as t.Expression, known, held) : undefined
}

/** The value of an effect that can be had at once; undefined when it has to be waited for. */
export const valueOf = (given: t.Expression, known: Known, held: Held): t.Expression | undefined => {
  const effect = untyped(given) as t.Expression
  if (t.isIdentifier(effect)) return known.services.has(effect.name) ? field(effect, "v") : undefined
  if (isVerb(effect, held)) return does(effect)
  if (t.isCallExpression(effect)) return ofCall(effect, known, held)
  if (t.isConditionalExpression(effect)) {
    const yes = valueOf(effect.consequent, known, held)
    const no = yes && valueOf(effect.alternate, known, held)
    return no && yes && t.conditionalExpression(effect.test, yes, no)
  }
  const name = member(effect)
  if (name?.join(".") === "Effect.void") return nothing()
  const reading = readings[name?.join(".") ?? ""]
  return name && reading !== undefined ? t.callExpression(t.memberExpression(t.identifier(name[0]), t.identifier(reading)), []) : undefined
}

/** The functions of the device's runtime that have beside them what does their effects. */
const library: ReadonlyArray<string> = [
  "fail", "flatMap", "map", "andThen", "catch", "result", "catchCause", "timeoutOrElse", "ensuring", "callback", "sleep"
].map((name) => "Effect." + name)

/** Whether there is a function that does what this call's effect does. */
export const isDone = (effect: t.CallExpression, known: Known): boolean => {
  const name = nameOf(effect.callee)
  const kind = known.functions.get(name)
  return kind === "plain" || kind === "waits" || library.includes(name)
}

/** What stands for doing an effect that may wait, in the device's runtime. */
export const run = (given: t.Expression, known: Known): t.Expression => {
  const effect = untyped(given) as t.Expression
  if (t.isConditionalExpression(effect)) {
    return t.conditionalExpression(effect.test, run(effect.consequent, known), run(effect.alternate, known))
  }
  if (t.isArrowFunctionExpression(effect) && effect.params.length === 0 && t.isExpression(effect.body)) return effect.body
  if (member(effect)?.join(".") === "Effect.void") return nothing()
  // An error is an effect that fails with it, but on a board no function.
  if (t.isNewExpression(effect) || effect.extra?.["isError"] === true) return runtime("fail$now", [effect])
  if (!t.isCallExpression(effect)) return does(effect)
  if (nameOf(effect.callee) === "Effect.succeed") return effect.arguments[0] as t.Expression
  return isDone(effect, known) ? plainCall(effect) : does(effect)
}

/** Replaces below `owner`, functions inside it left alone, what can be had at once. */
export const resolve = (owner: t.Node, known: Known, held: Held): void => {
  const record = owner as unknown as { [key: string]: unknown }
  const resolved = (child: t.Node): t.Node => {
    if (!t.isFunction(child)) resolve(child, known, held)
    return t.isYieldExpression(child) && child.delegate && child.argument ? valueOf(child.argument, known, held) ?? child : child
  }
  if (!hasYield(owner)) return
  for (const key of t.VISITOR_KEYS[owner.type] ?? []) {
    const value = record[key]
    if (Array.isArray(value)) record[key] = value.map((child) => child ? resolved(child as t.Node) : child)
    else if (value) record[key] = resolved(value as t.Node)
  }
}

/** Services and functions of a module that it imports; `functionsOf` gives those of another module of ours. */
export const imported = (program: t.Program, functionsOf: (source: string) => Functions): Known => {
  const services = new Map<string, string>()
  const functions = new Map<string, Kind>()
  for (const statement of program.body) {
    if (!t.isImportDeclaration(statement) || statement.importKind === "type") continue
    const source = statement.source.value
    if (!source.startsWith(".")) continue
    const exported = functionsOf(source)
    for (const specifier of statement.specifiers) {
      const local = specifier.local.name
      if (t.isImportNamespaceSpecifier(specifier)) for (const [name, kind] of exported) functions.set(local + "." + name, kind)
      if (!t.isImportSpecifier(specifier) || specifier.importKind === "type" || !t.isIdentifier(specifier.imported)) continue
      // A port's tag bears the name of its module.
      const { name } = specifier.imported
      if (source.endsWith("ports/" + name + ".ts")) services.set(local, name)
      const kind = exported.get(name)
      if (kind !== undefined) functions.set(local, kind)
    }
  }
  return { services, functions }
}

/** Whether a call returns a thunk's effect. */
export const isThunk = (node: t.Node | null | undefined, { functions }: Known): boolean =>
  t.isCallExpression(node) && (functions.get(nameOf(node.callee)) === "thunk" || thunks.includes(nameOf(node.callee)))
