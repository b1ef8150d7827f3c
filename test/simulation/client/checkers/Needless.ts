/** What the Client asks of the Server for its subscriptions is asked for a reason, and once. */
import type { Checker } from "../Checker.ts"
import type { ObservedState, Link } from "../ObservedState.ts"
import type { Ask } from "../Observation.ts"
import type { Seen } from "../Seen.ts"

type Request = Extract<Seen, { readonly _tag: "Subscribe" | "Unsubscribe" }>
type Answer = Extract<Seen, { readonly _tag: "Suback" | "Unsuback" }>

/** What the Server's answers say of one Topic Filter, and the last request for it that has no answer yet. */
interface Held {
  known: "nothing" | "subscription" | "unsure"
  /** Before that request. */
  before: Held["known"]
  last: { readonly tag: Request["_tag"]; readonly packetIdentifier: number; readonly at: number } | undefined
  /** When a request for it was last answered. */
  answeredAt: number
}

interface State {
  readonly held: Map<string, Held>
  /** The connection whose CONNECT has no answer; and whether there was one before that never had any. */
  unanswered: number | undefined
  isDoubtful: boolean
  /** When the last write on this connection began, and ended; undefined: it has not. */
  link: number
  begunAt: number
  endedAt: number | undefined
}

const begin = (): State => ({
  held: new Map(),
  unanswered: undefined,
  isDoubtful: false,
  link: 0,
  begunAt: 0,
  endedAt: undefined
})

/** A request that was made during a slow write is sent after it, and may be out of date by then. */
const hasWaited = ({ begunAt, endedAt, link }: State, number: number, now: number): boolean =>
  link === number && (endedAt === undefined || (endedAt === now && endedAt > begunAt))

const heldFor = ({ held }: State, filter: string): Held => {
  const known = held.get(filter)
  if (known !== undefined) return known
  const made: Held = { known: "nothing", before: "nothing", last: undefined, answeredAt: -1 }
  held.set(filter, made)
  return made
}

const filtersOf = (request: Request): ReadonlyArray<string> =>
  request._tag === "Unsubscribe" ? request.topicFilters : request.subscriptions.map(({ topicFilter }) => topicFilter)

/** A call asks for it itself, whatever the Server has. */
const isCalledFor = (facts: ObservedState, client: number, tag: Request["_tag"], filter: string): boolean => {
  for (const { ask, client: owner, endedAt = facts.now } of facts.calls.values()) {
    // One that ends now has perhaps asked for it just before.
    if (owner !== client || endedAt !== facts.now) continue
    if (ask._tag === tag && ask.filter === filter) return true
    if (tag === "Subscribe" && ask._tag === "Listen" && ask.filters.includes(filter)) return true
  }
  return false
}

const asksFor = (ask: Ask): ReadonlyArray<string> =>
  ask._tag === "Listen" ? ask.filters : ask._tag === "Subscribe" || ask._tag === "Unsubscribe" ? [ask.filter] : []

/**
 * During a slow write, or while the store cannot be written, a call may have a request after it that never leaves. The Client counts it as sent, and need not
 * know better.
 */
const blur = (state: State, facts: ObservedState, call: number | undefined): void => {
  const { client } = facts
  if (client === undefined || (client.link?.isWriting !== true && !facts.injected.has("diskFull"))) return
  for (const each of facts.calls.values()) {
    if (each.client !== client.number || (each.call !== call && each.exit !== undefined)) continue
    for (const filter of asksFor(each.ask)) heldFor(state, filter).known = "unsure"
  }
}

/** The same for what the Client has asked again by itself: the answer that came during that write was to the one before. */
const blurAnswered = (state: State, { client }: ObservedState): void => {
  if (client?.link?.isWriting !== true) return
  for (const held of state.held.values()) if (held.answeredAt >= state.begunAt) held.known = "unsure"
}

const needless = (facts: ObservedState, link: Link, request: Request, state: State): string | undefined => {
  const { _tag: tag } = request
  for (const filter of filtersOf(request)) {
    const { known, last } = heldFor(state, filter)
    if (isCalledFor(facts, link.client, tag, filter)) continue
    const name = `${tag.toUpperCase()} of ${filter}`
    if (known === (tag === "Subscribe" ? "subscription" : "nothing")) {
      return `${name}: the Server has said that it has ${known} there`
    }
    if (last?.tag === tag && facts.now - last.at < 2 * facts.options.replyMillis) {
      return `${name}, ${facts.now - last.at} ms after the same was sent`
    }
  }
  return undefined
}

