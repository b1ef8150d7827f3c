/**
 * Functions of the script that are called once, moved to where they are called: a board has half a dozen variables for
 * each function as long as it is awake, and a call costs it more than most of what is called.
 *
 * Not everywhere: the interpreter reads the text of a closure each time it makes one, and the text of what it skips. So
 * what is moved into a closure, or to where it is not always reached, must be short compared with the cost of a call.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { sizeOf } from "./sizeOf.ts"
import { returns, type Statements } from "./bodies.ts"
import { inlineStatement, inlineExpression, type CallSite } from "./inlineStatement.ts"

/**
 * A call, with the variables of its function, is worth the reading of so many nodes (measured: with more, work grows
 * again). In an overlay, which is dropped after a call, it is worth fewer: larger functions have more variables at once.
 */
const callNodes = 150
const overlayCallNodes = 80

type Scope = NodePath["scope"]

interface Candidate {
  readonly declarator: NodePath<t.VariableDeclarator>
  readonly made: NodePath<t.ArrowFunctionExpression | t.FunctionExpression>
  readonly call: NodePath<t.CallExpression>
}

/** Whether it is a function of its parameters alone, so that it does not matter from where it is called. */
const isPlain = (made: NodePath): made is Candidate["made"] => {
  const { node } = made
  if (!t.isArrowFunctionExpression(node) && !t.isFunctionExpression(node)) return false
  if (
    node.async || node.params.some((each) => !t.isIdentifier(each)) ||
    t.isFunctionExpression(node) && (node.id || node.generator)
  ) return false
  let isPlain = true
  made.traverse({
    ThisExpression: () => {
      isPlain = false
    },
    Identifier: (each) => {
      if (each.node.name === "arguments") isPlain = false
    }
  })
  return isPlain
}

const candidateOf = (program: Scope, name: string): Candidate | undefined => {
  const binding = program.bindings[name]
  if (binding === undefined || !binding.constant || binding.references !== 1) return undefined
  const declarator = binding.path
  const call = binding.referencePaths[0]?.parentPath
  if (!declarator.isVariableDeclarator() || declarator.parentPath.parentPath?.isProgram() !== true) return undefined
  if (!call?.isCallExpression() || call.node.callee !== binding.referencePaths[0]?.node) return undefined
  const made = declarator.get("init") as NodePath
  if (
    !isPlain(made) || call.node.arguments.length > made.node.params.length ||
    call.node.arguments.some((each) => !t.isExpression(each))
  ) return undefined
  return call.findParent((each) => each === made) === null && call.getFunctionParent() !== null
    ? { declarator, made, call } : undefined
}

const outermost = (path: NodePath): t.Node => {
  let node = path.node
  for (let at: NodePath | null = path; at !== null; at = at.parentPath) if (at.isFunction()) node = at.node
  return node
}

/**
 * How often the interpreter reads the code at the call, in addition to the one time when it is reached: with each
 * closure around it, and where it is skipped, for example after a `return`.
 */
const readings = (call: NodePath): number => {
  let [count, isInside, isConditional] = [0, true, false]
  for (let at: NodePath = call; at.parentPath !== null; at = at.parentPath) {
    const { parentPath: parent } = at
    if (at.isFunction()) {
      // The outermost is read once, as the script is.
      if (parent.getFunctionParent() === null) break
      count++
      isInside = false
    }
    if (!isInside) continue
    if (parent.isSwitchCase()) count++
    if (at.inList && parent.isBlockStatement() && parent.node.body.slice(0, at.key as number).some(returns)) {
      isConditional = true
    }
    if ((parent.isIfStatement() || parent.isConditionalExpression()) && at.key !== "test") isConditional = true
    if (parent.isLogicalExpression() && at.key === "right") isConditional = true
  }
  return count + (isConditional ? 1 : 0)
}

const isInLoop = (call: NodePath): boolean => {
  for (let at: NodePath = call; !at.isFunction() && at.parentPath !== null; at = at.parentPath) {
    if (at.parentPath.isLoop() && at.key !== "right" && at.key !== "init") return true
  }
  return false
}

/** So many variables may live on in the closures of the caller, for as long as those are kept. */
const maxKept = 6

/**
 * Whether the variables of the function would live on with the closures of the caller: a closure keeps all of them.
 * What a wake reads at its beginning would be kept to its end.
 */
const livesOn = ({ call, made }: Candidate): boolean => {
  const kept = Object.keys(made.scope.bindings).length
  if (kept <= maxKept) return false
  const owner = call.getFunctionParent()
  let hasClosure = false
  owner?.get("body").traverse({
    Function: () => {
      hasClosure = true
    }
  })
  return hasClosure
}

