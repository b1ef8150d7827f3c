/**
 * What becomes of messages for which an Outbox has no room, and of their Packet Identifiers. A board keeps it in a file of its
 * own: as long as the Server is reached, nothing has to give way.
 */
import type { OutboxPolicy } from "./DeviceConfig.ts"
import type { Entry } from "./Outbox.ts"
import type { Session } from "./Session.ts"

/** The place of the entry that gives way: with `keep_newest_per_topic` the oldest that a newer one replaces. */
const victim = (entries: ReadonlyArray<Entry>, policy: OutboxPolicy): number => {
  if (policy.whenFull === "drop_oldest") return 0
  for (let i = 0; i < entries.length - 1; i++) {
    const { topic } = entries[i] as Entry
    for (let j = i + 1; j < entries.length; j++) if ((entries[j] as Entry).topic === topic) return i
  }
  return 0
}

/** Takes out of `entries` what has to give way, and returns it. */
export const thin = (entries: Array<Entry>, policy: OutboxPolicy): ReadonlyArray<Entry> => {
  const dropped: Array<Entry> = []
  while (entries.length > policy.capacity) dropped.push(entries.splice(victim(entries, policy), 1)[0] as Entry)
  return dropped
}

/**
 * An entry left the Outbox in another way than by its acknowledgement. Its identifier is free at once if it was never sent.
 * Otherwise the Server may yet acknowledge it, and will be right to: the identifier stays taken until then (2.3.1), or
 * until the connection is gone.
 */
export const forget = (session: Session, entry: number): Session => {
  const { inFlight, lastIdentifier } = session
  for (const gone of inFlight) {
    if (gone.entry !== entry) continue
    if (!gone.dup) return { inFlight: inFlight.filter((known) => known !== gone), lastIdentifier }
    return { inFlight: inFlight.map((known) => known === gone ? { ...known, entry: -1 } : known), lastIdentifier }
  }
  return session
}
