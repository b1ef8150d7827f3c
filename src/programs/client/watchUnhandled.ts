/**
 * Checks from time to time the messages that nobody has taken.
 *
 * A message of QoS 1 is not acknowledged before somebody takes it, and the acknowledgements after it wait with it
 * (MQTT-4.6.0-2). That is right while its handler may still come. But a Server's Session that remembers a subscription
 * of an earlier program must not stop everything for good: a message that no Topic Filter of this Client asks for is
 * dropped after a time.
 */
import type * as Core from "./Core.ts"
import * as Inbox from "./Inbox.ts"
import * as Notice from "./Notice.ts"
import * as Subscriptions from "./Subscriptions.ts"

const tellWaiting = (core: Core.Core, isOld: boolean): void => {
  const { unclaimed } = core.inbox
  const { length } = unclaimed.pending
  const [oldest] = unclaimed.pending
  if (oldest === undefined || !isOld || length < 2 * unclaimed.pendingReported) return
  unclaimed.pendingReported = length
  const { topic } = oldest.message
  const message =
    `${length} messages of QoS 1 or 2 wait for somebody to take them, the first to ${topic}, and are not acknowledged: `
    + "subscribe with a handler, run messages or poll, or unsubscribe"
  Notice.tell(core.notices, { _tag: "UnclaimedMessages", topic, messages: length, message })
}

const giveUp = (core: Core.Core, now: number): void => {
  const { inbox, settings: { unclaimedMillis }, subscriptions } = core
  const given = Inbox.takeUnclaimed(inbox,
    ({ message, seenAt = now, taken }) =>
      taken !== undefined && now - seenAt >= unclaimedMillis && !Subscriptions.isAskedFor(subscriptions, message.topic))
  if (given[0] === undefined) return
  subscriptions.hasGivenUp = true
  const { topic } = given[0]
  const message =
    `${given.length} messages, the first to ${topic}, were dropped and acknowledged: for ${
      unclaimedMillis / 1000
    } s no Topic Filter of `
    + "this Client has asked for them (unclaimedTimeout); a loop that was left has not taken them, or the Server's Session holds a subscription of an earlier program: unsubscribe from it"
  Notice.tell(core.notices, { _tag: "MessagesDropped", topic, messages: given.length, message })
}

/** `now` in milliseconds. */
export const watchUnhandled = (core: Core.Core, now: number): void => {
  const { pending } = core.inbox.unclaimed
  if (pending.length === 0) return
  const isOld = pending[0]?.seenAt !== undefined
  for (const kept of pending) kept.seenAt ??= now
  giveUp(core, now)
  tellWaiting(core, isOld)
}
