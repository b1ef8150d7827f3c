/**
 * Keep Alive (MQTT 3.1.1, section 3.1.2.10): when to send PINGREQ, and when silence means that the Server is gone.
 *
 * The Client must send something within every Keep Alive interval, so PINGREQ goes out after three quarters of it. A
 * Server that owes a PINGRESP and sends nothing at all for `replyMillis` is half-open: the connection is to be closed.
 * An answer that is late is no reason to be silent longer than the interval: PINGREQ then goes out again
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

/** Anything arrived: the Server lives. */
export const received = (state: KeepAlive): KeepAlive => state.pingSent < 0 ? state : { ...state, pingSent: -1 }

/** What to do now. */
export const due = (state: KeepAlive, now: number): "wait" | "ping" | "dead" => {
  if (state.pingSent >= 0 && (now < state.pingSent || now - state.pingSent >= state.replyMillis)) return "dead"
  if (state.intervalMillis === 0) return "wait"
  // A clock that was set back says nothing about the silence: one PINGREQ too many is cheaper than a wait without end.
  return now < state.lastSent || now - state.lastSent >= state.intervalMillis ? "ping" : "wait"
}

/** Milliseconds until `due` will say something else than `wait`; Infinity when it never will. */
export const remainingMillis = (state: KeepAlive, now: number): number => {
  if (due(state, now) !== "wait") return 0
  const untilDead = state.pingSent >= 0 ? state.replyMillis - (now - state.pingSent) : Infinity
  return Math.min(untilDead, state.intervalMillis > 0 ? state.intervalMillis - (now - state.lastSent) : Infinity)
}
