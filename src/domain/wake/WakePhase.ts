/**
 * A moment of the interval that is this device's own, so that the devices of a fleet that were powered up at once do
 * not wake at once.
 *
 * The moment follows from the Client Identifier alone. So it needs no memory, no random number and no agreement, and
 * the Server sees an even load on every day. It only makes sleeps shorter. So a clock that jumps, or starts again in
 * 1970, costs one short sleep and no reading, and no wait of the reconnect policy grows.
 */
import { crc32 } from "../bytes/Crc32.ts"
import * as Bytes from "../bytes/Bytes.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"

/** Where in an interval, in milliseconds from 0 up to `intervalMillis` (exclusive), the wakes of `clientId` fall. */
export const phaseMillis = (clientId: string, intervalMillis: number): number =>
  Math.floor(crc32(Bytes.fromText(clientId)) / 4_294_967_296 * intervalMillis)

/**
 * How long to sleep at `now` (the device's clock, milliseconds), so that the next wake is at the next moment of
 * `clientId` in intervals of `intervalMillis`. Never longer than the interval; never shorter than a second, unless the
 * interval is.
 *
 * Timers are not exact. If a wake ends just before its moment (by a sixtieth of the interval, or a second), it was the
 * wake of that moment, and another one would be a waste.
 */
export const sleepMillis = (clientId: string, intervalMillis: number, now: number): number => {
  const past = (now - phaseMillis(clientId, intervalMillis)) % intervalMillis
  // A remainder has the sign of the dividend: it is negative before the first moment of the clock.
  const left = past < 0 ? -past : intervalMillis - past
  return left <= Math.max(shortestSleepMillis, intervalMillis / 60) ? intervalMillis : left
}