/** Whether the variables start anew when the body is run again in the same function. */
const startsAnew = (made: Candidate["made"]): boolean => {
  const declared = new Set<string>(made.node.params.map((each) => (each as t.Identifier).name))
  const isSeenIn = (name: string, block: NodePath | null) =>
    block !== null && (made.scope.bindings[name]?.referencePaths.every((each) => each.isDescendant(block)) ?? false)
  let isSo = true
  made.get("body").traverse({
    Function: () => {
      isSo = false
    },
    VariableDeclarator: {
      exit: ({ node, parentPath }) => {
        if (!t.isIdentifier(node.id) || !node.init && !parentPath.parentPath?.isForOfStatement()) isSo = false
        else if (isSeenIn(node.id.name, parentPath.parentPath)) declared.add(node.id.name)
      }
    },
    Identifier: (each) => {
      const { name } = each.node
      if (each.isReferencedIdentifier() && each.scope.getBinding(name)?.scope === made.scope && !declared.has(name)) {
        isSo = false
      }
    }
  })
  return isSo
}

/** Whether the names that the function does not make itself are the same where it is called. */
const meansTheSame = ({ call, made }: Candidate, program: Scope): boolean => {
  let isSo = true
  made.traverse({
    Identifier: (each) => {
      const { name } = each.node
      if (
        each.key === "property" && t.isMemberExpression(each.parent, { computed: false }) ||
        each.key === "key" && t.isObjectProperty(each.parent, { computed: false })
      ) return
      if (
        each.scope.getBinding(name) === program.bindings[name] && call.scope.getBinding(name) !== program.bindings[name]
      ) isSo = false
    }
  })
  return isSo
}

/** Renames all names that the function declares, so that they are unique and mean the same in the caller. */
const rename = ({ made }: Candidate, program: Scope): void => {
  const scopes = new Set<Scope>([made.scope])
  made.traverse({
    Scope: (path) => {
      scopes.add(path.scope)
    }
  })
  for (const scope of scopes) {
    for (const name of Object.keys(scope.bindings)) scope.rename(name, program.generateUid(name))
  }
}

/** The parameters as variables, those that are constants in the caller too as what they are there. */
const entered = ({ call, made }: Candidate): Statements =>
  made.node.params.flatMap((param, index): Statements => {
    const { name } = param as t.Identifier
    const value = (call.node.arguments[index] ?? t.unaryExpression("void", t.numericLiteral(0))) as t.Expression
    const binding = made.scope.bindings[name]
    const isName = t.isIdentifier(value) && (call.scope.getBinding(value.name)?.constant ?? false)
    if (
      binding?.constant === true &&
      (isName || t.isLiteral(value) && !t.isTemplateLiteral(value) && binding.references < 2)
    ) {
      for (const use of binding.referencePaths) {
        if (t.isObjectProperty(use.parent)) use.parent.shorthand = false
        use.replaceWith(t.cloneNode(value))
      }
      return []
    }
    return [t.variableDeclaration("var", [t.variableDeclarator(t.identifier(name), value)])]
  })

/** Whether it was worth it and could be done. */
const fold = (candidate: Candidate, program: Scope, most: number): boolean => {
  const { call, declarator, made } = candidate
  if (sizeOf(made.node.body) * readings(call) > most) return false
  if (livesOn(candidate)) return false
  if (!meansTheSame(candidate, program) || isInLoop(call) && !startsAnew(made)) return false
  const place = call.find((each) => each.isStatement() || each.parentPath?.isArrowFunctionExpression() === true)
  if (place === null || place.isVariableDeclaration() && place.parentPath.isFor()) return false
  const siteOf = (start: Statements, isTrial: boolean): CallSite => {
    const body = t.isBlockStatement(made.node.body) ? made.node.body.body : [t.returnStatement(made.node.body)]
    return { call, start, body, isTrial, fresh: () => program.generateUidIdentifier("value") }
  }
  const make = (how: CallSite) =>
    place.isStatement() ? inlineStatement(place.node, how) : inlineExpression(place.node as t.Expression, how)
  if (make(siteOf([], true)) === undefined) return false
  rename(candidate, program)
  const statements = make(siteOf(entered(candidate), false))
  if (statements === undefined) throw new Error("the second trial failed where the first succeeded")
  declarator.remove()
  if (place.isStatement() && place.inList) place.replaceWithMultiple([...statements])
  else place.replaceWith(t.blockStatement([...statements]))
  return true
}

/** Folds what can be folded now. False: nothing could be. */
const foldOnce = (scope: Scope, most: number): boolean => {
  let isChanged = false
  scope.crawl()
  const touched = new Set<t.Node>()
  for (const name of Object.keys(scope.bindings)) {
    const candidate = candidateOf(scope, name)
    if (candidate === undefined) continue
    const owner = outermost(candidate.call)
    if (touched.has(owner) || touched.has(candidate.made.node) || !fold(candidate, scope, most)) continue
    touched.add(owner).add(candidate.made.node)
    isChanged = true
  }
  return isChanged
}

/** For a whole script, before its names are made small. */
export const folding = ({ isOverlay = false }: { readonly isOverlay?: boolean } = {}): PluginObj => ({
  visitor: {
    Program: {
      exit: ({ scope }) => {
        while (foldOnce(scope, isOverlay ? overlayCallNodes : callNodes));
      }
    }
  }
})
