/**
 * Functions that make effects, as functions that do them: `const f = (a) => Effect.gen(function*() { ... })` becomes
 * `const f$now = (a) => { ... }` and `const f = (a) => () => f$now(a)`, of which a bundle keeps what is used. One whose effects do
 * not wait returns its value; one that may wait is left to be compiled, and returns what the device's effects do.
 */
import { types as t } from "@babel/core"
import * as Immediate from "./Immediate.ts"
import * as shadows from "./shadows.ts"
import { contains, copy, hasYield, member, untyped } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

interface Maker {
  readonly declarator: t.VariableDeclarator
  readonly name: string
  readonly made: t.ArrowFunctionExpression
}

/** The functions that a module declares. */
export const makers = (program: t.Program): ReadonlyArray<Maker> =>
  program.body.flatMap((statement) => {
    const declaration = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
    // What can be set anew is another function later.
    if (!t.isVariableDeclaration(declaration, { kind: "const" })) return []
    return declaration.declarations.flatMap((declarator) =>
      t.isIdentifier(declarator.id) && t.isArrowFunctionExpression(declarator.init) && !declarator.init.async
        ? [{ declarator, name: declarator.id.name, made: declarator.init }]
        : [])
  })

const generatorOf = (body: t.Node): t.FunctionExpression | undefined => {
  const inner = untyped(body)
  if (!t.isCallExpression(inner) || member(inner.callee)?.join(".") !== "Effect.gen") return undefined
  const [generator] = inner.arguments
  return t.isFunctionExpression(generator) ? generator : undefined
}

/** The body of the plain function beside `made`; undefined: it may wait. Works on a copy. */
const plainBody = (made: t.ArrowFunctionExpression, known: Immediate.Known): t.BlockStatement | t.Expression | undefined => {
  const generator = generatorOf(made.body)
  if (generator !== undefined) {
    const body = copy(generator.body)
    Immediate.resolve(body, known, Immediate.heldIn(body, known))
    return hasYield(body) ? undefined : body
  }
  if (!t.isBlockStatement(made.body)) return Immediate.valueOf(copy(made.body), known, new Map())
  return returning(copy(made.body), known)
}

/** A block each of whose returns is an effect that does not wait. */
const returning = (body: t.BlockStatement, known: Immediate.Known): t.BlockStatement | undefined => {
  let [count, isPlain] = [0, true]
  contains(body, (node) => {
    if (!t.isReturnStatement(node)) return false
    const value = node.argument ? Immediate.valueOf(node.argument, known, new Map()) : undefined
    if (value === undefined) isPlain = false
    else node.argument = value
    count++
    return false
  })
  return isPlain && count > 0 ? body : undefined
}

const isNamed = (effect: t.Node): boolean => t.isIdentifier(effect) && effect.name !== "undefined"

/** The body of what does the effect that `made` returns; undefined: what that is cannot be seen here. Works on a copy. */
const doing = (made: t.ArrowFunctionExpression, known: Immediate.Known): t.BlockStatement | t.Expression | undefined => {
  const isDone = (effect: t.Node | null | undefined): boolean => {
    if (!effect) return false
    const inner = untyped(effect)
    if (t.isConditionalExpression(inner)) {
      const [yes, no] = [inner.consequent, inner.alternate]
      // Beside an effect stands an effect.
      return isDone(yes) && (isDone(no) || isNamed(no)) || isNamed(yes) && isDone(no)
    }
    return t.isCallExpression(inner) ? Immediate.isDone(inner, known) : member(inner)?.join(".") === "Effect.void"
  }
  const body = copy(made.body)
  if (!t.isBlockStatement(body)) return isDone(body) ? Immediate.run(body, known) : undefined
  let [count, isAll] = [0, true]
  contains(body, (node) => {
    if (!t.isReturnStatement(node)) return false
    count++
    if (!isDone(node.argument)) isAll = false
    else node.argument = Immediate.run(node.argument as t.Expression, known)
    return false
  })
  return isAll && count > 0 ? body : undefined
}

