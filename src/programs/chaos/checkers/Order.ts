/**
 * The readings of one topic reach the Server in the order in which they were taken (MQTT 3.1.1, 4.6). Three kinds do
 * not count: repetitions; a message that comes back from flash because flash did not store its eviction; and a message
 * on which two connections have ended, which is sent last.
 */
import * as Quarantine from "../../../domain/wake/Quarantine.ts"
import type { Checker } from "../life/Checker.ts"
import * as Message from "../life/Message.ts"

export const order: Checker = {
  name: "order",
  promise: "readings arrive in the order in which they were taken, topic by topic",
  begin: () => {
    const highest = new Map<string, number>()
    const arrived = new Set<string>()
    const last = new Set<string>()
    return (seen, { kept, ledger, line }) => {
      for (const key of kept?.last ?? []) last.add(key)
      if (
        seen._tag === "Emitted" && seen.event._tag === "MessageSuspected" && seen.event.failures >= Quarantine.lastFrom
      ) {
        const [first] = line?.unacknowledged.values() ?? []
        if (first !== undefined) last.add(first)
      }
      if (seen._tag !== "Arrived") return undefined
      const key = Message.key(seen.topic, seen.payload)
      const count = Message.count(key)
      if (count === undefined || arrived.has(key)) return undefined
      arrived.add(key)
      const topic = Message.topic(key)
      const before = highest.get(topic) ?? 0
      if (count < before) {
        return ledger.all.get(key)?.wasForgotten || last.has(key) ? undefined
          : key + " arrived for the first time after " + before
      }
      highest.set(topic, count)
      return undefined
    }
  }
}
