/**
 * What the Server's Session knows of one Topic Filter, as far as its answers say.
 *
 *     absent     SUBSCRIBE goes out     -> uncertain
 *     uncertain  SUBACK with a QoS      -> granted
 *     uncertain  SUBACK 0x80            -> what it was before the SUBSCRIBE, but refused if that was absent; who asked
 *     is told granted    UNSUBSCRIBE goes out   -> uncertain
 *     uncertain  UNSUBACK               -> absent
 *     any        connection lost        -> as it is: what has no answer stays uncertain
 *     any        the Session is new     -> absent
 *     granted    the Session may be new -> uncertain
 *     refused    the next connection    -> absent
 *
 * So a subscription counts only when its SUBACK has come, and is gone only when its UNSUBACK has; until then it is
 * asked for again, on this connection or the next. A value and plain functions; times in milliseconds.
 */

export interface FilterState {
  readonly known: "absent" | "refused" | "uncertain" | "granted"
  /** What it was before it became uncertain. */
  readonly before: "absent" | "uncertain" | "granted"
  /** When the request that has no answer was sent on this connection. */
  readonly askedAt: number | undefined
}

export const initial: FilterState = { known: "absent", before: "absent", askedAt: undefined }

/** A SUBSCRIBE or UNSUBSCRIBE for it is sent. */
export const asked = (state: FilterState, now: number): FilterState => ({
  known: "uncertain",
  // A request that had no answer may have reached the Server.
  before: isNothing(state) ? "absent"
    : state.known === "granted" || state.before === "granted" ? "granted" : "uncertain",
  askedAt: now
})

export const granted: FilterState = { known: "granted", before: "granted", askedAt: undefined }

/** The SUBSCRIBE was refused. The Server may still have what it had before. */
export const refused = ({ before }: FilterState): FilterState => ({
  known: before === "absent" ? "refused" : before,
  before,
  askedAt: undefined
})

/** The UNSUBSCRIBE was answered. */
export const released: FilterState = initial

/** The connection has ended. Requests without an answer may have reached the Server or not. */
export const disconnected = (state: FilterState): FilterState => ({ ...state, askedAt: undefined })

/**
 * What a connection begins with: nothing; what the last one left; or perhaps that, and perhaps nothing. The third case:
 * the Server says Session Present 1, but an earlier CONNECT had no answer. The Server may have lost the Session and
 * begun a new one with that CONNECT, and its CONNACK with Session Present 0 may have been lost.
 */
export type SessionKind = "new" | "kept" | "doubtful"

/** A connection was accepted. */
export const connected = (state: FilterState, session: SessionKind): FilterState => {
  if (session === "new" || isNothing(state)) return initial
  return session === "kept" ? disconnected(state) : { known: "uncertain", before: "uncertain", askedAt: undefined }
}

/** The Server has nothing of it. */
export const isNothing = ({ known }: FilterState): boolean => known === "absent" || known === "refused"

/** What to ask the Server for at `now`. A request that has no answer after `answerMillis` is made again. */
export const due = (
  state: FilterState,
  isWanted: boolean,
  now: number,
  answerMillis: number
): "subscribe" | "unsubscribe" | undefined => {
  if (state.askedAt !== undefined && now - state.askedAt < answerMillis && now >= state.askedAt) return undefined
  if (state.known === "refused") return undefined
  if (isWanted) return state.known === "granted" ? undefined : "subscribe"
  return state.known === "absent" ? undefined : "unsubscribe"
}