/** The module's functions that make no effect that waits; `known` learns them too. */
const find = (program: t.Program, known: Immediate.Known): ReadonlyArray<Maker> => {
  const found: Array<Maker> = []
  for (let isChanged = true; isChanged;) {
    isChanged = false
    for (const maker of makers(program)) {
      if (known.functions.has(maker.name)) continue
      const isThunk = Immediate.isThunk(maker.made.body, known)
      if (!isThunk && plainBody(maker.made, known) === undefined) continue
      known.functions.set(maker.name, isThunk ? "thunk" : "plain")
      if (!isThunk) found.push(maker)
      isChanged = true
    }
  }
  for (let isChanged = true; isChanged;) {
    isChanged = false
    for (const maker of makers(program)) {
      if (known.functions.has(maker.name) || generatorOf(maker.made.body) === undefined && doing(maker.made, known) === undefined) continue
      known.functions.set(maker.name, "waits")
      found.push(maker)
      isChanged = true
    }
  }
  return found
}

/** What a module's functions are to those who import them. */
export const functions = (program: t.Program, functionsOf: (source: string) => Immediate.Functions): Immediate.Functions => {
  const known = Immediate.imported(program, functionsOf)
  const theirs = new Set(known.functions.keys())
  find(program, known)
  return new Map([...known.functions].filter(([name]) => !theirs.has(name)))
}

const hasBeside = (kind: Immediate.Kind | undefined): boolean => kind === "plain" || kind === "waits"

/** Imports the plain function beside each imported one. */
const importBeside = (program: t.Program, { functions }: Immediate.Known): void => {
  for (const statement of program.body) {
    if (!t.isImportDeclaration(statement)) continue
    for (const specifier of statement.specifiers.slice()) {
      if (!t.isImportSpecifier(specifier) || !hasBeside(functions.get(specifier.local.name))) continue
      const name = Immediate.plainName((specifier.imported as t.Identifier).name)
      statement.specifiers.push(t.importSpecifier(t.identifier(Immediate.plainName(specifier.local.name)), t.identifier(name)))
    }
  }
}

const split = (program: t.Program, { made, declarator, name }: Maker, body: t.BlockStatement | t.Expression): void => {
  const at = program.body.findIndex((statement) => {
    const declaration = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
    return t.isVariableDeclaration(declaration) && declaration.declarations.includes(declarator)
  })
  const plain = t.variableDeclaration("const", [
    t.variableDeclarator(t.identifier(Immediate.plainName(name)), t.arrowFunctionExpression(made.params, body))
  ])
  const params = made.params.map((_, index) => t.identifier("given" + index))
  const call = t.callExpression(t.identifier(Immediate.plainName(name)), params)
  declarator.init = t.arrowFunctionExpression(params, t.arrowFunctionExpression([], call))
  program.body.splice(at, 0, t.isExportNamedDeclaration(program.body[at]) ? t.exportNamedDeclaration(plain) : plain)
}

export interface Plain {
  /** What the module knows of functions, for its generators. */
  readonly known: Immediate.Known
  /** The calls of `Effect.gen` that are all of a function which does what they would give. */
  readonly direct: ReadonlySet<t.Node>
}

/** Splits the module's functions. */
export const plainly = (program: t.Program, functionsOf: (source: string) => Immediate.Functions): Plain => {
  const known = Immediate.imported(program, functionsOf)
  const found = find(program, known)
  shadows.refuse(program, known)
  importBeside(program, known)
  const direct = new Set<t.Node>()
  for (const maker of found) {
    const isGenerator = generatorOf(maker.made.body) !== undefined
    const rest = maker.made.params.find((param) => t.isRestElement(param))
    if (rest) throw new Unsupported(rest, "a function that makes an effect takes no rest parameter; give it an array")
    const body = known.functions.get(maker.name) === "plain" ? plainBody(maker.made, known) : isGenerator ? undefined : doing(maker.made, known)
    if (body === undefined) direct.add(untyped(maker.made.body))
    split(program, maker, body ?? maker.made.body)
  }
  return { known, direct }
}
