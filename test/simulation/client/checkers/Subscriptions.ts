/** Once the world is healed the Server has the subscriptions that the user has asked for, and their handlers hear. */
import * as Exit from "effect/Exit"
import * as Topic from "../../../../src/domain/packet/Topic.ts"
import type { Checker } from "../Checker.ts"
import * as ObservedState from "../ObservedState.ts"
import type { Ask, Probe } from "../Observation.ts"
import type { Seen } from "../Seen.ts"

type Subscribe = Extract<Ask, { readonly _tag: "Subscribe" }>

/** What is known of a Topic Filter. `unsure`: the user got a failure, or has asked for two things at once. */
interface Wish {
  state: "unsure" | "absent" | "granted"
  /** Calls that subscribe or unsubscribe and are not answered; and whether some of them overlap. */
  changing: number
  isMixed: boolean
  subscribe: Subscribe | undefined
  call: number
  /** The Session in which it was granted last. */
  session: number
  /**
   * It was refused since: in another Session than it was granted in, where there is nothing left of it; or in the same.
   */
  refused: "no" | "anew" | "again"
  /** Connections in a row that the Server has ended while a SUBSCRIBE for it had no answer. */
  losses: number
}

/** After so many of them the Client may give it up. */
const maxLosses = 4

interface Wishes {
  readonly client: number
  readonly all: Map<string, Wish>
}

const wishFor = (wishes: Wishes, filter: string): Wish => {
  const known = wishes.all.get(filter)
  if (known !== undefined) return known
  const wish: Wish = {
    state: "absent",
    changing: 0,
    isMixed: false,
    subscribe: undefined,
    call: 0,
    session: 0,
    refused: "no",
    losses: 0
  }
  wishes.all.set(filter, wish)
  return wish
}

const filtersOf = (ask: Ask): ReadonlyArray<string> =>
  ask._tag === "Listen" ? ask.filters : ask._tag === "Subscribe" || ask._tag === "Unsubscribe" ? [ask.filter] : []

/** Two calls at once: which of them the Server has heeded last is not for the user to know. */
const asked = (wish: Wish, ask: Ask): void => {
  if (ask._tag === "Listen") return
  wish.isMixed ||= wish.changing > 0
  wish.changing++
}

const answered = (wish: Wish, ask: Ask, call: number, isSuccess: boolean): void => {
  if (ask._tag === "Listen") return
  wish.changing--
  // A subscription that was there before may have been refused just now.
  const isLost = ask._tag === "Unsubscribe" || wish.state !== "absent"
  if (wish.isMixed) wish.state = "unsure"
  else if (isSuccess && ask._tag === "Subscribe") Object.assign(wish, { state: "granted", subscribe: ask, call })
  else if (isSuccess) wish.state = "absent"
  else if (isLost) wish.state = "unsure"
  if (isSuccess) wish.refused = "no"
  if (wish.changing === 0) wish.isMixed = false
}

/**
 * A return code of a SUBACK. Who is refused while the Session has the subscription keeps it; to ask for it may be a
 * reader's wish, too.
 */
const heeded = (wish: Wish, code: number, session: number): void => {
  wish.losses = 0
  if (code < 0x80) Object.assign(wish, { session, refused: "no" })
  else if (wish.state === "granted" && wish.changing === 0) wish.refused = wish.session === session ? "again" : "anew"
}

/** The connection has ended, and this had no answer. */
const lost = (wishes: Wishes, { subscriptions }: Extract<Seen, { readonly _tag: "Subscribe" }>): void => {
  for (const { topicFilter } of subscriptions) {
    const wish = wishes.all.get(topicFilter)
    if (wish !== undefined) wish.losses++
  }
}

const wrong = (
  wishes: Wishes,
  at: ReadonlyMap<string, 0 | 1 | 2>,
  inherited: ReadonlySet<string>
): string | undefined => {
  for (const [filter, { refused, state, subscribe }] of wishes.all) {
    const qos = at.get(filter)
    if (refused === "anew") continue
    if (state === "granted" && qos === undefined) return `the subscription to ${filter} is not at the Server any more`
    if (state === "granted" && qos !== subscribe?.qos) {
      return `the subscription to ${filter} has QoS ${qos} at the Server`
    }
    if (state === "absent" && qos !== undefined && !inherited.has(filter)) {
      return `the Server still has a subscription to ${filter}, which nobody wants`
    }
  }
  return undefined
}

/** With MQTT 5 it may come for another subscription, and say so. */
const isMeant = (facts: ObservedState.ObservedState, filter: string, one: ObservedState.Received): boolean =>
  Topic.matches(filter as Topic.TopicFilter, one.topic) &&
  (one.identifiers.length === 0 || one.identifiers.includes(facts.client?.identifiers.get(filter) ?? 0))

