/** The user's calls fail only with a typed error, and for a reason. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Checker } from "../Checker.ts"
import type { Call, ObservedState, Link, Publication } from "../ObservedState.ts"

/** Why there is no connection, or not any more. A publish with QoS 1 or 2 outlives that, as long as its Client lives. */
const linkErrors = [
  "SocketError",
  "ConnectionRefused",
  "MalformedPacket",
  "ProtocolViolation",
  "PacketTooLarge",
  "ReceiveBufferFull",
  "ServerDisconnected"
]

/** What only the message itself, or its user, can be blamed for. */
const ownErrors = ["InvalidTopic", "InvalidPacket", "OutboxFull"]

const tagOf = (error: unknown): string => (error as { readonly _tag?: string } | undefined)?._tag ?? String(error)

const words = (call: Call, tag: string): string => `${call.ask._tag}, call ${call.call}, failed with ${tag}`

const unfounded = (call: Call, tag: string, facts: ObservedState): string | undefined => {
  const { ask } = call
  if (tag === "SubscriptionRefused" && ask._tag !== "Subscribe" && ask._tag !== "Listen") return words(call, tag)
  if (ask._tag !== "Publish" || ask.qos === 0 || ownErrors.includes(tag)) return undefined
  const client = facts.clients.get(call.client)
  const isOver = client?.isLeaving === true || client?.hasGivenUp === true || facts.options.reconnect === undefined
  if (linkErrors.includes(tag)) {
    return isOver ? undefined : `${words(call, tag)} with QoS ${ask.qos}, while its Client lives on`
  }
  if (tag === "StoreError") {
    const isFull = ask.until === "accepted" && facts.injected.has("diskFull")
    return isFull || isOver ? undefined : `${words(call, tag)}, though the store can be written`
  }
  if (tag === "MessageExpired") {
    const isOver = ask.expiry !== undefined && facts.now > call.at + ask.expiry * 1_000
    return isOver && facts.publications.get(ask.number)?.sends.length === 0 ? undefined
      : `${words(call, tag)} too early`
  }
  if (tag === "PublishRefused") {
    return facts.publications.get(ask.number)?.isRefused === true ? undefined : `${words(call, tag)}, which it was not`
  }
  // Only a message on which the Server has closed more than once may be given up.
  const publication = facts.publications.get(ask.number)
  const sends = (publication?.sends.length ?? 0) + (publication?.releases ?? 0)
  return sends < 2 ? `${words(call, tag)} after ${sends} tries` : undefined
}

/** It could not be written, and may be on its way. */
const isUnkept = ({ exit }: Call): boolean =>
  exit !== undefined && tagOf(Option.getOrUndefined(Exit.findErrorOption(exit))) === "StoreError"

/** For each message that waits the Client may count so many bytes more than it has. */
const overheadBytes = 500

/**
 * Whether it may count for the bounds: also what was interrupted, or has QoS 0, may wait to be written, and what was
 * given up with QoS 2 keeps its place until PUBCOMP.
 */
const mayWait = ({ acknowledged, ask, call, doneAt, isKept, sends }: Publication, link: Link | undefined): boolean => {
  if (isKept) return doneAt === undefined
  if (ask.qos === 2 && sends.length > 0) return acknowledged !== "yes"
  if (call.exit === undefined || Exit.hasInterrupts(call.exit) || isUnkept(call)) return acknowledged !== "yes"
  const last = sends[sends.length - 1]
  return ask.qos === 0 && (last === undefined || (last.link === link?.number && link.isWriting))
}

/** Whether the bounds are reached, counting as much as can be. */
const isFull = (facts: ObservedState, { ask: asked, client }: Call): boolean => {
  let count = 0
  let bytes = asked._tag === "Publish" ? asked.bytes + overheadBytes : 0
  for (const publication of facts.publications.values()) {
    const { ask, call } = publication
    const isOwn = call.client === client || (publication.isKept && publication.doneAt === undefined)
    if (!isOwn || ask === asked || !mayWait(publication, facts.clients.get(client)?.link)) continue
    if (ask.qos > 0) count++
    bytes += ask.bytes + overheadBytes
  }
  return count >= facts.options.outboxCapacity || bytes > facts.options.outboxBytes
}

export const failure: Checker = {
  name: "failure",
  promise: "every failure is a typed error with a reason, and does no harm to the program",
  begin: () => (seen, facts) => {
    if (seen._tag === "Made" && Exit.isFailure(seen.exit) && Cause.hasDies(seen.exit.cause)) {
      return "make died: " + Cause.pretty(seen.exit.cause)
    }
    if (seen._tag !== "Answered" || Exit.isSuccess(seen.exit)) return undefined
    const call = facts.calls.get(seen.call)
    if (call === undefined) return undefined
    const { cause } = seen.exit
    if (Cause.hasDies(cause)) return `${call.ask._tag} died: ${Cause.pretty(cause)}`
    if (Cause.hasInterruptsOnly(cause)) return undefined
    const error = Option.getOrUndefined(Cause.findErrorOption(cause))
    const tag = tagOf(error)
    if (typeof (error as { readonly message?: unknown } | undefined)?.message !== "string") {
      return `${words(call, tag)}, without a message`
    }
    if (tag === "OutboxFull" && !isFull(facts, call)) return `${words(call, tag)}, though there was room`
    return unfounded(call, tag, facts)
  }
}
