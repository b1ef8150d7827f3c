/** A handler has one message at a time, and none when its subscription is over. */
import * as Exit from "effect/Exit"
import type { Checker } from "../Checker.ts"
import type { Call, ObservedState } from "../ObservedState.ts"

/** Subscriptions of the same Client to the same filter that were there before this call was asked for. */
const replaced = (facts: ObservedState, { ask, call, client }: Call): ReadonlyArray<number> => {
  const over: Array<number> = []
  if (ask._tag !== "Subscribe" && ask._tag !== "Unsubscribe") return over
  for (const before of facts.calls.values()) {
    if (before.call >= call) return over
    const isSame = before.client === client && before.ask._tag === "Subscribe" && before.ask.filter === ask.filter
    if (isSame && before.exit !== undefined) over.push(before.call)
  }
  return over
}

export const handlers: Checker = {
  name: "handlers",
  promise: "a handler gets one message at a time, and none after it was replaced or unsubscribed",
  begin: () => {
    const busy = new Map<number, number>()
    /** What each call replaces if it succeeds; and the calls whose handlers are not wanted any more. */
    const replaces = new Map<number, ReadonlyArray<number>>()
    const over = new Set<number>()
    return (seen, facts) => {
      switch (seen._tag) {
        case "Asked":
          replaces.set(seen.call, replaced(facts, { ...seen, at: facts.now, exit: undefined, endedAt: undefined }))
          return undefined
        case "Answered":
          if (Exit.isSuccess(seen.exit)) { for (const call of replaces.get(seen.call) ?? []) over.add(call) }
          return undefined
        case "Handled":
          busy.delete(seen.call)
          return undefined
        case "Handling": {
          const other = busy.get(seen.call)
          busy.set(seen.call, seen.number)
          if (over.has(seen.call)) return `the handler of call ${seen.call} gets message ${seen.number} when it is over`
          return other === undefined
            ? undefined
            : `the handler of call ${seen.call} gets message ${seen.number} while it has ${other}`
        }
        default:
          return undefined
      }
    }
  }
}
