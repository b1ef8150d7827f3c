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

/** Where there is no room, one word about an update has it all the same: that it was rolled back. */
const words = 1

/** Messages of one wake. */
const atOnce = 10

export const memoryBound: Checker = {
  name: "memory",
  promise: "Outbox, flash, and packets stay within their bounds",
  begin: (config) => {
    const { capacity } = config.mqtt.outbox
    const isJournaled = capacity > Outbox.maxEntries
    // Beside what is held back others pass, and the words about updates of one wake; what has no place yet may be in a
    // snapshot, too, where one was not saved.
    const entries = isJournaled ? Outbox.mostEntries + words : capacity
    // What lies in the journal gives way when it is so many more.
    const most = isJournaled ? capacity + Outbox.maxEntries : capacity
    let unfinished = 0
    // Then nothing of it can give way in this wake.
    let isUnread = false
    return (seen, { isUnsaved, kept, line }) => {
      if (seen._tag === "Began") isUnread = false
      if (seen._tag === "Emitted" && seen.event._tag === "MemoryLost" && seen.event.what === "journal") isUnread = true
      if (seen._tag === "Opened") unfinished = 0
      if (seen._tag === "Stored" && kept !== undefined) {
        if (kept.entries > entries + atOnce) return kept.entries + " messages in a snapshot for " + entries
        if (seen.size > stateBytes + (entries + atOnce) * messageBytes) return "a state of " + seen.size + " bytes"
      }
      // What lies in flash gives way before the device sleeps, for that takes no memory.
      if (seen._tag === "Slept" && kept !== undefined && !isUnsaved) {
        if (kept.entries > entries) return kept.entries + " messages in a snapshot for " + entries
        if (kept.pending.length > most && !isUnread) {
          return kept.pending.length + " messages are pending, of " + capacity
        }
      }
      if (seen._tag === "Sent" && seen.bytes.length > largestPacket) return seen.bytes.length + " bytes in one write"
      if (seen._tag !== "Pulled") return undefined
      const before = unfinished
      unfinished = line?.unfinished ?? 0
      return before > largestPacket ? "continued to read a packet of which it had " + before + " bytes" : undefined
    }
  }
}
