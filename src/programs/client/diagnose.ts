/**
 * The likely cause when a Server, or something before it, closes connection after connection.
 *
 * Under MQTT 3.1.1 a Server closes without a word, so one end says nothing. Several of the same kind do: what had no
 * answer each time, how long each connection lasted, how long nothing had come before each end.
 */
import { healthyMillis } from "../../domain/delivery/Backoff.ts"
import { type LikelyCause, SocketError } from "../../ports/Socket.ts"
import type { LinkError } from "./errors.ts"

/** How a connection has ended. Times in milliseconds. */
export interface Ending {
  readonly reason: LinkError
  /** The Server had accepted it. */
  readonly isAccepted: boolean
  readonly lastedMillis: number
  /** How long nothing had come from the Server. */
  readonly silentMillis: number
  /** What it had not answered, in words. */
  readonly unanswered: ReadonlyArray<string>
  /** The topic of a message with QoS 0 that was sent after the Server's last sign of life. */
  readonly quietTopic: string | undefined
}

/** How often in a row each kind of end was seen. */
export interface History {
  readonly atOnce: number
  readonly idle: number
  readonly quiet: number
  readonly last: Ending | undefined
}

export const none: History = { atOnce: 0, idle: 0, quiet: 0, last: undefined }

/** Shorter silences end for other reasons, too. */
const minSilentMillis = 1_000

/** Two silences of a timer are as long as each other, but for this. */
const isSame = (one: number, other: number): boolean => Math.abs(one - other) <= 100 + 0.02 * other

/** After so many ends of the same kind in a row they are explained. */
const enough = 2
const enoughIdle = 3

const isClosed = ({ isAccepted, reason }: Ending): boolean =>
  isAccepted && reason._tag === "SocketError" && reason.reason === "Closed"

/** With one more end. */
export const next = (history: History, ending: Ending): History => {
  if (!isClosed(ending)) return none
  const { last } = history
  const { lastedMillis, quietTopic, silentMillis } = ending
  const isIdle = silentMillis >= minSilentMillis && ending.unanswered.length === 0
  return {
    atOnce: lastedMillis < healthyMillis ? history.atOnce + 1 : 0,
    idle: !isIdle ? 0 : last !== undefined && isSame(silentMillis, last.silentMillis) ? history.idle + 1 : 1,
    quiet: quietTopic === undefined ? 0 : last?.quietTopic === quietTopic ? history.quiet + 1 : 1,
    last: ending
  }
}

const idleWords = (millis: number, keepAlive: number): string => {
  const seconds = Math.round(millis / 100) / 10
  const isNow = keepAlive === 0 ? "is off" : `is ${keepAlive}`
  return `it is the ${enoughIdle}rd time or more that this happens after ${seconds} s in which nothing came: does something between here `
    + `and the Server (a load balancer, a proxy, NAT) close what is idle? keepAlive ${isNow}: set it to less than ${seconds} s`
}

const atOnceWords = (times: number, unanswered: ReadonlyArray<string>, clientId: string): string => {
  const closed = `it accepted ${times} connections in a row and closed each at once`
  const other = `another Client connected with the Client Identifier ${clientId}`
  return unanswered.length === 0 ? `${closed}: is ${other}, or does the Server forbid what this Client sends first?`
    : `${closed}, now without an answer to ${
      unanswered.join(", ")
    }: does the Server forbid that, or is it too large for it? `
      + `Or is ${other}?`
}

const quietWords = (topic: string): string =>
  `the last that this Client sent was a message to ${topic} with QoS 0, again: does the Server forbid that, or is it too large for it?`

const explained = (reason: SocketError, likelyCause: LikelyCause, words: string): SocketError =>
  new SocketError({ reason: reason.reason, message: `${reason.message}; ${words}`, likelyCause })

/** The reason of the last end, with the likely cause if there is one. */
export const explain = (
  { atOnce, idle, last, quiet }: History,
  settings: { readonly clientId: string; readonly keepAlive: number }
): SocketError | undefined => {
  if (last === undefined || last.reason._tag !== "SocketError") return undefined
  const { quietTopic, reason, silentMillis, unanswered } = last
  if (idle >= enoughIdle) return explained(reason, "IdleConnection", idleWords(silentMillis, settings.keepAlive))
  if (quiet >= enough && quietTopic !== undefined) return explained(reason, "Forbidden", quietWords(quietTopic))
  if (atOnce < enough) return undefined
  const cause = unanswered.length === 0 ? "SameClientIdentifier" : "Forbidden"
  return explained(reason, cause, atOnceWords(atOnce, unanswered, settings.clientId))
}
