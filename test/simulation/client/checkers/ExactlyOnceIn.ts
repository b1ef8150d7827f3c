/** A handler gets a message of QoS 2 once. */
import type { Checker } from "../Checker.ts"

/** A Server that lies about the Session, or releases what it has not, makes the Client forget what it has had. */
const liars = ["presentLie", "sessionSwapped", "sessionLost", "unasked", "ackWrong"]

export const exactlyOnceIn: Checker = {
  name: "exactly once in",
  promise: "a handler gets a message with QoS 2 once in a Session",
  begin: () => {
    const had = new Set<string>()
    return (seen, facts) => {
      if (seen._tag !== "Handling" || seen.qos < 2 || seen.retain || seen.isForged) return undefined
      const client = facts.clients.get(facts.calls.get(seen.call)?.client ?? 0)
      const key = `${client?.sessions} ${seen.call} ${seen.number}`
      if (!had.has(key)) return void had.add(key)
      return liars.some((kind) => facts.injected.has(kind)) ? undefined
        : `the handler of call ${seen.call} gets message ${seen.number} with QoS 2 again`
    }
  }
}
