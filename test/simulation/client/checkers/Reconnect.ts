/** Connections are tried when the reconnect policy says so, not sooner, and not later. */
import * as Backoff from "../../../../src/domain/delivery/Backoff.ts"
import type { Checker } from "../Checker.ts"
import type { ObservedState } from "../ObservedState.ts"

/** Roundings of a few times. */
const toleranceMillis = 2

interface Tries {
  readonly client: number
  /** Since the last connection that was good. */
  count: number
  /** When the last one began, and when it was over; undefined: it is not. */
  at: number
  link: number
  overAt: number | undefined
  /** When the Client says that the next will be. */
  next: number | undefined
}

/** A connection that has lasted counts as a success. */
const isGood = (facts: ObservedState, number: number): boolean => {
  const link = facts.links.get(number)
  return link !== undefined && link.isAccepted && facts.now - link.acceptedAt >= Backoff.healthyMillis
}

const fault = (facts: ObservedState, tries: Tries): string | undefined => {
  const { reconnect } = facts.options
  const client = facts.clients.get(tries.client)
  if (client?.isLeaving === true) return "a connection is tried after the Client was told to leave"
  if (reconnect === undefined) return "a second connection is tried without a reconnect policy"
  if (client?.connections === 0) return "a connection is tried again though the first has failed"
  if (tries.overAt === undefined) return "a connection is tried while there is another"
  const waited = facts.now - tries.at
  const longest = Backoff.waitMillis(reconnect, tries.count, 0)
  const shortest = Backoff.waitMillis(reconnect, tries.count, 1)
  if (waited < shortest - toleranceMillis) {
    return `try ${tries.count + 1} comes ${waited} ms after the one before; the policy asks for ${shortest} at least`
  }
  if (tries.next !== undefined && Math.abs(facts.now - tries.next) > toleranceMillis) {
    return `try ${tries.count + 1} comes ${facts.now - tries.next} ms after the time that was told`
  }
  const due = Math.max(tries.overAt, tries.at + longest)
  return facts.now > due + toleranceMillis
    ? `try ${tries.count + 1} comes ${facts.now - due} ms later than the policy asks for`
    : undefined
}

export const reconnect: Checker = {
  name: "reconnect",
  promise:
    "the Client tries to connect when the reconnect policy says so: not sooner, not later, and not after it has left",
  begin: () => {
    let tries: Tries | undefined
    return (seen, facts) => {
      switch (seen._tag) {
        case "Connecting": {
          const before = tries?.client === seen.client ? tries : undefined
          tries = {
            client: seen.client,
            count: (before?.count ?? 0) + 1,
            at: facts.now,
            link: seen.link,
            overAt: undefined,
            next: undefined
          }
          return before === undefined ? undefined : fault(facts, before)
        }
        case "Reconnecting":
          if (tries?.client === seen.client) tries.next = facts.now + seen.delayMillis
          return undefined
        case "ConnectFailed":
        case "Closed": {
          if (tries?.link !== seen.link) return undefined
          tries.overAt = facts.now
          if (isGood(facts, seen.link)) tries.count = 0
          return undefined
        }
        default:
          return undefined
      }
    }
  }
}
