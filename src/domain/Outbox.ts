/**
 * The Application Messages that we still owe the Server, oldest first, bounded.
 *
 * An Outbox outlives every Session: that the Server forgot us is no reason to forget what we owe it. What has to give way
 * when there is no room is decided here, by policy, counted, and handed back to the caller so that it can be told.
 */
import * as Data from "effect/Data"
import type { ApplicationMessage } from "./ApplicationMessage.ts"
import type { OutboxPolicy } from "./DeviceConfig.ts"
import * as GivingWay from "./GivingWay.ts"

/** There is no room for one more message, and the caller asked for nothing to give way. `capacity` in messages. */
export class OutboxFull extends Data.TaggedError("OutboxFull")<{
  readonly capacity: number
  readonly message: string
}> {}

/** Only QoS 1 can be owed: QoS 0 is over when it is sent. */
export type Owed = ApplicationMessage<1>

export interface Entry {
  /** 1 and up, never used twice in the life of an Outbox. */
  readonly id: number
  readonly message: Owed
}

export interface Outbox {
  readonly entries: ReadonlyArray<Entry>
  readonly lastId: number
  /** How many messages had to give way since the Outbox was made. */
  readonly dropped: number
}

export const empty: Outbox = { entries: [], lastId: 0, dropped: 0 }

export const size = (outbox: Outbox): number => outbox.entries.length

export const find = (outbox: Outbox, id: number): Entry | undefined => {
  for (const entry of outbox.entries) if (entry.id === id) return entry
  return undefined
}

/**
 * Adds a message at the end. `dropped` are the entries that gave way, usually none: the new message itself is always
 * kept, and the order of the rest stays.
 */
export const append = (
  outbox: Outbox,
  message: Owed,
  policy: OutboxPolicy
): { readonly outbox: Outbox; readonly entry: Entry; readonly dropped: ReadonlyArray<Entry> } => {
  const entry: Entry = { id: outbox.lastId + 1, message }
  const entries = outbox.entries.concat([entry])
  const dropped = entries.length > policy.capacity ? GivingWay.thin(entries, policy) : []
  return {
    outbox: { entries, lastId: entry.id, dropped: outbox.dropped + dropped.length },
    entry,
    dropped
  }
}

/** Forgets an entry that the Server has acknowledged. Unknown ids change nothing. */
export const remove = (outbox: Outbox, id: number): Outbox => {
  const entries: Array<Entry> = []
  for (const entry of outbox.entries) if (entry.id !== id) entries.push(entry)
  return { entries, lastId: outbox.lastId, dropped: outbox.dropped }
}
