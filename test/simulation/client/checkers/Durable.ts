/** What is in the store is delivered, whenever the process of its Client is killed. */
import * as Exit from "effect/Exit"
import type { Checker } from "../Checker.ts"
import type { ObservedState, Publication } from "../ObservedState.ts"

/** A Server that acknowledges what it has not got cannot be held to have it. */
const liars = ["ackEarly", "ackWrong", "unasked"]

/** After which a message may be given up: tries in vain, an answer that refuses it, and what the Server takes no more. */
const maxTries = 2
const limits = ["maximumQos", "maximumPacketSize", "retainUnavailable"]

const mayBeGivenUp = (facts: ObservedState, { ask, call, isRefused, releases, sends }: Publication): boolean =>
  isRefused ||
  (ask.expiry !== undefined && facts.now > call.at + ask.expiry * 1_000) || sends.length + releases >= maxTries ||
  limits.some((kind) => facts.injected.has(kind))

/** It was accepted, and its caller knows. */
const isAccepted = ({ ask, call }: Publication): boolean =>
  ask.until === "accepted" && call.exit !== undefined && Exit.isSuccess(call.exit)

const undelivered = (facts: ObservedState, publication: Publication, isHonest: boolean): string | undefined => {
  const { acknowledged, arrivals, call, doneAt, isGivenUp, isKept } = publication
  if (!isAccepted(publication)) {
    const isInStore = isKept && !isGivenUp && doneAt === undefined && facts.clients.get(call.client)?.isKilled === true
    return isInStore && acknowledged === "no" ? "was in the store when its process was killed, and still is" : undefined
  }
  if (acknowledged === "no" || isGivenUp) {
    return mayBeGivenUp(facts, publication) ? undefined : "was accepted, and nobody has acknowledged it"
  }
  return arrivals === 0 && isHonest && !publication.isRefused ? "was accepted, and has never arrived" : undefined
}

export const durable: Checker = {
  name: "durable",
  promise: "with a store, what was accepted is delivered, though the Client's process is killed again and again",
  begin: ({ hasStore }) => (seen, facts) => {
    if (!hasStore || seen._tag !== "Settled") return undefined
    const isHonest = !liars.some((kind) => facts.injected.has(kind))
    for (const publication of facts.publications.values()) {
      const reason = undelivered(facts, publication, isHonest)
      if (reason !== undefined) return `publication ${publication.number} ${reason}`
    }
    return undefined
  }
}
