/** What the journal holds of a DeviceState beside messages: when sensors were read. */
import * as Bytes from "../bytes/Bytes.ts"
import type { ReadAt } from "../delivery/JournalRecord.ts"
import * as DeviceState from "../state/DeviceState.ts"
import { patch } from "../state/patch.ts"
import * as Snapshot from "../state/Snapshot.ts"
import type { Wake } from "./Wake.ts"

/** What the snapshot of a state begins with. */
const beginningOf = (state: DeviceState.DeviceState): Bytes.Bytes => Snapshot.beginning(DeviceState.encode(state))

/** Storage holds all that is known, apart from when sensors were read. */
export const isKept = ({ readAtKept, state, stored }: Wake): boolean =>
  stored !== undefined && readAtKept !== undefined &&
  Bytes.equals(stored, beginningOf({ ...state, readAt: readAtKept }))

/** Storage and the journal hold all that is known. */
export const keep = (wake: Wake): void => {
  wake.stored = beginningOf(wake.state)
}

/** Of a clock that was set back the later time counts: then the sensor is due in any case. */
const later = (one: ReadAt, other: ReadAt): ReadAt => {
  const readAt: { [id: string]: number } = {}
  for (const id of Object.keys(one)) readAt[id] = one[id] as number
  for (const id of Object.keys(other)) readAt[id] = Math.max(other[id] as number, readAt[id] ?? 0)
  return readAt
}

/** What the last record says of it, as a wake begins. */
export const recall = (wake: Wake, readAt: ReadAt): void => {
  wake.readAtKept = wake.state.readAt
  const isAsStored = isKept(wake)
  wake.state = patch(wake.state, { readAt: later(wake.state.readAt, readAt) })
  if (isAsStored) keep(wake)
}
