/** A handler gets a message of QoS 2 once. */
import type { Checker } from "../Checker.ts"
import { forms } from "../ObservedState.ts"

/** A Server that lies about the Session, or releases what it has not, makes the Client forget what it has had. */
const liars = ["presentLie", "sessionSwapped", "sessionLost", "unasked", "ackWrong"]

export const exactlyOnceIn: Checker = {
  name: "exactly once in",
  promise: "a handler gets a message with QoS 2 once in a Session",
  begin: () => {
    /** How often, by handler and message. */
    const had = new Map<string, number>()
    return (seen, facts) => {
      if (seen._tag !== "Handling" || seen.qos < 2 || seen.retain || seen.isForged) return undefined
      if (liars.some((kind) => facts.injected.has(kind))) return undefined
      const number = facts.calls.get(seen.call)?.client ?? 0
      const client = facts.clients.get(number)
      const key = `${client?.sessions} ${seen.call} ${seen.number}`
      const times = (had.get(key) ?? 0) + 1
      had.set(key, times)
      // What was published again in another Session comes again, and what came before may have waited for its handler.
      if (times > Math.max(1, forms(facts, seen.number, 2))) {
        return `the handler of call ${seen.call} gets message ${seen.number} with QoS 2 again`
      }
      // The store had it before: perhaps from a process that was killed since.
      const again = client?.link?.received.find((one) => one.number === seen.number)
      if (again?.qos === 2 && facts.keptTaken.has(again.packetIdentifier)) {
        return `the handler of call ${seen.call} gets message ${seen.number} with QoS 2, which the store has as taken`
      }
      return undefined
    }
  }
}
