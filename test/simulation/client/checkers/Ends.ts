/** Everything that the user asks for ends. */
import type { Checker } from "../Checker.ts"
import type { Call, ObservedState } from "../ObservedState.ts"
import type { Options } from "../Story.ts"

/** How long a call may take whatever the Server does, in milliseconds; Infinity: as long as the world is not healed. */
const most = ({ ask }: Call, { replyMillis }: Options): number => {
  switch (ask._tag) {
    case "Publish":
      return Infinity
    case "Ping":
      return replyMillis
    case "Subscribe":
    case "Unsubscribe":
      return 2 * replyMillis
    case "Listen":
      return 2 * replyMillis + ask.millis
  }
}

const words = (call: Call): string => `${call.ask._tag}, call ${call.call}`

const pending = (facts: ObservedState, client: number): string | undefined => {
  for (const call of facts.calls.values()) {
    if (call.client === client && call.exit === undefined) return `${words(call)}, has not ended`
  }
  return undefined
}

export const ends: Checker = {
  name: "ends",
  promise: "every call ends: within its time-out, when all faults have ended, or with the Client",
  begin: (options) => (seen, facts) => {
    switch (seen._tag) {
      case "Answered": {
        const call = facts.calls.get(seen.call)
        const took = call === undefined ? 0 : facts.now - call.at
        return call === undefined || took <= most(call, options) + 500 ? undefined : `${words(call)}, took ${took} ms`
      }
      case "Settled": {
        const reason = facts.client === undefined ? undefined : pending(facts, facts.client.number)
        return reason === undefined ? undefined : `${reason} in a healed world`
      }
      case "Gone": {
        if (facts.clients.get(seen.client)?.hasLeft !== true) {
          return "disconnect, or the end of the Scope, has not ended"
        }
        const reason = pending(facts, seen.client)
        return reason === undefined ? undefined : `${reason} with its Client`
      }
      default:
        return undefined
    }
  }
}
