/**
 * The Application Messages that the Server has not acknowledged yet, oldest first, bounded.
 *
 * An Outbox outlives every Session: if the Server has forgotten the Session, its messages are still pending. It
 * outlives configurations, too: a message has no full topic but a place below `topic_data_prefix`, and is sent under
 * the prefix that is in use at that time. If there is no room, the policy decides which message is evicted. It is
 * counted and returned to the caller, who reports it.
 */
import * as Data from "effect/Data"
import type { OutboxPolicy } from "../config/DeviceConfig.ts"
import { thinned } from "./thinned.ts"

/** A board's bundle may come without it. */
const thinning: typeof thinned | undefined = thinned

/** How many messages are kept, and which give way. */
export interface Policy extends Pick<OutboxPolicy, "capacity" | "whenFull"> {
  /** The ids of messages that do not give way with `thin_older`. */
  readonly isFixed?: (id: number) => boolean
}

/** There is no room for one more message, and the caller asked that nothing is evicted. */
export class OutboxFull extends Data.TaggedError("OutboxFull")<{
  /** In `unit`. */
  readonly capacity: number
  readonly unit: "messages" | "bytes"
  readonly message: string
}> {}

/** What a device publishes: QoS 1, not retained. */
export interface Message {
  /** Below the prefix: `<sensor id>/data`. */
  readonly topic: string
  readonly payload: string
}

export interface Entry extends Message {
  /** 1 and up, never used twice in the life of an Outbox. */
  readonly id: number
}

/**
 * Entries at most, where more is pending: as many as a board has memory for. The others lie in the journal
 * (ports/Journal), behind these.
 */
export const maxEntries = 7

/** The same beside as many that are held back. What is beyond them goes to the journal's end, if it was not sent. */
export const mostEntries = 2 * maxEntries

/**
 * Of each sensor, where nothing is in the journal yet: as many as one reading has. More go to the journal: a record there
 * is a fraction of what a snapshot with all of them takes, in flash and in memory.
 */
export const fewEntries = 3

export interface Outbox {
  readonly entries: ReadonlyArray<Entry>
  readonly lastId: number
  /** How many messages have been evicted since the Outbox was made. */
  readonly dropped: number
}

export const empty: Outbox = { entries: [], lastId: 0, dropped: 0 }

export const size = (outbox: Outbox): number => outbox.entries.length

export const find = (outbox: Outbox, id: number): Entry | undefined => {
  for (const entry of outbox.entries) if (entry.id === id) return entry
  return undefined
}

/**
 * The index of the entry that is evicted next: the oldest, the newest or, with `keep_newest_per_topic`, the oldest one
 * of whose topic there is a newer one.
 */
const evictionIndex = (entries: ReadonlyArray<Entry>, policy: Policy): number => {
  if (policy.whenFull === "drop_oldest") return 0
  if (policy.whenFull === "drop_newest") return entries.length - 1
  for (let i = 0; i < entries.length - 1; i++) {
    const { topic } = entries[i] as Entry
    for (let j = i + 1; j < entries.length; j++) if ((entries[j] as Entry).topic === topic) return i
  }
  return 0
}

/**
 * Removes from `entries` what exceeds the capacity, and returns it. With `thin_older` it may be more than that.
 */
export const evict = (entries: Array<Entry>, policy: Policy): ReadonlyArray<Entry> => {
  const evicted: Array<Entry> = []
  if (thinning !== undefined && policy.whenFull === "thin_older") {
    for (const gone of thinning(entries, policy.capacity, policy.isFixed ?? (() => false))) {
      evicted.push(entries.splice(entries.findIndex(({ id }) => id === gone), 1)[0] as Entry)
    }
  }
  while (entries.length > policy.capacity) evicted.push(entries.splice(evictionIndex(entries, policy), 1)[0] as Entry)
  return evicted
}

/** The Outbox with these messages at its end, whether or not there is room. */
export const add = ({ dropped, entries, lastId }: Outbox, messages: ReadonlyArray<Message>): Outbox => {
  let id = lastId
  const more = messages.map((message): Entry => {
    id++
    // The id first: V8 takes ten times as long to add a field to a copy that is made by `...`.
    return { id, ...message }
  })
  return { entries: entries.concat(more), lastId: id, dropped }
}

/**
 * Adds a message at the end. `dropped` are the evicted entries, usually none, and with `drop_newest` the new message
 * itself; the order of the rest does not change.
 */
export const append = (
  outbox: Outbox,
  message: Message,
  policy: Policy
): { readonly outbox: Outbox; readonly entry: Entry; readonly dropped: ReadonlyArray<Entry> } => {
  const { entries: all, lastId } = add(outbox, [message])
  const entries = all.slice()
  const entry = entries[entries.length - 1] as Entry
  const dropped = evict(entries, policy)
  return { outbox: { entries, lastId, dropped: outbox.dropped + dropped.length }, entry, dropped }
}

/** Removes an entry that the Server has acknowledged. Unknown ids change nothing. */
export const remove = (outbox: Outbox, id: number): Outbox => {
  const entries: Array<Entry> = []
  for (const entry of outbox.entries) if (entry.id !== id) entries.push(entry)
  return { entries, lastId: outbox.lastId, dropped: outbox.dropped }
}
