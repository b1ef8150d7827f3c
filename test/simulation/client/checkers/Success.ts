/** A publish succeeds only when the Server has acknowledged that very message. */
import * as Exit from "effect/Exit"
import type { Checker } from "../Checker.ts"

export const success: Checker = {
  name: "success",
  promise:
    "a publish with QoS 1 or 2 is done when the Server has acknowledged that very message, and not before; or when it is in the store, as asked",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Answered" || Exit.isFailure(seen.exit)) return undefined
    const ask = facts.calls.get(seen.call)?.ask
    if (ask?._tag !== "Publish" || ask.qos === 0) return undefined
    const publication = facts.publications.get(ask.number)
    if (publication === undefined) return undefined
    if (ask.until === "accepted") {
      return publication.isKept ? undefined : `publication ${ask.number} was accepted, but is not in the store`
    }
    if (publication.isRefused) return `publication ${ask.number} has succeeded, but the Server has refused it`
    if (publication.acknowledged !== "no") return undefined
    const sent = publication.sends.length === 0 ? "it was never sent"
      : `no ${ask.qos === 1 ? "PUBACK" : "PUBCOMP"} for it has come`
    return `publication ${ask.number} has succeeded, but ${sent}`
  }
}
