/**
 * An expression with `yield*` inside, as a list of steps and a rest without `yield*`.
 *
 * What JavaScript evaluates before a wait, and could be changed after it, is kept in a constant, so that the order of
 * evaluation stays as in the source.
 */
import { types as t } from "@babel/core"
import * as Flow from "./Flow.ts"
import { children, constant, contains, copy, hasYield, untyped } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

export type Step =
  | { readonly _tag: "Keep"; readonly name: t.Identifier; readonly value: t.Expression }
  | { readonly _tag: "Wait"; readonly name: t.Identifier; readonly effect: t.Expression }

const assigns = (node: t.Node): boolean =>
  contains(node, (inner) => t.isAssignmentExpression(inner) || t.isUpdateExpression(inner))

/** Whether it makes no difference if `node` is evaluated before or after a wait. */
const isSteady = (flow: Flow.Flow, node: t.Node): boolean => {
  const inner = untyped(node)
  if (t.isLiteral(inner) && !t.isTemplateLiteral(inner)) return true
  if (t.isFunction(inner)) return true
  if (t.isIdentifier(inner)) return inner.name === "undefined" || flow.isSteady(inner.name)
  if (t.isMemberExpression(inner)) {
    return !inner.computed && t.isIdentifier(inner.object) && flow.isModule(inner.object.name)
  }
  if (
    t.isUnaryExpression(inner) || t.isBinaryExpression(inner) || t.isTemplateLiteral(inner) ||
    t.isTemplateElement(inner) || t.isArrayExpression(inner)
  ) {
    return children(inner).every((child) => isSteady(flow, child))
  }
  return false
}

/** `expression` with its value kept now. */
const keep = (flow: Flow.Flow, node: t.Expression, steps: Array<Step>): t.Expression => {
  if (isSteady(flow, node)) return node
  const name = flow.fresh("kept")
  steps.push({ _tag: "Keep", name, value: node })
  return copy(name)
}

/** An effect whose value is that of `node`. */
export const asEffect = (flow: Flow.Flow, node: t.Expression): t.Expression => {
  if (!hasYield(node)) return flow.run ? Flow.effectOf(flow, [Flow.returned(flow, node)]) : Flow.succeed(flow, node)
  const steps: Array<Step> = []
  const isWait = t.isYieldExpression(untyped(node))
  const rest = isWait ? linearise(flow, (untyped(node) as t.YieldExpression).argument as t.Expression, steps)
    : linearise(flow, node, steps)
  return Flow.effectOf(flow, play(flow, steps, [isWait ? Flow.followed(flow, rest) : Flow.returned(flow, rest)]))
}

/** The statements of `steps` around `body`, which ends in a return. */
export const play = (flow: Flow.Flow, steps: ReadonlyArray<Step>, body: Array<t.Statement>): Array<t.Statement> => {
  let rest = body
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step
    rest = step._tag === "Keep" ? [constant(step.name, step.value), ...rest]
      : Flow.bind(flow, step.effect, step.name, rest)
  }
  return rest
}

const comparisons: ReadonlyArray<string> = ["<", ">", "<=", ">=", "==", "!=", "===", "!==", "in", "instanceof"]

const isBoolean = (node: t.Node): boolean =>
  t.isBinaryExpression(node) && comparisons.includes(node.operator) || t.isUnaryExpression(node, { operator: "!" })

const branching = (
  flow: Flow.Flow,
  node: t.ConditionalExpression | t.LogicalExpression,
  steps: Array<Step>
): t.Expression => {
  const name = flow.fresh("value")
  if (t.isConditionalExpression(node)) {
    const test = linearise(flow, node.test, steps)
    if (!hasYield(node.consequent) && !hasYield(node.alternate)) {
      return t.conditionalExpression(test, node.consequent, node.alternate)
    }
    const effect = t.conditionalExpression(test, asEffect(flow, node.consequent), asEffect(flow, node.alternate))
    steps.push({ _tag: "Wait", name, effect })
    return copy(name)
  }
  const left = linearise(flow, node.left, steps)
  if (!hasYield(node.right)) return t.logicalExpression(node.operator, left, node.right)
  const kept = keep(flow, left, steps)
  const done = asEffect(flow,
    isBoolean(kept) && node.operator !== "??" ? t.booleanLiteral(node.operator === "||") : copy(kept))
  const more = asEffect(flow, node.right)
  // A comparison gives a boolean, which cannot change, so it need not be kept.
  const test = node.operator === "??" ? t.binaryExpression("!=", kept, t.nullLiteral()) : kept
  const effect = node.operator === "&&" ? t.conditionalExpression(test, more, done)
    : t.conditionalExpression(test, done, more)
  steps.push({ _tag: "Wait", name, effect })
  return copy(name)
}

