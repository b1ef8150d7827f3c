/**
 * A switch whose `default` is its last clause, as the interpreter needs it, with the same meaning.
 *
 * Clauses that fall through to each other stay together: they move to the end with the `default` among them, and the
 * clause that was last before gets a `break`. Within such a run the `default` moves after clauses that begin where it
 * begins. A switch that cannot be changed so is refused.
 */
import { types as t } from "@babel/core"
import { isAbrupt } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

const ends = ({ consequent }: t.SwitchCase): boolean => consequent.some(isAbrupt)

/** A value that is equal to nothing else: it makes no difference whether it is compared sooner or later. */
const isOwnValue = ({ test }: t.SwitchCase, all: ReadonlyArray<t.SwitchCase>): boolean =>
  t.isLiteral(test) && !t.isTemplateLiteral(test) && !t.isRegExpLiteral(test) &&
  all.every((each) =>
    each.test === test || !each.test || t.isLiteral(each.test) && !t.isNodesEquivalent(each.test, test)
  )

/** Throws Unsupported for what it cannot move. */
export const withDefaultLast = (cases: ReadonlyArray<t.SwitchCase>): ReadonlyArray<t.SwitchCase> => {
  const at = cases.findIndex(({ test }) => !test)
  if (at < 0 || at === cases.length - 1) return cases
  let first = at
  while (first > 0 && !ends(cases[first - 1] as t.SwitchCase)) first--
  let last = at
  while (last < cases.length - 1 && !ends(cases[last] as t.SwitchCase)) last++
  const run = cases.slice(first, last + 1)
  const others = [...cases.slice(0, first), ...cases.slice(last + 1)]
  const moved = last === cases.length - 1 ? run : run.filter(({ test }) => test)
  if (moved.some((each) => each.test && !isOwnValue(each, cases))) {
    throw new Unsupported(cases[at] as t.SwitchCase,
      "a switch with a default in its middle, and values that may be the same: put the default last")
  }
  const fallback = cases[at] as t.SwitchCase
  const before = run.slice(0, at - first)
  const behind = run.slice(at - first + 1)
  // What comes behind it begins where it begins, as long as nothing has been done.
  while (behind.length > 0 && fallback.consequent.length === 0) {
    const [next] = behind.splice(0, 1) as [t.SwitchCase]
    fallback.consequent = next.consequent
    before.push(t.switchCase(next.test, []))
  }
  if (behind.length > 0) {
    throw new Unsupported(fallback,
      "a default in the middle of a switch that falls through to the next case: end it with break, or put it last")
  }
  const end = others[others.length - 1]
  if (end !== undefined && !ends(end)) end.consequent.push(t.breakStatement())
  return [...others, ...before, fallback]
}
