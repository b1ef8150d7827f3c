/**
 * What is counted of one wake, however it was run. Times are milliseconds since the beginning.
 *
 * One of these is filled again and again: there are some hundred million wakes in a fleet's month.
 */
import type { DeviceState } from "../../../domain/state/DeviceState.ts"

export interface Lived {
  wokeAt: number
  /** When it asks for sleep. */
  endsAt: number
  sleepMillis: number
  /** Readings taken; with plain values published, each is several messages. */
  readings: number
  /** When each try began. */
  readonly triedAt: Array<number>
  failedTries: number
  /** When the Server accepted a Network Connection. */
  readonly acceptedAt: Array<number>
  /** When everything pending had been acknowledged; undefined: it was not. */
  deliveredAt: number | undefined
  radioMillis: number
  /** Writes to flash. */
  writes: number
  /** What was kept before and after; undefined before the first wake. */
  before: DeviceState | undefined
  after: DeviceState
}

export const make = (state: DeviceState): Lived => ({
  wokeAt: 0,
  endsAt: 0,
  sleepMillis: 0,
  readings: 0,
  triedAt: [],
  failedTries: 0,
  acceptedAt: [],
  deliveredAt: undefined,
  radioMillis: 0,
  writes: 0,
  before: undefined,
  after: state
})

/** Makes it ready for the next wake. */
export const begin = (lived: Lived, wokeAt: number, before: DeviceState | undefined, state: DeviceState): void => {
  lived.wokeAt = wokeAt
  lived.endsAt = wokeAt
  lived.sleepMillis = 0
  lived.readings = 0
  lived.triedAt.length = 0
  lived.failedTries = 0
  lived.acceptedAt.length = 0
  lived.deliveredAt = undefined
  lived.radioMillis = 0
  lived.writes = 0
  lived.before = before
  lived.after = state
}
