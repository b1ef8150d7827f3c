/**
 * From a full Outbox the policy decides which message is evicted: the oldest, the oldest one of whose topic there is a
 * newer one, or every second one of the older half. Nothing is evicted while there is room, and no more is reported as dropped than is gone.
 */
import { isThinnable } from "../../../domain/config/thinnable.ts"
import type { Checker } from "../life/Checker.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Pending } from "../life/Ledger.ts"
import { maxEntries } from "../../../domain/delivery/Outbox.ts"
import * as Message from "../life/Message.ts"
import { doublesIn } from "../life/StoredState.ts"

const counts = (keys: ReadonlyArray<string>): ReadonlyArray<number> =>
  keys.flatMap((key) => {
    const count = Message.count(key)
    return count === undefined ? [] : [count]
  })

const isNewest = (one: Pending, kept: ReadonlyArray<string>): boolean =>
  one.count === undefined || counts(kept).every((count) => count <= (one.count as number))

const isOldest = (one: Pending, kept: ReadonlyArray<string>): boolean =>
  one.count === undefined || counts(kept).every((count) => count >= (one.count as number))

/** A newer one of its topic is kept, or every topic is down to one message. */
const isReplaced = (one: Pending, kept: ReadonlyArray<string>): boolean => {
  const topics = kept.map(Message.topic)
  return topics.includes(one.topic) || new Set(topics).size === topics.length
}

/** One before it of its topic is kept, or it was the only one of its topic. */
const isSecond = (one: Pending, kept: ReadonlyArray<string>): boolean => {
  const own = kept.filter((key) => Message.topic(key) === one.topic)
  return one.count === undefined || own.length === 0 || counts(own).some((count) => count < (one.count as number))
}

/** Of what was pending so much may give way at once: of an older half that was thinned before, one half and more. */
const mayGo = (whenFull: string, count: number): number => whenFull === "thin_older" ? count * 3 / 8 + 2 : Infinity

/** So many places have messages that cannot give way: the Server did not take them, and they wait or went after the others. */
const fixed = ({ kept, ledger }: ObservedState): number =>
  Math.max(0, (kept?.entries ?? 0) - maxEntries) +
  (kept?.pending ?? []).filter((key) => ledger.all.get(key)?.wasForgotten === true).length

const rules = { drop_oldest: isOldest, drop_newest: isNewest, keep_newest_per_topic: isReplaced, thin_older: isSecond }

/** `suspected`: topics of messages on which connections had ended when the last state was stored. */
const judge = (facts: ObservedState, suspected: ReadonlyArray<string>): string | undefined => {
  const { kept, ledger } = facts
  const { capacity, whenFull } = facts.config.mqtt.outbox
  if (kept === undefined || facts.isCatchingUp) return undefined
  // What the Server does not take gives way to what it takes.
  if (ledger.vanished.every(({ topic }) => kept.suspected.includes(topic) || suspected.includes(topic))) {
    return undefined
  }
  const before = kept.pending.length + ledger.vanished.length
  if ((whenFull === "thin_older" ? before : kept.pending.length) < capacity) {
    return ledger.vanished.length + " dropped while " + kept.pending.length + " of " + capacity + " places were taken"
  }
  // Too few to thin them out topic by topic.
  if (whenFull === "thin_older" && !isThinnable(facts.config, fixed(facts))) return undefined
  if (ledger.vanished.length > mayGo(whenFull, before)) {
    return ledger.vanished.length + " of " + before + " were dropped at once"
  }
  // Beside messages that the Server does not take, what is older is no more what is before.
  if (whenFull === "thin_older" && kept.suspected.length + suspected.length > 0) return undefined
  const inOrder = kept.pending.filter((key) => ledger.all.get(key)?.wasForgotten !== true)
  const wrong = ledger.vanished.find((one) =>
    !rules[whenFull](one, whenFull === "drop_oldest" ? inOrder : kept.pending)
  )
  return wrong === undefined ? undefined : wrong.key + " was dropped, against " + whenFull
}

export const drops: Checker = {
  name: "drops",
  promise: "only the message that the overflow policy names is dropped, and only when the Outbox is full",
  begin: () => {
    let suspected: ReadonlyArray<string> = []
    // Of messages that a power cut has left in two places, both may be dropped.
    let doubles = 0
    // What is counted as lost with a torn record may have been dropped before.
    let damaged = 0
    return (seen, facts) => {
      if (seen._tag === "Began") {
        doubles = doublesIn(facts.kept)
        damaged = facts.lost.damaged
      }
      if (seen._tag !== "Stored") return undefined
      const before = suspected
      suspected = facts.kept?.suspected ?? []
      const { dropped, isMemoryLost, isStored, ledger, words } = facts
      if (isStored && !isMemoryLost && dropped > ledger.gone + words + doubles + facts.lost.damaged - damaged) {
        return dropped + " reported as dropped, but " + ledger.gone + " have gone"
      }
      // An abandoned message did not go for want of room.
      return ledger.vanished.length > facts.abandoned ? judge(facts, before) : undefined
    }
  }
}
