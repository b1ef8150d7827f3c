/**
 * Runs effects where they are waited for. With the device's runtime an effect is a function that does its work, so
 * `yield* effect` is a call of it. And for the functions of `effect/Effect` the runtime has for each another one that
 * runs its effect at once: `Effect.sleep(millis)` makes the function that `Effect.sleep$now(millis)` runs.
 */
import { types as t } from "@babel/core"
import { member, untyped } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

/** The functions of the device's runtime for which there is another one that runs their effects. */
const beside: ReadonlyArray<string> = [
  "fail",
  "flatMap",
  "map",
  "andThen",
  "catch",
  "result",
  "catchCause",
  "timeoutOrElse",
  "ensuring",
  "callback",
  "sleep"
]

/** A time-out's options one by one, so that no object is made of them. */
const unpacked = ([self, options]: t.CallExpression["arguments"]): t.CallExpression["arguments"] => {
  const given = t.isObjectExpression(options) ? options.properties : []
  const [duration, orElse] = ["duration", "orElse"].map((name) =>
    given.find((each): each is t.ObjectProperty => t.isObjectProperty(each) && t.isIdentifier(each.key, { name }))
      ?.value as t.Expression | undefined
  )
  if (!self || !duration || !orElse) {
    throw new Unsupported(options ?? self ?? t.identifier("options"),
      "write a time-out's duration and orElse where it is made")
  }
  return [self, duration, orElse]
}

/** The code that runs `given`; `effect` is the local name of effect/Effect. */
export const run = (effect: string, given: t.Expression): t.Expression => {
  const inner = untyped(given) as t.Expression
  const own = (node: t.Node): string | undefined => {
    const name = member(node)
    return name?.[0] === effect ? name[1] : undefined
  }
  if (t.isConditionalExpression(inner)) {
    return t.conditionalExpression(inner.test, run(effect, inner.consequent), run(effect, inner.alternate))
  }
  if (t.isArrowFunctionExpression(inner) && inner.params.length === 0 && t.isExpression(inner.body)) return inner.body
  if (own(inner) === "void") return t.identifier("undefined")
  const fail = t.memberExpression(t.identifier(effect), t.identifier("fail$now"))
  // An error is an effect that fails with it, but on a board no function.
  if (t.isNewExpression(inner) || inner.extra?.["isError"] === true) return t.callExpression(fail, [inner])
  if (!t.isCallExpression(inner)) return t.callExpression(inner, [])
  const name = own(inner.callee)
  if (name === "succeed") return inner.arguments[0] as t.Expression
  if (name === undefined || !beside.includes(name)) return t.callExpression(inner, [])
  const args = name === "timeoutOrElse" ? unpacked(inner.arguments) : inner.arguments
  return t.callExpression(t.memberExpression(t.identifier(effect), t.identifier(name + "$now")), args)
}
