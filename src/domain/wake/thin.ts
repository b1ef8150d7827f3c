/**
 * With `thin_older` not the oldest messages give way but every second one of the older half, topic by topic
 * (state/Thinned): so all of an outage is there, at a coarser resolution the older it is.
 *
 * What was thinned before is thinned again only when so much of it is left that less would give way than half. So all
 * of it has the same resolution, and that is no coarser than it must be.
 */
import * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import { flightInPlace, noFlight, withFlightInPlace } from "../delivery/flightInPlace.ts"
import * as JournalRecord from "../delivery/JournalRecord.ts"
import type { Fault, Journal, Sheet, Sheets, Writer } from "../state/Journal.ts"
import { bytesOf } from "../state/JournalSheets.ts"
import { isNeeded } from "../state/Thinned.ts"
import { change, lost } from "./Backlog.ts"
import type { Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** Records that are read at once. Each time the place must be found. */
const batch = 16

/** No outage is so long. */
const longestStride = 1_000_000

/** How many of each topic there were. */
type Counts = Record<string, number>

/** What is copied: of what was thinned before, up to `begins`, one in `again`; of the rest, up to `to`, one in `stride`. */
interface Plan {
  readonly from: number
  readonly begins: number
  readonly to: number
  readonly again: number
  readonly stride: number
  /** What is in flight from the journal, up to this position, stays as it is: its Packet Identifiers follow one another. */
  readonly flying: number
  /** Of what was thinned before (Thinned). */
  readonly since: Readonly<Counts>
}

interface Copy {
  /** The position of the first record that was not looked at. */
  at: number
  /** Records that were read, and those that are kept. */
  seen: number
  kept: number
  /** Of those the ones up to each mark. */
  readonly keptUpTo: Array<number>
  /** Of what was thinned before, and of the rest: there behind the last that is kept. */
  readonly older: Counts
  readonly newer: Counts
}

/** Positions of messages that the state knows by their ids (`moveIds`); one that lies elsewhere has no position here. */
type Marks = readonly [lost: number, urgent: number]

/** Or why the journal cannot be read, or the sheet cannot be written. */
type Copied = Result.Result<Copy, Fault>

/** Undefined: what is no reading, or may have been sent, stays. */
const topicOf = (record: Bytes): string | undefined => {
  const { beside, topic } = JournalRecord.decode(record)
  return beside === "sent" || topic === "config_status" ? undefined : topic
}

/** How many of a topic have come since the last that is kept of what was thinned before. */
const sinceOld = ({ again, since, stride }: Plan, older: Counts, topic: string): number => {
  const count = older[topic] ?? 0
  return count === 0 ? 0 : (since[topic] ?? 0) + stride / again * ((count - 1) % again)
}

type Looked = Result.Result<boolean, Fault>

const isDone = Result.succeed(true)

/** One record is looked at. False: there is no room for it. */
const look = (plan: Plan, copied: Copy, position: number, record: Bytes, put: Writer["put"]): Looked => {
  const { newer, older } = copied
  const topic = position < plan.flying ? undefined : topicOf(record)
  const isOld = position < plan.begins
  const index = topic === undefined ? 0
    : isOld ? older[topic] ?? 0 : newer[topic] ?? sinceOld(plan, older, topic)
  if (index % (isOld ? plan.again : plan.stride) === 0) {
    const written = put(record)
    if (Result.isFailure(written) || !written.success) return written
    copied.kept++
  }
  if (topic !== undefined) (isOld ? older : newer)[topic] = index + 1
  copied.seen++
  return isDone
}

/** Copies through `put` until there is no more room. */
const copy = (
  journal: Pick<Journal, "read">,
  plan: Plan,
  marks: Marks,
  put: Writer["put"]
): Copied => {
  const { begins, from, to } = plan
  const copied: Copy = { at: from, seen: 0, kept: 0, keptUpTo: [0, 0], older: {}, newer: {} }
  let most = batch
  while (copied.at < to) {
    const { at } = copied
    const part = journal.read(at, Math.min(most, (at < begins ? begins : to) - at))
    if (Result.isFailure(part)) return Result.fail(part.failure)
    const { next, records } = part.success
    if (records.length === 0) break
    // Where some cannot be read, only of a single one it is known where it was.
    if (next - at > records.length && most > 1) {
      most = 1
      continue
    }
    let position = next - records.length
    for (const record of records) {
      if (position >= to) break
      copied.at = position
      const looked = look(plan, copied, position, record, put)
      if (Result.isFailure(looked)) return Result.fail(looked.failure)
      if (!looked.success) return Result.succeed(copied)
      if (position <= marks[0]) copied.keptUpTo[0] = copied.kept
      if (position <= marks[1]) copied.keptUpTo[1] = copied.kept
      position++
    }
    copied.at = next
    if (next - at > 1) most = batch
  }
  copied.at = to
  return Result.succeed(copied)
}

/** What gets its id when it comes out of the journal: what is evicted before it counts as if it had had one. */
const moveIds = (wake: Wake, { at, keptUpTo }: Copy, marks: Marks, evicted: number): void => {
  const { clock, journal, outbox: { lastId }, selection } = wake.state
  const isMoved = (position: number): boolean => position >= journal && position < at
  const moved = (mark: number): number => lastId + evicted + (keptUpTo[mark] as number)
  if (clock && isMoved(marks[0])) change(wake, { clock: { ...clock, lost: moved(0) } })
  if (selection && isMoved(marks[1])) change(wake, { selection: [moved(1), selection[1]] })
}

/** By topic: how many have come since the last that is kept. */
const sinceLast = (plan: Plan, { newer, older }: Copy): Counts => {
  const since: Counts = {}
  for (const topic of Object.keys(older)) since[topic] = sinceOld(plan, older, topic)
  for (const topic of Object.keys(newer)) since[topic] = ((newer[topic] as number) - 1) % plan.stride + 1
  return since
}

/** From now on this is what is pending. The snapshot is to be written. */
const settle = (wake: Wake, plan: Plan, copied: Copy, marks: Marks, sheet: Sheet): void => {
  const { journaled, outbox: { dropped, entries, lastId } } = wake.state
  const { at: until, kept, seen } = copied
  const evicted = seen - kept
  const { from, stride } = plan
  moveIds(wake, copied, marks, evicted)
  change(wake, {
    journal: until - kept,
    journaled: journaled - (until - from) + kept,
    thinned: [until, kept, sheet, stride, sinceLast(plan, copied)],
    outbox: { entries, lastId: lastId + evicted, dropped: dropped + evicted }
  })
  const gone = until - from - seen
  if (gone > 0) change(wake, { session: withFlightInPlace(wake.state.session, noFlight) })
  if (gone > 0) lost(wake, gone + " of the messages in it cannot be read")
  emitDropped(wake.emit, evicted)
}

const marksOf = ({ state: { clock, journal, outbox: { lastId }, selection } }: Wake): Marks => {
  const positionOf = (id: number): number => journal + id - lastId - 1
  return [positionOf(clock ? clock.lost : 0), positionOf(selection ? selection[0] : 0)]
}

const failed = (wake: Wake, { message }: Fault): boolean => {
  wake.emit({ _tag: "NotSaved", reason: message })
  return false
}

/**
 * Much gives way at once, so that room lasts. All before position `upTo` is to be done with, if it is the journal that
 * has no room for what was measured. `journal` reads what lies in the sheet, too. False: nothing was done, so something
 * else must give way.
 */
export const thin = (wake: Wake, upTo: number, journal: Pick<Journal, "read">, sheets: Sheets): boolean => {
  const { journal: from, journaled, thinned } = wake.state
  // In flash the snapshot before may be in force still, and with it the sheet that would be filled.
  if (wake.isUnsaved || from === 0) return false
  const isAgain = thinned !== undefined && isNeeded(wake.state)
  const begins = isAgain ? thinned[0] : from
  const least = Math.max(begins, wake.unplaced !== undefined && wake.unplaced.length > 0 ? upTo : 0)
  const to = Math.max(from + (journaled >> 1), least)
  const before = isAgain ? thinned[3] : 1
  const since = isAgain ? thinned[4] : {}
  const marks = marksOf(wake)
  const flying = from + (flightInPlace(wake.state.session)?.count ?? 0)
  const sheet = thinned === undefined || thinned[2] === 1 ? 0 : 1
  for (let again = 1; before * again < longestStride; again *= 2) {
    const plan = { from, begins, to, again, stride: before * again, flying, since }
    if (((begins - from) + (to - begins) / before) / again > (to - from) / 2) continue
    const opened = sheets.open(sheet, bytesOf(wake.config.mqtt.outbox.bytes))
    if (Result.isFailure(opened)) return failed(wake, opened.failure)
    const copied = copy(journal, plan, marks, opened.success.put)
    if (Result.isFailure(copied)) return failed(wake, copied.failure)
    const closed = opened.success.close()
    if (Result.isFailure(closed)) return failed(wake, closed.failure)
    const { at, kept, seen } = copied.success
    if (seen === kept && at === to) return false
    // The sheet has no room for more of this resolution.
    if (seen === kept || at < least) continue
    settle(wake, plan, copied.success, marks, sheet)
    return true
  }
  return false
}
