/**
 * The subscriptions of a client: one for each Topic Filter, from the call to the Server's answer to UNSUBSCRIBE.
 */
import * as Data from "effect/Data"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { Client } from "../client/Client.ts"
import { SubscriptionRefused } from "../client/errors.ts"
import type { Abortable, HandlerOptions, LoopOptions } from "./callOptions.ts"
import type { Events } from "./Events.ts"
import { calls } from "./knownOptions.ts"
import { callbackFault, InvalidOption, topicFault } from "./mistakes.ts"
import * as OptionTable from "./OptionTable.ts"
import { plain, quiet, run } from "./running.ts"
import { onAbort } from "./signals.ts"
import * as Taking from "./Subscription.ts"

/** This client has a subscription to this Topic Filter already. */
export class AlreadySubscribed extends Data.TaggedError("AlreadySubscribed")<{
  readonly topicFilter: string
  readonly message: string
}> {}

/** How a subscription ends: without a failure, or with one that its loop throws. */
type End = { readonly failure?: unknown }

export interface Subscribing {
  readonly subscribe: {
    (topicFilter: string, options?: LoopOptions): Promise<Taking.Messages>
    (
      topicFilter: string,
      handler: Taking.MessageHandler,
      options?: HandlerOptions
    ): Promise<Taking.Subscription>
  }
  readonly unsubscribe: (topicFilter: string, options?: Abortable) => Promise<void>
  /** The Server has taken a subscription back: what its loop throws, if it has one. */
  readonly lost: (topicFilter: string, message: string) => SubscriptionRefused
  /** Unsubscriptions that the Server has not answered. */
  readonly leaving: () => Iterable<Promise<unknown>>
  /** There will be no more messages. */
  readonly end: (end: End) => void
}

/** One at a time gets the messages of a Topic Filter. */
export const alreadySubscribed = (topicFilter: string) =>
  new AlreadySubscribed({
    topicFilter,
    message:
      `this client is subscribed to ${topicFilter} already: share its messages, or end that subscription first with unsubscribe`
  })

interface Member {
  readonly taker: Taking.Taker
  /** Stops listening to its signal. */
  release: () => void
}

/** The subscriptions that there are, and the Topic Filters whose UNSUBSCRIBE has no answer. */
const membersOf = (client: Client) => {
  const members = new Map<string, Member>()
  const leaving = new Map<string, Promise<void>>()

  const forget = (topicFilter: string): Member | undefined => {
    const member = members.get(topicFilter)
    members.delete(topicFilter)
    member?.release()
    return member
  }
  const drop = (topicFilter: string, end: End): void => forget(topicFilter)?.taker.end(end)
  const leave = (topicFilter: string, signal?: AbortSignal): Promise<void> => {
    const left = run(client.unsubscribe(topicFilter), signal)
    leaving.set(topicFilter, left)
    const answered = () => {
      if (leaving.get(topicFilter) === left) leaving.delete(topicFilter)
    }
    plain(left).then(answered, answered)
    return left
  }
  /** Unsubscribes first: who has taken messages until then would otherwise be given what waited behind him, and be done. */
  const unsubscribe = (topicFilter: string, how: End, signal?: AbortSignal): Promise<void> => {
    const member = forget(topicFilter)
    const left = leave(topicFilter, signal)
    member?.taker.end(how)
    return left
  }
  /** Ends this one, unless it has ended. */
  const end = (topicFilter: string, member: Member, how: End): Promise<void> =>
    members.get(topicFilter) === member ? unsubscribe(topicFilter, how)
      : leaving.get(topicFilter) ?? Promise.resolve()
  const add = async (topicFilter: string, taker: Taking.Taker, { signal, ...options }: HandlerOptions) => {
    if (members.has(topicFilter)) throw alreadySubscribed(topicFilter)
    const member: Member = { taker, release: () => {} }
    members.set(topicFilter, member)
    try {
      // Its answer would otherwise count for this subscription.
      await leaving.get(topicFilter)?.catch(() => {})
      const granted = await plain(run(client.subscribe(topicFilter, options, taker.handler), signal))
      member.release = onAbort(signal, () => void end(topicFilter, member, { failure: signal?.reason }))
      return { member, granted }
    } catch (error) {
      if (members.get(topicFilter) === member) members.delete(topicFilter)
      throw error
    }
  }
  return { members, leaving, drop, unsubscribe, end, add }
}

type Members = ReturnType<typeof membersOf>

const subscription = ({ end }: Members, topicFilter: string, qos: QoS, member: Member): Taking.Subscription => {
  const unsubscribe = () => end(topicFilter, member, {})
  const dispose = () => {
    void unsubscribe()
    return Promise.resolve()
  }
  return { topicFilter, qos, unsubscribe, [Symbol.asyncDispose]: dispose }
}

const loop = async (
  members: Members,
  events: Events,
  topicFilter: string,
  options: LoopOptions
): Promise<Taking.Messages> => {
  const taker = Taking.loop(topicFilter, options.buffer ?? Taking.defaultBuffer, events)
  const { granted, member } = await members.add(topicFilter, taker, options)
  const messages: Taking.Messages = {
    ...subscription(members, topicFilter, granted, member),
    next: taker.mailbox.next,
    done: taker.mailbox.finish,
    return: () => {
      void members.end(topicFilter, member, {})
      taker.mailbox.leave()
      return Promise.resolve({ done: true, value: undefined } as const)
    },
    [Symbol.asyncIterator]: () => messages
  }
  return messages
}

const handlerFault = (options: unknown) =>
  callbackFault("subscribe", options) ?? OptionTable.fault("subscribe", calls.subscribeHandler, options)

const fault = (topicFilter: unknown, first: unknown, second: unknown) =>
  topicFault("Topic Filter", topicFilter)
    ?? (typeof first === "function" ? handlerFault(second)
      : typeof second === "function" ? handlerIsLast()
      : OptionTable.fault("subscribe", calls.subscribeLoop, first))

const handlerIsLast = () =>
  new InvalidOption({
    option: "handler",
    message: "the handler comes before the options: subscribe(filter, handler, { qos })"
  })

export const make = (client: Client, events: Events): Subscribing => {
  const members = membersOf(client)
  const handle = async (topicFilter: string, handler: Taking.MessageHandler, options: HandlerOptions) => {
    const { granted, member } = await members.add(topicFilter, Taking.handled(topicFilter, handler, events), options)
    return subscription(members, topicFilter, granted, member)
  }
  const subscribe = (topicFilter: string, first: LoopOptions | Taking.MessageHandler = {}, second?: HandlerOptions) => {
    const wrong = fault(topicFilter, first, second)
    return quiet<Taking.Subscription>(
      wrong !== undefined ? Promise.reject(wrong)
        : typeof first === "function" ? handle(topicFilter, first, second ?? {})
        : loop(members, events, topicFilter, first)
    )
  }
  return {
    // What it resolves to follows from its second argument.
    subscribe: subscribe as Subscribing["subscribe"],
    unsubscribe: (topicFilter, options = {}) => {
      const wrong = topicFault("Topic Filter", topicFilter)
        ?? OptionTable.fault("unsubscribe", calls.unsubscribe, options)
      if (wrong !== undefined) return quiet(Promise.reject(wrong))
      return members.unsubscribe(topicFilter, {}, options.signal)
    },
    lost: (topicFilter, message) => {
      const failure = new SubscriptionRefused({ topicFilter, message })
      members.drop(topicFilter, { failure })
      return failure
    },
    leaving: () => members.leaving.values(),
    end: (how) => {
      for (const topicFilter of members.members.keys()) members.drop(topicFilter, how)
    }
  }
}
