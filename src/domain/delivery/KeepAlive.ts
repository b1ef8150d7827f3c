/**
 * Keep Alive (MQTT 3.1.1, section 3.1.2.10): when to send PINGREQ, and when silence means that the Server is gone.
 *
 * The Client must send something within every Keep Alive interval, so PINGREQ goes out after three quarters of it. If a
 * PINGRESP is missing and the Server sends nothing at all for `replyMillis`, the connection is half-open and is to be
 * closed. A late answer is no reason for the Client to be silent longer than the interval: it then sends PINGREQ again
 * (MQTT-3.1.2-23). Times are milliseconds; time is an argument.
 */
export interface KeepAlive {
  /** 0: Keep Alive is off. */
  readonly intervalMillis: number
  readonly replyMillis: number
  readonly lastSent: number
  /** When the unanswered PINGREQ was sent, or -1. */
  readonly pingSent: number
}

/** `keepAlive` in seconds, as in CONNECT. */
export const make = (keepAlive: number, replyMillis: number, now: number): KeepAlive => ({
  intervalMillis: keepAlive * 750,
  replyMillis,
  lastSent: now,
  pingSent: -1
})

/** Any Control Packet was sent. */
export const sent = (state: KeepAlive, now: number): KeepAlive => ({ ...state, lastSent: now })

export const pinged = (state: KeepAlive, now: number): KeepAlive => ({
  ...state,
  lastSent: now,
  pingSent: state.pingSent < 0 ? now : state.pingSent
})

/** Something arrived: the Server is there. */
export const received = (state: KeepAlive): KeepAlive => state.pingSent < 0 ? state : { ...state, pingSent: -1 }

/** What to do now. */
export const due = (state: KeepAlive, now: number): "wait" | "ping" | "dead" => {
  if (state.pingSent >= 0 && (now < state.pingSent || now - state.pingSent >= state.replyMillis)) return "dead"
  if (state.intervalMillis === 0) return "wait"
  // If the clock was set back, nobody knows how long the silence was: one PINGREQ too many is better than an endless
  // wait.
  return now < state.lastSent || now - state.lastSent >= state.intervalMillis ? "ping" : "wait"
}

/** Milliseconds until `due` will return something else than `wait`; Infinity: never. */
export const remainingMillis = (state: KeepAlive, now: number): number => {
  if (due(state, now) !== "wait") return 0
  const untilDead = state.pingSent >= 0 ? state.replyMillis - (now - state.pingSent) : Infinity
  return Math.min(untilDead, state.intervalMillis > 0 ? state.intervalMillis - (now - state.lastSent) : Infinity)
}
