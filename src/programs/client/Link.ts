/**
 * One Network Connection of a Client, from CONNECT on: what was sent and received on it, and how long each side has
 * been silent.
 */
import type * as Effect from "effect/Effect"
import * as KeepAlive from "../../domain/delivery/KeepAlive.ts"
import type * as Framer from "../../domain/packet/Framer.ts"
import * as Acknowledgements from "./Acknowledgements.ts"
import type { Dialect } from "./Dialect.ts"
import type { LinkError } from "./errors.ts"
import type * as ExchangeState from "./ExchangeState.ts"
import * as InboxState from "./InboxState.ts"
import type { Settings } from "./settings.ts"
import * as Outgoing from "./Outgoing.ts"
import * as PacketDeadline from "./PacketDeadline.ts"

export type Ping = (result: Effect.Effect<void, LinkError>) => void

/** Keep Alive's own PINGREQ: nobody waits for its answer. */
export const keepAlivePing: Ping = () => {}

export interface Link {
  readonly dialect: Dialect
  readonly outgoing: Outgoing.Outgoing
  readonly send: ExchangeState.Send
  /** Who waits for a PINGRESP, in the order of their PINGREQ. */
  pings: Array<Ping>
  /** Who waits for the end of a re-authentication. */
  readonly authenticating: Array<Ping>
  keepAlive: KeepAlive.KeepAlive
  /**
   * Since when a PINGRESP is waited for before a suspect is sent (`Exchange.sendOn`), in milliseconds; undefined: none
   * is.
   */
  probingSince: number | undefined
  /** PINGREQs of Keep Alive since the last PINGRESP. */
  unanswered: number
  framer: Framer.Framer
  pace: PacketDeadline.PacketDeadline
  /** Since when the reader waits for room in the Inbox, in milliseconds; undefined while it reads. */
  idleSince: number | undefined
  /** It has done so for a second or longer since the last PINGREQ of Keep Alive. */
  hasIdled: boolean
  /** Messages whose last answer, PUBACK or PUBCOMP, the network has not taken yet; and PUBCOMPs for no message. */
  unacknowledged: number
  /** Packet Identifiers of the messages of QoS 2 among them. */
  readonly unreleased: Set<number>
  readonly acknowledgements: Acknowledgements.Acknowledgements
  /**
   * How many more unexpected acknowledgements the Server has sent than expected ones; and whether that was reported.
   */
  unexpected: number
  hasToldUnexpected: boolean
  /** It was reported that the Server sends more than it may. */
  hasToldExcess: boolean
  /** CONNACK has come; from then on `sessionPresent` counts. */
  accepted: boolean
  sessionPresent: boolean
}

export const make = (
  settings: Settings,
  dialect: Dialect,
  now: number,
  commit?: Outgoing.Outgoing["commit"]
): Link => {
  const outgoing = Outgoing.make(dialect.append, commit)
  const send: ExchangeState.Send = (packet) => Outgoing.push(outgoing, packet)
  return {
    dialect,
    outgoing,
    send,
    pings: [],
    authenticating: [],
    keepAlive: KeepAlive.make(settings.keepAlive, settings.replyMillis, now),
    probingSince: undefined,
    unanswered: 0,
    framer: dialect.framer,
    pace: PacketDeadline.begin(now, 0),
    idleSince: undefined,
    hasIdled: false,
    unacknowledged: 0,
    unreleased: new Set(),
    acknowledgements: Acknowledgements.make(send),
    unexpected: 0,
    hasToldUnexpected: false,
    hasToldExcess: false,
    accepted: false,
    sessionPresent: false
  }
}

/**
 * It is not the Server's silence if nobody was reading: an answer that was due before `now` gets its full time from now
 * on. To be called while the reader is idle, and when it begins to read again.
 */
export const excuse = (link: Link, now: number): void => {
  if (link.idleSince === undefined) return
  link.keepAlive = KeepAlive.received(link.keepAlive)
  link.pace = PacketDeadline.begin(now, link.framer.received)
  // A program that is only a little slower than the Server gets to the PINGRESP soon enough.
  if (now - link.idleSince >= InboxState.roomWaitMillis) link.hasIdled = true
}

/** There were `before` PUBACKs, and more since: what they acknowledge counts when the network has taken them. */
export const countWritten = (link: Link, before: number): void => {
  const count = link.acknowledgements.sent - before
  if (count > 0) {
    Outgoing.onWritten(link.outgoing, () => {
      link.unacknowledged -= count
    })
  }
}