const sent = (state: State, now: number, request: Request): void => {
  for (const filter of filtersOf(request)) {
    const held = heldFor(state, filter)
    held.before = held.last === undefined ? held.known : "unsure"
    held.known = "unsure"
    held.last = { tag: request._tag, packetIdentifier: request.packetIdentifier, at: now }
  }
}

const answered = (state: State, request: Seen | undefined, answer: Answer, now: number): void => {
  if (request?._tag !== (answer._tag === "Suback" ? "Subscribe" : "Unsubscribe")) return
  const filters = filtersOf(request as Request)
  if (answer._tag === "Suback" && answer.returnCodes.length !== filters.length) return
  filters.forEach((filter, i) => {
    const held = heldFor(state, filter)
    held.answeredAt = now
    if (held.last?.packetIdentifier !== answer.packetIdentifier) return
    const isRefused = answer._tag === "Suback" && (answer.returnCodes[i] ?? 0) >= 0x80
    held.known = answer._tag === "Unsuback" ? "nothing" : isRefused ? held.before : "subscription"
    held.last = undefined
  })
}

const accepted = (state: State, isSessionPresent: boolean): void => {
  for (const held of state.held.values()) {
    if (!isSessionPresent) held.known = "nothing"
    else if (state.isDoubtful) held.known = "unsure"
    held.last = undefined
  }
  state.isDoubtful = false
}

const pulled = (state: State, link: Link, packet: Seen, now: number): void => {
  switch (packet._tag) {
    case "Connack":
      if (link.isAccepted) return
      state.unanswered = undefined
      if (packet.returnCode === 0) accepted(state, packet.sessionPresent && !link.isClean)
      return
    case "Suback":
    case "Unsuback":
      return answered(state, link.asked.get(packet.packetIdentifier), packet, now)
    default:
  }
}

export const needlessRequests: Checker = {
  name: "needless",
  promise:
    "the Client does not ask the Server for what its answers already show, nor twice while an answer may still arrive",
  begin: () => {
    let state = begin()
    /** Whether what is written now has waited. */
    let isLate = false
    return (seen, facts) => {
      if (seen._tag === "Making") state = begin()
      if (seen._tag === "Answered") blur(state, facts, seen.call)
      if (seen._tag === "Broken" || seen._tag === "Closed") {
        blur(state, facts, undefined)
        blurAnswered(state, facts)
      }
      if (seen._tag === "Written" && seen.link === state.link) state.endedAt = facts.now
      if (seen._tag !== "Sent" && seen._tag !== "Pulled") return undefined
      const link = facts.links.get(seen.link)
      const { packet } = seen
      if (packet === undefined || link === undefined || link.client !== facts.client?.number) return undefined
      // What a Server that breaks the rules has said does not count, nor what it was asked.
      if (link.isDubious) {
        const isRequest = seen._tag === "Sent" && (packet._tag === "Subscribe" || packet._tag === "Unsubscribe")
        for (const filter of isRequest ? filtersOf(packet) : []) heldFor(state, filter).known = "unsure"
        return undefined
      }
      if (seen._tag === "Pulled") return void pulled(state, link, packet, facts.now)
      if (!link.isWriting || state.link !== seen.link) {
        isLate = hasWaited(state, seen.link, facts.now)
        Object.assign(state, { link: seen.link, begunAt: facts.now, endedAt: undefined })
      }
      if (packet._tag === "Connect") {
        state.isDoubtful ||= state.unanswered !== undefined
        state.unanswered = seen.link
      }
      if (packet._tag !== "Subscribe" && packet._tag !== "Unsubscribe") return undefined
      // What was asked for at the moment of leaving still goes out, though its call is over.
      const reason = isLate || facts.client.isLeaving ? undefined : needless(facts, link, packet, state)
      // When it was asked for is not known then: perhaps long ago.
      sent(state, isLate ? -Infinity : facts.now, packet)
      return reason
    }
  }
}
