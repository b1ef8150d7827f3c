/**
 * A moment of the interval that is this device's own, so that a fleet powered up at once does not wake at once.
 *
 * The moment follows from the Client Identifier alone: it needs no memory, no chance and no agreement, and the Server
 * sees the same even load on every day. It only shortens sleeps. So a clock that jumps, or starts again in 1970, costs
 * one short sleep and no reading, and no wait of the reconnect policy grows.
 */
import { crc32 } from "../bytes/Crc32.ts"
import * as Bytes from "../bytes/Bytes.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"

/** Where in an interval, in milliseconds from 0 up to `intervalMillis` (exclusive), the wakes of `clientId` fall. */
export const phaseMillis = (clientId: string, intervalMillis: number): number =>
  Math.floor(crc32(Bytes.fromText(clientId)) / 4_294_967_296 * intervalMillis)

/**
 * How long to sleep at `now` (the device's clock, milliseconds), so that the wake falls on the next moment of
 * `clientId` in intervals of `intervalMillis`. Never longer than the interval; never shorter than a second, unless the
 * interval is.
 *
 * Timers are not exact. A wake that is over within a sixtieth of the interval, or a second, before its moment was the
 * wake of that moment: it would be a waste to wake for it again. It comes nearer by the length of each wake.
 */
export const sleepMillis = (clientId: string, intervalMillis: number, now: number): number => {
  const past = (now - phaseMillis(clientId, intervalMillis)) % intervalMillis
  // A remainder has the sign of what was divided: before the first moment of the clock it is negative.
  const left = past < 0 ? -past : intervalMillis - past
  return left <= Math.max(shortestSleepMillis, intervalMillis / 60) ? intervalMillis : left
}
