/**
 * The memory of the device is bounded: the Outbox by its capacity, what it keeps of an unfinished packet by the largest
 * packet that it takes, and one write by the same.
 */
import type { Checker } from "../life/Checker.ts"
import * as Outbox from "../../../domain/delivery/Outbox.ts"
import { largestPacket } from "../life/Line.ts"

/** The bytes of a state without its messages, and of each message. */
const stateBytes = 700
const messageBytes = 400

/** Messages of one wake. */
const atOnce = 10

export const memoryBound: Checker = {
  name: "memory",
  promise: "Outbox, flash, and packets stay within their bounds",
  begin: (config) => {
    const { capacity } = config.mqtt.outbox
    // What is in the journal gives way by so many at once.
    const isJournaled = capacity > Outbox.maxEntries
    const most = isJournaled ? capacity + Outbox.maxEntries + atOnce : capacity
    const entries = isJournaled ? Outbox.maxEntries + atOnce : capacity
    let unfinished = 0
    return (seen, { kept, line }) => {
      if (seen._tag === "Opened") unfinished = 0
      if (seen._tag === "Stored" && kept !== undefined) {
        if (kept.pending.length > most) return kept.pending.length + " messages in an Outbox for " + capacity
        if (seen.size > stateBytes + entries * messageBytes) return "a state of " + seen.size + " bytes"
      }
      if (seen._tag === "Sent" && seen.bytes.length > largestPacket) return seen.bytes.length + " bytes in one write"
      if (seen._tag !== "Pulled") return undefined
      const before = unfinished
      unfinished = line?.unfinished ?? 0
      return before > largestPacket ? "continued to read a packet of which it had " + before + " bytes" : undefined
    }
  }
}