/** The parts of a node in their order of evaluation, each with a way to replace it. */
interface Part {
  readonly node: t.Expression
  readonly replace: (node: t.Expression) => void
}

const inAssignment = "cannot wait inside this assignment; take the yield* into a const first"

const partsOf = (node: t.Node): Array<Part> => {
  const parts: Array<Part> = []
  const add = (owner: t.Node, key: string, index?: number) => {
    const record = owner as unknown as { [key: string]: unknown }
    const value = index === undefined ? record[key] : (record[key] as Array<unknown>)[index]
    if (!value) return
    const child = value as t.Node
    if (t.isSpreadElement(child) || t.isObjectMethod(child)) {
      if (t.isSpreadElement(child)) add(child, "argument")
    } else if (t.isObjectProperty(child)) {
      if (child.computed) add(child, "key")
      add(child, "value")
    } else if (t.isMemberExpression(child) && (key === "callee" || key === "left" && t.isAssignmentExpression(owner))) {
      if (t.isAssignmentExpression(owner) && owner.operator !== "=") throw new Unsupported(child, inAssignment)
      if (!t.isSuper(child.object)) add(child, "object")
      if (child.computed) add(child, "property")
    } else if (t.isExpression(child) && !(key === "property" && !(owner as t.MemberExpression).computed)) {
      if (key === "left" && t.isAssignmentExpression(owner)) {
        if (!t.isIdentifier(child) || owner.operator !== "=") {
          throw new Unsupported(child, inAssignment)
        }
        return
      }
      parts.push({
        node: child,
        replace: (next) => {
          if (index === undefined) record[key] = next
          else (record[key] as Array<unknown>)[index] = next
        }
      })
    }
  }
  for (const key of t.VISITOR_KEYS[node.type] ?? []) {
    const value: unknown = node[key as keyof t.Node]
    if (Array.isArray(value)) value.forEach((_, index) => add(node, key, index))
    else add(node, key)
  }
  return parts
}

const refused = (node: t.Expression): string | undefined => {
  if (t.isYieldExpression(node)) return node.delegate ? undefined : "yield without * has no meaning in an Effect"
  if (t.isAwaitExpression(node)) return "await has no place in an Effect"
  if (t.isOptionalCallExpression(node) || t.isOptionalMemberExpression(node)) {
    return "cannot wait inside ?.; take the yield* into a const first"
  }
  if (t.isTaggedTemplateExpression(node)) {
    return "cannot wait inside a tagged template; take the yield* into a const first"
  }
  if (t.isObjectExpression(node)) {
    const last = node.properties.findLastIndex(hasYield)
    if (node.properties.slice(0, last).some((property) => t.isSpreadElement(property))) {
      return "cannot wait after a spread; take the yield* into a const first"
    }
  }
  return undefined
}

/** `node` without yields; what must happen before it is added to `steps`. */
export const linearise = (flow: Flow.Flow, node: t.Expression, steps: Array<Step>): t.Expression => {
  if (!hasYield(node)) return node
  const inner = untyped(node) as t.Expression
  const reason = refused(inner)
  if (reason !== undefined) throw new Unsupported(inner, reason)
  if (t.isYieldExpression(inner)) {
    const effect = linearise(flow, inner.argument as t.Expression, steps)
    const name = flow.fresh("value")
    steps.push({ _tag: "Wait", name, effect })
    return copy(name)
  }
  if (t.isConditionalExpression(inner) || t.isLogicalExpression(inner)) return branching(flow, inner, steps)
  const parts = partsOf(inner)
  let last = parts.length - 1
  while (last >= 0 && !hasYield((parts[last] as Part).node)) last--
  if (last < 0) throw new Unsupported(inner, "cannot wait inside this expression; take the yield* into a const first")
  const changed = parts.slice(0, last + 1).some((part) => assigns(part.node))
  parts.forEach((part, index) => {
    if (index > last) return
    const value = linearise(flow, part.node, steps)
    part.replace(index < last ? keep(changed ? { ...flow, isSteady: () => false } : flow, value, steps) : value)
  })
  return inner
}
