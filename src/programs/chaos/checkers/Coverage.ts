/**
 * With `thin_older` a period without a Server is covered as a whole: of each topic its first message is kept, and
 * between two that are kept or delivered no more have given way than so many thinnings explain. Each of them at most
 * doubles the distance between two.
 *
 * What the flash did not take or give back, and what the Server closes on, gives way by other rules.
 */
import { isThinnable } from "../../../domain/config/thinnable.ts"
import * as Outbox from "../../../domain/delivery/Outbox.ts"
import type { Checker } from "../life/Checker.ts"
import type { Pending } from "../life/Ledger.ts"
import * as Message from "../life/Message.ts"
import type { ObservedState } from "../life/ObservedState.ts"

/** What was taken since little was pending, in its order. */
interface Period {
  readonly taken: Array<string>
  readonly evicted: Set<string>
  thinnings: number
  isOther: boolean
}

const none = (): Period => ({ taken: [], evicted: new Set(), thinnings: 0, isOther: false })

/** Neither is known of what a power cut has cost, or what was not published. */
const isThere = (one: Pending | undefined, pending: ReadonlySet<string>): boolean =>
  one !== undefined && (one.arrivals > 0 || one.isAcknowledged || pending.has(one.key))

const gapIn = ({ evicted, taken, thinnings }: Period, facts: ObservedState): string | undefined => {
  const pending = new Set(facts.kept?.pending)
  /** By topic: how many have given way since the last that is there. */
  const runs = new Map<string, number>()
  for (const key of taken) {
    const topic = Message.topic(key)
    const run = runs.get(topic)
    if (evicted.has(key)) {
      if (run === undefined) return key + " was dropped, and nothing before it is kept"
      if (run + 1 >= 2 ** thinnings) return run + 1 + " in a row were dropped up to " + key
      runs.set(topic, run + 1)
    } else if (isThere(facts.ledger.all.get(key), pending)) runs.set(topic, 0)
  }
  return undefined
}

export const coverage: Checker = {
  name: "coverage",
  promise: "with thin_older a period without a Server is covered as a whole",
  begin: (config) => {
    const { capacity, whenFull } = config.mqtt.outbox
    if (whenFull !== "thin_older" || capacity <= Outbox.maxEntries || !isThinnable(config)) return () => undefined
    let period = none()
    return (seen, facts) => {
      if (facts.isUnsaved || facts.isCatchingUp || facts.isDamaged || facts.abandoned > 0) period.isOther = true
      // The configuration before may have less room.
      if (seen._tag === "Emitted" && /^(MemoryLost|ConfigRolledBack)$/.test(seen.event._tag)) period.isOther = true
      if (seen._tag === "Read") period.taken.push(...Message.expected(config, seen.sensor, seen.measurement))
      const { kept } = facts
      if (seen._tag !== "Stored" || !facts.isStored || kept === undefined) return undefined
      if (kept.suspected.length > 0) period.isOther = true
      const { vanished } = facts.ledger
      if (kept.journal === 0 && vanished.length === 0) {
        period = none()
        period.taken.push(...kept.pending.filter((key) => Message.count(key) !== undefined))
      }
      if (period.isOther || vanished.length === 0) return undefined
      for (const { key } of vanished) period.evicted.add(key)
      period.thinnings++
      return gapIn(period, facts)
    }
  }
}
