/**
 * Messages that the Server may not accept: those on which it has ended connections.
 *
 * Some Servers close on a message that their policy forbids, or that is too large for them, and give no reason. Such a
 * message must not keep the others from being delivered. So the first message that was not acknowledged when a
 * connection ended is a suspect, and the next connections send in phases: first the messages of all other topics, then
 * they take the configuration, then the rest of the suspects' topics. Last come, one by one, suspects on which
 * connections have ended twice. If no other topics are pending, the first tries of a row begin with that rest (`Held`).
 * Until then the order within a topic stays. A message on which connections end while others are acknowledged is
 * abandoned at some time, and this is reported.
 */
import type { DeviceState, Suspect } from "../state/DeviceState.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as Session from "../delivery/Session.ts"

/** After so many failures a message is sent after all others. */
export const lastFrom = 2

/**
 * After so many failures a message is abandoned. Those from `lastFrom` on count only if another message was
 * acknowledged.
 */
export const maxFailures = 5

const failuresOf = ({ suspects }: DeviceState, id: number): number => {
  for (const [entry, failures] of suspects) if (entry === id) return failures
  return 0
}

/** What is held back at first: all messages of topics that have a suspect. */
export const held = (state: DeviceState): ReadonlyArray<number> => {
  const { entries } = state.outbox
  const topics = entries.filter(({ id }) => failuresOf(state, id) > 0).map(({ topic }) => topic)
  return entries.filter(({ topic }) => topics.indexOf(topic) >= 0).map(({ id }) => id)
}

/**
 * What is still held back in the next phase, when everything that was not `before` is delivered. If the Server takes
 * other messages (`delivered` of them on this connection) and connections have ended on several of one topic, the topic
 * itself is to blame. Then its oldest message is sent first: otherwise each new message would be suspected in turn and
 * none abandoned.
 */
export const release = (
  state: DeviceState,
  before: ReadonlyArray<number>,
  delivered: number
): ReadonlyArray<number> => {
  const waiting = state.outbox.entries.map(({ id }) => id).filter((id) => before.indexOf(id) >= 0)
  const last = waiting.filter((id) => failuresOf(state, id) >= lastFrom)
  if (last.length < waiting.length && !(last.length > 1 && delivered > 0)) return last
  return waiting.filter((id) => id !== last[0])
}

/** A message that was delivered or evicted is no suspect. */
const remaining = ({ outbox, suspects }: DeviceState, without: number): ReadonlyArray<Suspect> =>
  suspects.filter(([entry]) => entry !== without && Outbox.find(outbox, entry) !== undefined)

/** What is known after a connection has ended, and the message that is now suspected or `abandoned`. */
export interface Blame {
  readonly state: DeviceState
  readonly entry: Outbox.Entry
  readonly failures: number
  readonly isAbandoned: boolean
}

/**
 * Blames the first message that was `sent` and not acknowledged on a connection that has ended. `delivered`: how many
 * were acknowledged on it. Undefined: there is none to blame.
 */
export const blame = (state: DeviceState, sent: ReadonlyArray<number>, delivered: number): Blame | undefined => {
  const [entry] = sent.map((id) => Outbox.find(state.outbox, id)).filter((found) => found !== undefined)
  if (entry === undefined) return undefined
  const { id } = entry
  // If nothing is acknowledged, the reason may be the Server or the network, and not the message.
  const before = failuresOf(state, id)
  const failures = delivered > 0 || before < lastFrom ? before + 1 : before
  const others = remaining(state, id)
  if (failures < maxFailures) {
    return { state: { ...state, suspects: others.concat([[id, failures]]) }, entry, failures, isAbandoned: false }
  }
  const { dropped, ...outbox } = Outbox.remove(state.outbox, id)
  const abandoned = {
    outbox: { ...outbox, dropped: dropped + 1 },
    session: Session.release(state.session, id),
    suspects: others
  }
  return { state: { ...state, ...abandoned }, entry, failures, isAbandoned: true }
}
