/**
 * What a snapshot holds of the clock of a device that asks a server for the time. A board that does not ask does
 * without this, and no snapshot of such a device is other than it was.
 */
import type { DeviceState } from "./DeviceStateFields.ts"
import type { Content } from "./SnapshotContent.ts"

/** The same snapshot, with what is known of the clock. */
export const withClock = (content: Content, { clock }: DeviceState): Content => {
  if (clock === undefined) return content
  const [prefix, connectAlone, unfinished, review, suspects] = content.s
  const kept = [clock.last, clock.next, clock.lost, clock.doubted] as const
  return { ...content, s: [prefix, connectAlone, unfinished, review, suspects, kept] }
}

/** The same state, with what the snapshot holds of the clock. */
export const clockOf = (state: DeviceState, { s }: Content): DeviceState => {
  const kept = s[5]
  return kept === undefined ? state
    : { ...state, clock: { last: kept[0], next: kept[1], lost: kept[2], doubted: kept[3] } }
}
