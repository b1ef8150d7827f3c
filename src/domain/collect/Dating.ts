/**
 * When a reading was taken, if it does not say so itself.
 *
 * A status says what a device's uptime was at a known moment, and uptime goes on through deep sleep: so a later uptime
 * is a later moment. A status is used only where it is sure to be of the same device and of the same life of it.
 * Where that is in doubt the reading has the time of its arrival, which is wrong by no more than it has waited.
 */
import type { Reading, Status } from "./documents.ts"
import type { Dated } from "./Row.ts"

/** The device's uptime, in seconds, at a moment, in milliseconds. */
export interface KnownMoment {
  readonly prefix: string
  readonly device: string
  readonly uptime: number
  readonly at: number
}

/** How a status came. */
export interface StatusArrival {
  readonly prefix: string
  readonly arrived: number
  /** It was published just now: not retained, and no message waited at the Server. */
  readonly isLive: boolean
}

/** What a status makes known; undefined: nothing, because nobody knows when it was said. */
export const known = (
  { arrived, isLive, prefix }: StatusArrival,
  status: Pick<Status, "device" | "time" | "uptime">
): KnownMoment | undefined => {
  const at = status.time ?? (isLive ? arrived : undefined)
  return at === undefined ? undefined : { prefix, device: status.device, uptime: status.uptime, at }
}

/** Where a reading came from. */
export interface Source {
  readonly prefix: string
  readonly sensor: string
}

/**
 * The devices that a reading may be of, the likeliest first. Several may share a prefix, and the status there is that
 * of the last one: so only a device whose id is in the topic counts.
 */
const devicesOf = ({ prefix, sensor }: Source): ReadonlyArray<string> => [sensor, ...prefix.split("/")]

/** A device's clock and that of this machine may differ by so much. */
const toleranceMillis = 60_000

/**
 * The moment of the reading, in milliseconds, and who knew it; `momentOf` gives what is known of a device with this
 * prefix. A status from before it counts, if it leads to no moment
 * after the arrival: a smaller uptime may be that of a device that has started over.
 */
export const date = (
  reading: Pick<Reading, "time" | "uptime">,
  source: Source,
  momentOf: (device: string) => KnownMoment | undefined,
  arrived: number
): readonly [time: number, dated: Dated] => {
  if (reading.time !== undefined) return [reading.time, "device"]
  const moment = devicesOf(source).map(momentOf).find((known) => known !== undefined)
  if (moment === undefined || reading.uptime < moment.uptime) return [arrived, "arrival"]
  const time = Math.round(moment.at + (reading.uptime - moment.uptime) * 1000)
  return time > arrived + toleranceMillis ? [arrived, "arrival"] : [Math.min(time, arrived), "status"]
}
