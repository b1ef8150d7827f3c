/**
 * The results of a fleet's life: sums, and how many connections in a second the Server had to take.
 *
 * Wakes arrive out of order within a span of time, and spans in order. So the counts of single seconds are kept for the
 * present span only and then evaluated: what is kept does not grow with the days.
 */
import type { DeviceState } from "../../../domain/state/DeviceState.ts"
import type { Device } from "./Device.ts"
import type { Lived } from "./Lived.ts"
import * as LazyMessages from "./LazyMessages.ts"

/** The Server could be reached again. Times are milliseconds since the beginning. */
export interface Recovery {
  readonly at: number
  /** How many devices have delivered since, and when the last of them did for the first time. */
  back: number
  lastBackAt: number
  /** The most connections in one second until all were back. */
  peak: number
}

/** Sums over all devices. For an energy model these are the amounts: times in states, tries, writes to flash. */
export interface Sums {
  wakes: number
  /** Of these, run by the program itself and not directly. */
  realWakes: number
  readings: number
  /** Messages acknowledged; of these in a later wake than their own; the longest time from reading to delivery. */
  delivered: number
  delayed: number
  longestDelayMillis: number
  dropped: number
  tries: number
  failedTries: number
  connections: number
  radioMillis: number
  awakeMillis: number
  writes: number
  /** The most connections in one second in the first interval, when all are powered up, and at other quiet times. */
  powerUpPeak: number
  usualPeak: number
  readonly recoveries: ReadonlyArray<Recovery>
}

export interface Ledger {
  readonly sums: Sums
  readonly add: (device: Device, lived: Lived) => void
  /** Every wake that begins before `until` has been added. Milliseconds. */
  readonly close: (until: number) => void
}

const acknowledged = (state: DeviceState | undefined): number =>
  state === undefined ? 0 : state.outbox.lastId - state.outbox.dropped - state.outbox.entries.length

/** What lies in the journal gets an id when it is next. */
const taken = (state: DeviceState | undefined): number =>
  state === undefined ? 0 : state.outbox.lastId + state.journaled

/** How old the oldest reading that was pending is at `at`, to a second. */
const oldestMillis = (state: DeviceState, at: number): number => {
  for (const entry of state.outbox.entries) {
    const uptime = LazyMessages.uptimeOf(entry)
    if (uptime !== undefined) return at - state.startedAt - uptime * 1_000
  }
  return 0
}

const deliveries = (sums: Sums, lived: Lived): void => {
  const { after, before, deliveredAt } = lived
  const delivered = acknowledged(after) - acknowledged(before)
  if (delivered === 0) return
  sums.delivered += delivered
  const ownMessages = taken(after) - taken(before)
  const ownDelivered = Math.max(0, ownMessages - after.outbox.entries.length - after.journaled)
  if (delivered === ownDelivered || before === undefined) return
  sums.delayed += delivered - ownDelivered
  sums.longestDelayMillis = Math.max(sums.longestDelayMillis, oldestMillis(before, deliveredAt ?? lived.endsAt))
}

/** `recoveries` and `powerUpMillis` in milliseconds since the beginning; `devices` is how many there are. */
export const make = (devices: number, recoveries: ReadonlyArray<number>, powerUpMillis: number): Ledger => {
  const sums: Sums = {
    wakes: 0,
    realWakes: 0,
    readings: 0,
    delivered: 0,
    delayed: 0,
    longestDelayMillis: 0,
    dropped: 0,
    tries: 0,
    failedTries: 0,
    connections: 0,
    radioMillis: 0,
    awakeMillis: 0,
    writes: 0,
    powerUpPeak: 0,
    usualPeak: 0,
    recoveries: recoveries.map((at) => ({ at, back: 0, lastBackAt: at, peak: 0 }))
  }
  /** Connections in each second from `firstSecond` on. */
  let counts = new Uint32Array(8_192)
  let firstSecond = 0

  const recoveryAt = (millis: number): number => {
    let index = sums.recoveries.length - 1
    while (index >= 0 && (sums.recoveries[index] as Recovery).at > millis) index--
    return index
  }
  const count = (millis: number): void => {
    const index = Math.floor(millis / 1_000) - firstSecond
    if (index >= counts.length) {
      const longer = new Uint32Array(index * 2)
      longer.set(counts)
      counts = longer
    }
    counts[index]!++
    sums.connections++
  }
  const isBack = (device: Device, millis: number): void => {
    const index = recoveryAt(millis)
    if (index <= device.backAfter) return
    device.backAfter = index
    const recovery = sums.recoveries[index] as Recovery
    recovery.back++
    recovery.lastBackAt = Math.max(recovery.lastBackAt, millis)
  }
  const add = (device: Device, lived: Lived): void => {
    sums.wakes++
    sums.readings += lived.readings
    sums.tries += lived.triedAt.length
    sums.failedTries += lived.failedTries
    sums.radioMillis += lived.radioMillis
    sums.awakeMillis += lived.endsAt - lived.wokeAt
    sums.writes += lived.writes
    sums.dropped += lived.after.outbox.dropped - (lived.before?.outbox.dropped ?? 0)
    for (const millis of lived.acceptedAt) count(millis)
    deliveries(sums, lived)
    if (lived.deliveredAt !== undefined) isBack(device, lived.deliveredAt)
  }
  const judge = (second: number, connections: number): void => {
    const recovery = sums.recoveries[recoveryAt(second * 1_000 + 999)]
    if (recovery !== undefined && (recovery.back < devices || second * 1_000 <= recovery.lastBackAt)) {
      recovery.peak = Math.max(recovery.peak, connections)
    } else if (second * 1_000 < powerUpMillis) sums.powerUpPeak = Math.max(sums.powerUpPeak, connections)
    else sums.usualPeak = Math.max(sums.usualPeak, connections)
  }
  const close = (until: number): void => {
    const over = until === Infinity ? counts.length : Math.min(counts.length, Math.floor(until / 1_000) - firstSecond)
    for (let index = 0; index < over; index++) if (counts[index]! > 0) judge(firstSecond + index, counts[index]!)
    counts.copyWithin(0, over)
    counts.fill(0, counts.length - over)
    firstSecond += over
  }
  return { sums, add, close }
}
