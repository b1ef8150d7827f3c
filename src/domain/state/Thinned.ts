/**
 * What was thinned out with `thin_older` (domain/wake/thin): the oldest of the journal's messages, in a sheet beside it
 * (ports/Journal).
 *
 * The journal frees its pages from the front only, so what is kept of its older half is copied to the sheet that is not
 * in use. One write of the snapshot then says that it is there, and where the rest begins. Until then nothing has
 * changed, and from then on nobody asks for what was copied: so no power cut loses or doubles a message. The messages
 * in the sheet take the positions just before the rest, as if only their number had been dropped. So positions have no
 * gap, and what reads, counts and appends needs to know no more than where to look.
 */
import * as Result from "effect/Result"
import type { Journal, Sheet, Sheets } from "./Journal.ts"

export type Thinned = readonly [
  /** The journal's positions before this one are in the sheet. */
  until: number,
  /** How many messages were written there: the last has the position before `until`. */
  count: number,
  sheet: Sheet,
  /** Of so many messages of a topic there is one. */
  stride: number,
  /** By topic: how many have come since the last that was kept, with that one. */
  since: Readonly<Record<string, number>>
]

/** Whether a snapshot holds it. A board's bundle may come without. */
export const isKept: boolean = true

/** Of what is pending some lies in a sheet. */
export const isNeeded = (
  state: { readonly journal: number; readonly thinned?: Thinned | undefined }
): state is { readonly journal: number; readonly thinned: Thinned } =>
  state.thinned !== undefined && state.journal > 0 && state.journal < state.thinned[0]

/** Reads from the sheet what lies there, and then from the journal. */
export const reading = <E>(
  read: Journal<E>["read"],
  sheets: Pick<Sheets<E>, "read">,
  thinned: Thinned | undefined
): Journal<E>["read"] => {
  if (thinned === undefined) return read
  const [until, count, sheet] = thinned
  /** What a position is more than that in the sheet. */
  const before = until - count - 1
  return (from, most) => {
    if (from >= until) return read(from, most)
    const part = sheets.read(sheet, from - before, Math.min(most, until - from))
    if (Result.isFailure(part)) return part
    const { next, records } = part.success
    if (records.length === most) return Result.succeed({ records, next: next + before })
    const rest = read(until, most - records.length)
    if (Result.isFailure(rest)) return rest
    return Result.succeed({ records: records.concat(rest.success.records), next: rest.success.next })
  }
}

/** Appends to the journal, which need not keep what lies in the sheet. */
export const appending = <E>(append: Journal<E>["append"], thinned: Thinned | undefined): Journal<E>["append"] =>
  thinned === undefined ? append
    : (record, keep, bytes) => append(record, keep > 0 && keep < thinned[0] ? thinned[0] : keep, bytes)
