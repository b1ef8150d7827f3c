/**
 * The likely cause when a Server, or something before it, closes connection after connection.
 *
 * Under MQTT 3.1.1 a Server closes without a word, so one end says nothing. Several of the same kind do: what had no
 * answer each time, how long each connection lasted, how long nothing had come before each end. Under MQTT 5 it gives a
 * Reason Code, which may say it at once, but not to which packet.
 */
import { healthyMillis } from "../../domain/delivery/Backoff.ts"
import { type LikelyCause, SocketError } from "../../ports/Socket.ts"
import { type LinkError, ServerDisconnected } from "./errors.ts"

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

/** Not authorized; Topic Filter or Topic Name invalid; Packet too large; Quota exceeded; Payload format invalid. */
const forbidden: ReadonlySet<number> = new Set([0x87, 0x8f, 0x90, 0x95, 0x97, 0x99])

/** Unspecified error, Implementation specific error. */
const vague: ReadonlySet<number> = new Set([0x80, 0x83])

const sessionTakenOver = 0x8e

/** What a Reason Code of DISCONNECT means (MQTT 5, 3.14.2.1). */
export const likelyCauseOf = (reasonCode: number): LikelyCause | undefined =>
  reasonCode === sessionTakenOver ? "SameClientIdentifier" : forbidden.has(reasonCode) ? "Forbidden" : undefined

/** The Server has closed, and more can be said of it. */
const isClosed = ({ isAccepted, reason }: Ending): boolean => {
  if (!isAccepted) return false
  return reason._tag === "SocketError" ? reason.reason === "Closed"
    : reason._tag === "ServerDisconnected" && (vague.has(reason.reasonCode) || forbidden.has(reason.reasonCode))
}

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

type Explained = SocketError | ServerDisconnected

/** Undefined: the Server has said something else. */
const explained = (reason: Explained, likelyCause: LikelyCause, words: string): Explained | undefined => {
  const message = `${reason.message}; ${words}`
  if (reason._tag === "SocketError") return new SocketError({ reason: reason.reason, message, likelyCause })
  const { reasonCode, serverReference } = reason
  if (reason.likelyCause !== undefined && reason.likelyCause !== likelyCause) return undefined
  return new ServerDisconnected({ reasonCode, serverReference, message, likelyCause })
}

/** The reason of the last end, with the likely cause if there is one. */
export const explain = (
  { atOnce, idle, last, quiet }: History,
  settings: { readonly clientId: string; readonly keepAlive: number }
): Explained | undefined => {
  if (last === undefined) return undefined
  const { quietTopic, reason, silentMillis, unanswered } = last
  if (reason._tag !== "SocketError" && reason._tag !== "ServerDisconnected") return undefined
  if (idle >= enoughIdle) return explained(reason, "IdleConnection", idleWords(silentMillis, settings.keepAlive))
  if (quiet >= enough && quietTopic !== undefined) return explained(reason, "Forbidden", quietWords(quietTopic))
  if (atOnce < enough) return undefined
  const cause = unanswered.length === 0 ? "SameClientIdentifier" : "Forbidden"
  return explained(reason, cause, atOnceWords(atOnce, unanswered, settings.clientId))
}
