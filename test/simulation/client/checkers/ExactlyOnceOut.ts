/** The Server hands a message of QoS 2 to its subscribers once. */
import type { Checker } from "../Checker.ts"

/** A Server that forgets a Session, or acknowledges what it has not, cannot tell a repetition from another message. */
const liars = ["presentLie", "sessionSwapped", "sessionLost", "unasked", "ackWrong"]

export const exactlyOnceOut: Checker = {
  name: "exactly once out",
  promise: "a message published with QoS 2 reaches the Server's subscribers once in a Session",
  begin: () => {
    /** In which Session. */
    const arrived = new Map<number, number>()
    return (seen, facts) => {
      if (seen._tag !== "Arrived" || seen.qos < 2) return undefined
      const session = facts.publications.get(seen.number)?.sends.at(-1)?.session
      if (session === undefined) return undefined
      const before = arrived.get(seen.number)
      arrived.set(seen.number, session)
      return before !== session || liars.some((kind) => facts.injected.has(kind)) ? undefined
        : `publication ${seen.number} with QoS 2 has arrived again`
    }
  }
}
