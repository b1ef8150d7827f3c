/** A handler sees messages of one QoS to one topic in the order of the Server, repetitions aside (MQTT-4.6.0-6). */
import type { Checker } from "../Checker.ts"
import * as ObservedState from "../ObservedState.ts"

export const orderIn: Checker = {
  name: "order in",
  promise:
    "a handler gets messages of one QoS to one topic in the order in which they were published, except for repetitions",
  begin: () => {
    /** Of a handler, a topic, and who has sent: the last number, and all that were seen. */
    const last = new Map<string, number>()
    const known = new Set<string>()
    /** When somebody was first given a message: to who subscribes later it comes as a repetition. */
    const firstTaken = new Map<number, number>()
    return (seen, facts) => {
      if (seen._tag === "Took" && !firstTaken.has(seen.number)) firstTaken.set(seen.number, facts.now)
      if (seen._tag !== "Handling" || seen.retain || seen.number < 1_000_000) return undefined
      const takenAt = firstTaken.get(seen.number) ?? facts.now
      firstTaken.set(seen.number, takenAt)
      const { at, client } = facts.calls.get(seen.call) ?? { at: 0, client: 0 }
      if (takenAt < at) return undefined
      const key = `${seen.call} ${seen.isForged} ${seen.qos} ${seen.topic}`
      const repetition = `${seen.call} ${seen.number}`
      if (known.has(repetition)) return undefined
      known.add(repetition)
      const before = last.get(key) ?? 0
      last.set(key, Math.max(before, seen.number))
      if (seen.number >= before || ObservedState.cameAgain(facts, client, seen.number, at)) return undefined
      return `message ${seen.number} to ${seen.topic} comes behind ${before}`
    }
  }
}
