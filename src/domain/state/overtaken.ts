import type { DeviceState } from "./DeviceStateFields.ts"
import { patch } from "./patch.ts"

/**
 * The same state before a message gets the next id that does not come out of the journal: what lies there will get ids
 * that are higher by one.
 */
export const overtaken = (state: DeviceState): DeviceState => {
  const { clock, journaled, outbox: { lastId }, selection } = state
  const isThere = (id: number): boolean => id > lastId && id <= lastId + journaled
  const moved = clock && isThere(clock.lost) ? patch(state, { clock: { ...clock, lost: clock.lost + 1 } }) : state
  return selection && isThere(selection[0]) ? patch(moved, { selection: [selection[0] + 1, selection[1]] }) : moved
}
