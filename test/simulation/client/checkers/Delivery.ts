/** When the world is healed, everything that is pending is delivered. */
import * as Exit from "effect/Exit"
import type { Checker } from "../Checker.ts"
import type { ObservedState, Publication } from "../ObservedState.ts"

/** A Server that acknowledges what it has not got cannot be held to have it. */
const liars = ["ackEarly", "ackWrong", "unasked"]

/** After so many connections lost on it, a message may be given up. */
const maxTries = 3

/** A message that is sent again may not be taken by the Server any more. */
const limits = ["maximumQos", "maximumPacketSize", "retainUnavailable"]

const undelivered = (
  { acknowledged, arrivals, ask, call, sends }: Publication,
  isHonest: boolean,
  isLimited: boolean
): string | undefined => {
  const { exit } = call
  // See Durable.
  if (ask.qos === 0 || acknowledged === "may" || ask.until === "accepted") return undefined
  if (exit !== undefined && Exit.isSuccess(exit)) {
    return arrivals === 0 && isHonest ? "has succeeded and never arrived" : undefined
  }
  if (exit === undefined) return "still waits"
  // What fails is its user's to know; what was interrupted before it was sent is not pending.
  const isInterrupted = Exit.hasInterrupts(exit)
  if (sends.length >= maxTries) return undefined
  return isInterrupted && sends.length > 0 && acknowledged === "no" && !isLimited
    ? "was interrupted after it was sent, and is not delivered"
    : undefined
}

const firstUndelivered = (facts: ObservedState): string | undefined => {
  const isHonest = !liars.some((kind) => facts.injected.has(kind))
  const isLimited = limits.some((kind) => facts.injected.has(kind))
  for (const publication of facts.publications.values()) {
    if (publication.call.client !== facts.client?.number) continue
    const reason = undelivered(publication, isHonest, isLimited)
    if (reason !== undefined) return `publication ${publication.ask.number} ${reason}`
  }
  return undefined
}

/** What was taken for this connection with QoS 0 goes out before DISCONNECT. */
const unsent = (facts: ObservedState, client: number, since: number): string | undefined => {
  for (const { ask, call, sends } of facts.publications.values()) {
    const isTaken = call.client === client && ask.qos === 0 && call.exit !== undefined && Exit.isSuccess(call.exit)
    if (isTaken && sends.length === 0 && call.at >= since) {
      return `publication ${ask.number} with QoS 0 has succeeded, and DISCONNECT goes before it`
    }
  }
  return undefined
}

export const delivery: Checker = {
  name: "delivery",
  promise: "when all faults have ended, the Client connects and delivers all its pending messages",
  begin: () => (seen, facts) => {
    const link = "link" in seen ? facts.links.get(seen.link) : undefined
    if (seen._tag === "Sent" && seen.packet?._tag === "Disconnect" && link?.isAccepted === true) {
      return unsent(facts, link.client, link.acceptedAt)
    }
    if (seen._tag !== "Settled") return undefined
    if (facts.client?.link === undefined) return "there is no connection, though nothing stands in its way"
    return firstUndelivered(facts)
  }
}