/** What has come for a handler that is there must not wait. */
const waiting = (wishes: Wishes, facts: ObservedState.ObservedState): string | undefined => {
  const link = facts.client?.link
  for (const [filter, { state, subscribe }] of wishes.all) {
    if (link === undefined || state !== "granted" || subscribe?.handler === "none") continue
    const message = link.received.find(
      (one) =>
        !one.isDropped &&
        one.bytes <= facts.options.maximumPacketSize &&
        isMeant(facts, filter, one) &&
        !ObservedState.isTaken(facts, link.client, one) &&
        !ObservedState.isUnwanted(facts, link.client, one)
    )
    if (message !== undefined) {
      return `message ${message.number} to ${message.topic} waits, and the handler of ${filter} has not got it`
    }
  }
  return undefined
}

const untold = (wishes: Wishes): string | undefined => {
  for (const [filter, { refused, state }] of wishes.all) {
    if (refused === "anew" && state === "granted") {
      return `the subscription to ${filter} was refused later on, and nobody was told`
    }
  }
  return undefined
}

/** With MQTT 5: the Server may send no more until somebody comes for what nobody takes. */
const isHeldUp = ({ client, options }: ObservedState.ObservedState): boolean => {
  const link = client?.link
  return link !== undefined && link.received.length > 0 && link.open.size >= (options.receiveMaximum ?? Infinity)
}

/**
 * `since`: when the connection was accepted. What was published before may have gone with one that was found to be
 * dead.
 */
const deaf = (
  wishes: Wishes,
  all: ReadonlyArray<Probe>,
  heard: ReadonlySet<string>,
  since: number
): string | undefined => {
  const probes = all.filter(({ at }) => at >= since)
  for (const [filter, { call, state, subscribe }] of wishes.all) {
    if (state !== "granted" || subscribe?.handler === "none") continue
    const missed = probes.find(({ number, topic }) => Topic.matches(filter, topic) && !heard.has(`${call} ${number}`))
    if (missed !== undefined) return `the handler of ${filter} did not get a message to ${missed.topic}`
  }
  return undefined
}

export const subscriptions: Checker = {
  name: "subscriptions",
  promise:
    "when all faults have ended, the Server has exactly the subscriptions that the user wants, and handlers get messages",
  begin: () => {
    let wishes: Wishes = { client: 0, all: new Map() }
    const asks = new Map<number, Ask>()
    const heard = new Set<string>()
    /** What earlier Clients have asked for may be there by right of a Session that was kept. */
    const inherited = new Set<string>()
    return (seen, facts) => {
      switch (seen._tag) {
        case "Making":
          for (const filter of wishes.all.keys()) inherited.add(filter)
          wishes = { client: seen.client, all: new Map() }
          return undefined
        case "Asked":
          if (seen.client !== wishes.client) return undefined
          asks.set(seen.call, seen.ask)
          for (const filter of filtersOf(seen.ask)) asked(wishFor(wishes, filter), seen.ask)
          return undefined
        case "Answered": {
          const ask = asks.get(seen.call)
          if (ask === undefined || facts.calls.get(seen.call)?.client !== wishes.client) return undefined
          for (const filter of filtersOf(ask)) {
            answered(wishFor(wishes, filter), ask, seen.call, Exit.isSuccess(seen.exit))
          }
          return undefined
        }
        case "Pulled": {
          const request = seen.packet?._tag === "Suback"
            ? facts.links.get(seen.link)?.asked.get(seen.packet.packetIdentifier)
            : undefined
          if (seen.packet?._tag !== "Suback" || request?._tag !== "Subscribe") return undefined
          // One with too many return codes, or too few, breaks the rules: it refuses nothing.
          if (seen.packet.returnCodes.length !== request.subscriptions.length) return undefined
          const session = facts.links.get(seen.link)?.session ?? 0
          seen.packet.returnCodes.forEach((code, index) => {
            const filter = request.subscriptions[index]?.topicFilter
            const wish = filter === undefined ? undefined : wishes.all.get(filter)
            if (wish !== undefined) heeded(wish, code, session)
          })
          return undefined
        }
        case "Broken":
        case "Closed": {
          const link = facts.links.get(seen.link)
          // What the Client closes, it closes because of the Server only if that has said DISCONNECT.
          if (seen._tag === "Closed" && link?.isDismissed !== true) return undefined
          // Who reads and who writes find it, each for himself.
          if (link === undefined || link.isOver) return undefined
          for (const request of link.asked.values()) if (request._tag === "Subscribe") lost(wishes, request)
          return undefined
        }
        case "Noticed": {
          const wish = seen.what === "SubscriptionLost" && seen.topic !== undefined ? wishes.all.get(seen.topic)
            : undefined
          if (
            wish !== undefined && seen.client === wishes.client && (wish.refused !== "no" || wish.losses >= maxLosses)
          ) {
            Object.assign(wish, { state: "unsure", refused: "no" })
          }
          return undefined
        }
        case "Handling":
          heard.add(`${seen.call} ${seen.number}`)
          return undefined
        case "Settled":
          return facts.client?.number !== wishes.client || facts.client.link === undefined
            ? undefined
            : (wrong(wishes, seen.subscriptions, inherited) ??
              (isHeldUp(facts) ? undefined : deaf(wishes, seen.probes, heard, facts.client.link.acceptedAt)) ??
              waiting(wishes, facts) ??
              untold(wishes))
        default:
          return undefined
      }
    }
  }
}
