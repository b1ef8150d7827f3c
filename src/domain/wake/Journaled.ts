/**
 * What the journal holds of a DeviceState beside messages: when sensors were read, and what the clock showed then. So a
 * wake that only measures need not write the snapshot.
 */
import * as Bytes from "../bytes/Bytes.ts"
import type { Beside } from "../delivery/JournalRecord.ts"
import * as DeviceState from "../state/DeviceState.ts"
import { patch } from "../state/patch.ts"
import * as Snapshot from "../state/Snapshot.ts"
import type { Wake } from "./Wake.ts"

/** What the snapshot of a state begins with. */
const beginningOf = (state: DeviceState.DeviceState): Bytes.Bytes => Snapshot.beginning(DeviceState.encode(state))

/** Flash has these times of a state. */
export const known = (wake: Wake): void => {
  wake.kept = wake.state
}

/** Flash does not have these times. */
export const isNew = ({ kept, state }: Wake): boolean =>
  kept !== undefined && (state.readAt !== kept.readAt || state.clock?.last !== kept.clock?.last)

/** Flash holds all that is known, apart from these times. */
export const isKept = ({ kept, state, stored }: Wake): boolean =>
  stored !== undefined && kept !== undefined && Bytes.equals(stored, beginningOf({
    ...state,
    readAt: kept.readAt,
    clock: state.clock && { ...state.clock, last: kept.clock?.last ?? 0 }
  }))

/** Flash holds all that is known. */
export const keep = (wake: Wake): void => {
  wake.stored = beginningOf(wake.state)
}

/** These times, for a record. */
export const times = ({ clock, readAt, startedAt }: DeviceState.DeviceState): Beside => {
  const read: { [id: string]: number } = {}
  for (const id of Object.keys(readAt)) read[id] = readAt[id] as number - startedAt
  return [read, clock === undefined ? 0 : clock.last - startedAt]
}

/** What the last record says of them, as a wake begins. A clock that was set back in between leaves the later time. */
export const recall = (wake: Wake, [read, shown]: Exclude<Beside, "sent">): void => {
  known(wake)
  const isAsStored = isKept(wake)
  const { clock, startedAt } = wake.state
  const readAt: { [id: string]: number } = { ...wake.state.readAt }
  for (const id of Object.keys(read)) readAt[id] = Math.max(read[id] as number + startedAt, readAt[id] ?? 0)
  const last = startedAt + shown
  wake.state = patch(wake.state,
    clock !== undefined && last > clock.last ? { readAt, clock: { ...clock, last } } : { readAt })
  if (isAsStored) keep(wake)
  known(wake)
}
