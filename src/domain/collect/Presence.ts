/**
 * Since when a message that arrives now may have been published.
 *
 * While the collector is connected, messages arrive when they are published. While it was away, the Server has kept
 * them, and gives them all at once: those may be as old as the absence. The end of it shows in a pause.
 */

/** Times in milliseconds. */
export interface Presence {
  /** Everything that was published before this moment has arrived; 0: nobody knows. */
  readonly from: number
  /** The Server has no more messages from before. */
  readonly isLive: boolean
  /** When the last message arrived or was acknowledged; Infinity: none on this connection. */
  readonly lastArrival: number
}

/**
 * A Server that still has something to give does not wait so long: it has only to read the acknowledgements, which go
 * out when everything is stored.
 */
const pauseMillis = 1_000

/** A connection begins; `from` is the `from` of the last message before it. Its first message may always be an old one. */
export const begin = (from: number): Presence => ({ from, isLive: false, lastArrival: Infinity })

/** The last reading of a topic: its uptime in seconds, and when it arrived. */
export interface Last {
  readonly uptime: number
  readonly arrived: number
}

/** Seconds: a smaller distance shows nothing. */
const shortestDistance = 5

/** A message may take so many milliseconds more than the one before it. */
const delayMillis = 2_000

/**
 * Two readings of a topic arrived as far apart as they were taken: the Server hands on what comes, also where so much
 * comes that there is never a pause.
 */
export const isInStep = (last: Last, next: Last): boolean => {
  const seconds = next.uptime - last.uptime
  return seconds >= shortestDistance && next.arrived - last.arrived >= seconds * 1000 - delayMillis
}

/** A message has arrived `now`: the presence after it. Its `from` is the earliest moment of that message. */
export const arrive = (presence: Presence, now: number, isKnownLive: boolean): Presence => {
  const isLive = presence.isLive || isKnownLive || now - presence.lastArrival >= pauseMillis
  return { from: isLive ? Math.max(presence.from, now) : presence.from, isLive, lastArrival: now }
}

/** Everything is stored and acknowledged: only now the Server may send more. */
export const acknowledged = (presence: Presence, now: number): Presence =>
  isFinite(presence.lastArrival) ? { ...presence, lastArrival: now } : presence
