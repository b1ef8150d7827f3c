/**
 * What gives way in a full Outbox is what the policy says: the oldest, or the oldest that a newer one of its topic
 * replaces; nothing gives way while there is room, and no more is told as dropped than has gone.
 */
import type { Checker } from "../life/Checker.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Owed } from "../life/Ledger.ts"
import * as Message from "../life/Message.ts"

const counts = (keys: ReadonlyArray<string>): ReadonlyArray<number> =>
  keys.flatMap((key) => {
    const count = Message.count(key)
    return count === undefined ? [] : [count]
  })

const isNewest = (one: Owed, kept: ReadonlyArray<string>): boolean =>
  one.count === undefined || counts(kept).every((count) => count <= (one.count as number))

const isOldest = (one: Owed, kept: ReadonlyArray<string>): boolean =>
  one.count === undefined || counts(kept).every((count) => count >= (one.count as number))

/** A newer one of its topic is kept, or every topic is down to one message. */
const isReplaced = (one: Owed, kept: ReadonlyArray<string>): boolean => {
  const topics = kept.map(Message.topic)
  return topics.includes(one.topic) || new Set(topics).size === topics.length
}

const rules = { drop_oldest: isOldest, drop_newest: isNewest, keep_newest_per_topic: isReplaced }

const judge = (facts: ObservedState): string | undefined => {
  const { kept, ledger } = facts
  const { capacity, whenFull } = facts.config.mqtt.outbox
  if (kept === undefined || facts.isCatchingUp) return undefined
  // What the Server does not take gives way to what it takes.
  if (ledger.vanished.every(({ topic }) => kept.suspected.includes(topic))) return undefined
  if (kept.owed.length < capacity) {
    return ledger.vanished.length + " dropped while " + kept.owed.length + " of " + capacity + " places were taken"
  }
  const inOrder = kept.owed.filter((key) => ledger.all.get(key)?.wasForgotten !== true)
  const wrong = ledger.vanished.find((one) => !rules[whenFull](one, whenFull === "drop_oldest" ? inOrder : kept.owed))
  return wrong === undefined ? undefined : wrong.key + " was dropped, against " + whenFull
}

export const drops: Checker = {
  name: "drops",
  promise: "only what the overflow policy names gives way, and only in a full Outbox",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Stored") return undefined
    const { dropped, isMemoryLost, isStored, ledger, words } = facts
    if (isStored && !isMemoryLost && dropped > ledger.gone + words) {
      return dropped + " told as dropped, but " + ledger.gone + " have gone"
    }
    // What was abandoned was not for want of room.
    return ledger.vanished.length > facts.abandoned ? judge(facts) : undefined
  }
}
