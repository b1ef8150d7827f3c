/**
 * Whether a reading is one that is stored already.
 *
 * QoS 1 delivers at least once, on the way to the Server and on the way from it, and a device sends a reading again
 * byte for byte. So only the same bytes to the same topic can be a repetition. With a `time` they always are: that
 * names the second. Without it a device that has started over (its flash was erased) may say the same again, uptime
 * and values. Such a device needs as long as its uptime says to say it: if less time has passed, it is a repetition.
 * In doubt the reading is kept.
 */

/** What arrived. Times in milliseconds, `uptime` in seconds. */
export interface Arrived {
  readonly uptime: number
  /** DUP: the Server has sent it before, and had no acknowledgement. */
  readonly dup: boolean
  /** RETAIN: a copy that the Server keeps, and sends whenever somebody subscribes. */
  readonly retain: boolean
  readonly arrived: number
}

/** The last reading without `time` that has the same topic and payload. */
export interface Earlier {
  /** It was not published before. */
  readonly earliest: number
  /** Readings that were stored after it. */
  readonly since: number
}

/** No device starts over, joins its network and says the same again within so many seconds. */
export const shortestLifeSeconds = 30

/** So many messages can be without acknowledgement: the Packet Identifiers. What has DUP is one of them. */
export const mostInFlight = 65_535

/** This machine's clock may have been set back by so much without harm. */
const toleranceMillis = 60_000

/** Whether a reading without `time` is the earlier one again. */
export const isRepetition = ({ arrived, dup, retain, uptime }: Arrived, { earliest, since }: Earlier): boolean => {
  if (retain || (dup && since < mostInFlight)) return true
  const passed = arrived - earliest
  return passed >= -toleranceMillis && passed < Math.max(uptime, shortestLifeSeconds) * 1000
}
